#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The protocol buffers in event files: `tensorflow.Event` and what scalars need below it
/// (tensorflow/core/util/event.proto, framework/summary.proto, framework/tensor.proto), read from
/// and written to the wire format by hand.
namespace outrider {

/// One logged value.
struct scalar_point {
    std::string tag;
    std::int64_t step = 0;
    double value = 0;

    friend bool operator==(const scalar_point&, const scalar_point&) = default;
};

/// One logged text.
struct text_point {
    std::string tag;
    std::string text;

    friend bool operator==(const text_point&, const text_point&) = default;
};

struct event_values {
    std::vector<scalar_point> scalars;
    std::vector<text_point> texts;
};

/// Who takes what is in an event; the views last for the call.
class event_sink {
  public:
    virtual void take_scalar(std::string_view tag, std::int64_t step, double value) = 0;
    virtual void take_text(std::string_view tag, std::string_view text) = 0;

  protected:
    ~event_sink() = default;
};

/// The scalars and texts of an event, simple values as well as tensors of one float; whatever
/// else it holds, or what is no event, gives nothing. Lengths are never trusted. Values from a
/// summary plug-in other than "scalars" and "text" are left out, as are tags beyond 256 bytes and
/// texts beyond 4096.
void read_event(std::string_view bytes, event_sink& into);
[[nodiscard]] event_values read_event(std::string_view bytes);

/// The first event of a file: what it is. `seconds` since the epoch.
[[nodiscard]] std::string file_version_event(double seconds);
/// An event with one scalar.
[[nodiscard]] std::string scalar_event(double seconds, const scalar_point& point);
/// An event with one value, a `tensorflow.Summary.Value` as bytes, at no step.
[[nodiscard]] std::string summary_event(double seconds, std::string_view value);
/// An event with one text, as the "text" plug-in of TensorBoard has it.
[[nodiscard]] std::string text_event(double seconds, const text_point& point);

} // namespace outrider
