#pragma once

#include "engine/protocol/messages.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/line_pattern.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// The number that Python's `float()` reads; nothing if it is none.
[[nodiscard]] std::optional<double> number_in(std::string_view text);

/// A line as Guild's default pattern takes it: `KEY: NUMBER`, also `KEY: NUMBER (step N)`.
struct default_match {
    std::string_view key;
    double value = 0;
    std::optional<std::int64_t> step;
};
/// By hand, for every line of every run is looked at:
/// `^(\key):\s+(\value)(?:\s+\(step\s+(\step)\))?$`.
[[nodiscard]] std::optional<default_match> match_default(std::string_view line);

/// Finds scalars in lines of output. The key `step` sets the step of those that follow. Patterns
/// that cannot be compiled find nothing.
class line_scalars {
  public:
    explicit line_scalars(const protocol::output_scalar_rules& rules);

    /// Whether there are patterns: those of a person may be slow.
    [[nodiscard]] bool has_patterns() const { return !patterns_.empty(); }
    /// Whether any line can hold a scalar.
    [[nodiscard]] bool active() const { return defaults_ || !patterns_.empty(); }
    /// The scalars of one line, without its line feed. The work for it is bounded: what patterns do
    /// not find within it they do not find.
    [[nodiscard]] std::vector<scalar_point> take(std::string_view line);

  private:
    struct named_pattern {
        std::string name;
        line_pattern pattern;
    };
    void take_by_default(std::string_view line);
    void take_by_pattern(const named_pattern& each, std::string_view line, std::uint64_t& steps);
    void note(std::string_view key, std::string_view text);
    void note(std::string_view key, double value);

    bool defaults_;
    std::vector<named_pattern> patterns_;
    std::set<std::string, std::less<>> ignored_;
    std::vector<scalar_point> found_; // of the present line
    std::int64_t step_ = 0;
};

} // namespace outrider
