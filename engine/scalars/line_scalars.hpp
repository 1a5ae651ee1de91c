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

/// A line as Guild's default patterns take it: `KEY: NUMBER`, also with something in parentheses
/// behind it: `(step N)` and `(N)` are its step.
struct default_match {
    std::string_view key;
    double value = 0;
    std::optional<std::int64_t> step;
};
/// By hand, for every line of every run is looked at:
/// `^(\key):\s+(\value)(?:\s+\(.*\))?$`, of which `((?:step\s+)?(\step))` is a step. A key begins
/// with a letter or an underscore.
[[nodiscard]] std::optional<default_match> match_default(std::string_view line);

/// A name and the text that a pattern found for it.
struct found_text {
    std::string_view key;
    std::string_view text;
};
/// What a match means: named groups are keys, `_key` and `_val` belong together; without them the
/// first group is the value of `name`, or, where that is empty, two are a key and a value.
[[nodiscard]] std::vector<found_text> texts_of_match(const std::string& name,
                                                     const line_pattern& pattern,
                                                     const line_pattern::match& match);

/// Whether a key is one by Guild's default: `[_a-zA-Z]\S*`.
[[nodiscard]] bool is_default_key(std::string_view text);

/// Finds scalars in lines of output. The key `step` sets the step of its line and those that
/// follow; until there is one, steps are counted: they rise when a key comes again. Patterns that
/// cannot be compiled find nothing.
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
    /// Whether the last line held something, if only a step.
    [[nodiscard]] bool found_any() const { return !found_.empty(); }

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
    std::vector<scalar_point> found_;         // of the present line
    std::optional<std::int64_t> step_;        // that the output told
    std::int64_t counted_ = 0;                // until it does
    std::set<std::string, std::less<>> seen_; // keys at `counted_`
};

} // namespace outrider
