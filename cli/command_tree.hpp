#pragma once

#include "cli/invocation.hpp"
#include "cli/short_options.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::cli {

/// The text at the top of the program's help.
extern const char program_description[];

/// Which commands a tree must have: to make all of them takes as long as half a listing from a
/// warm service. A command line can only mean commands whose names are words of it.
class needed_verbs {
  public:
    /// All.
    needed_verbs() = default;
    /// Those that these words may mean.
    explicit needed_verbs(const std::vector<std::string>& words) : words_(words) {}

    [[nodiscard]] bool contain(std::string_view name) const {
        return !words_ || std::ranges::find(*words_, name) != words_->end();
    }

  private:
    std::optional<std::vector<std::string>> words_;
};

/// Adds every option and command of the program to `app`, which is made with
/// `program_description`; they fill in `into` when it parses. Parsing, help, the man page and
/// completion all read this one tree; parsing can do with the commands that are `needed`.
void add_commands(CLI::App& app, invocation& into, const needed_verbs& needed = {});

/// The traits of the engine's command that `verb` makes; null: it makes none.
[[nodiscard]] const command_traits* traits_of(const CLI::App& verb);

/// What the short options of Guild mean for `verb`; it must live as long as what is returned.
[[nodiscard]] short_option_rules short_options_of(const CLI::App& verb);

/// Whether `word` is an option of `app`, alone or at the end of a group (`-nap`), whose value is
/// the next word.
[[nodiscard]] bool wants_value(const CLI::App& app, std::string_view word);

struct found_verb {
    CLI::App* verb;
    std::size_t end = 0; ///< of the words that name it
};

/// Finds the command that `words` name, or `app` itself. Names the default one of `runs` where it
/// is left out: then options of the list are never taken for options of the group.
[[nodiscard]] found_verb find_verb(CLI::App& app, std::vector<std::string>& words);

/// "runs rm": the names of `verb` below the program; empty for the program.
[[nodiscard]] std::string path_of(const CLI::App& verb);

/// The command of these names, or nothing.
[[nodiscard]] CLI::App* find_command(CLI::App& app, const std::vector<std::string>& names);

} // namespace outrider::cli
