#pragma once

#include "engine/core/result.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// A regular expression in Python's syntax for lines of output, that takes time in proportion to
/// the line whatever the pattern: an automaton, not a search that tries again. Groups (named too),
/// classes, `\d \w \s \b`, alternatives, all quantifiers, `^`, `$`, a leading `(?i)`; neither
/// references back nor looking around. Works on bytes.
class line_pattern {
  public:
    /// Fails with `bad_input`, saying what is wrong, also for a pattern of too many states.
    [[nodiscard]] static result<line_pattern> compile(std::string_view text);

    /// The text of each group, from 1 at [0]; one that took no part has no data.
    using groups = std::vector<std::string_view>;
    struct match {
        std::size_t begin = 0;
        std::size_t end = 0;
        groups found;
    };
    /// The leftmost match from `from` on. `steps` goes down by the work that it takes; where they
    /// are used up nothing is found.
    [[nodiscard]] bool search(std::string_view line, std::size_t from, match& out,
                              std::uint64_t& steps) const;
    /// Names of the groups, from 1 at [0]; empty for those without.
    [[nodiscard]] const std::vector<std::string>& group_names() const { return names_; }

  private:
    friend class pattern_compiler;
    friend class pattern_run;

    enum class op : std::uint8_t {
        byte,          ///< one of a set
        split,         ///< go on at `x`, or else at `y`
        jump,          ///< go on at `x`
        save,          ///< note the position as capture `x`
        line_begin,    ///< only at the begin
        line_end,      ///< only at the end
        word_edge,     ///< only where a word begins or ends
        not_word_edge, ///< only elsewhere
        done,
    };
    struct instruction {
        op what = op::done;
        std::uint32_t x = 0; ///< of `byte`: index of the set
        std::uint32_t y = 0;
    };
    std::vector<instruction> program_;
    std::vector<std::bitset<256>> sets_;
    std::vector<std::string> names_;
};

} // namespace outrider
