#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"
#include "engine/runs/run_paths.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace outrider::agent {

/// Which stream a line came from, as `output.index` says it (FORMAT.md 2.6).
enum class output_stream : std::uint8_t { standard_output = 0, standard_error = 1 };

/// Writes `output` and `output.index` of a run as the bytes arrive: one index entry of 9 bytes for
/// each line. A disk that is full never holds up the operation: bytes are dropped then, and a line
/// says how many as soon as there is space again.
class output_recorder {
  public:
    /// Creates both files, empty.
    [[nodiscard]] static result<output_recorder> create(const run_paths& run);

    void record(std::string_view bytes, output_stream stream);
    /// The index entry of a last line without line feed, and what still waits for space.
    void finish();

  private:
    void note_lines(std::string_view written, output_stream stream);
    void flush_index();
    void mark_gap();

    descriptor output_;
    descriptor index_;
    std::string waiting_index_; // entries that are not written yet
    std::uint64_t lost_ = 0;    // bytes dropped since the last gap mark
    bool line_open_ = false;    // the last byte written was no line feed
    output_stream open_stream_ = output_stream::standard_output;
};

} // namespace outrider::agent
