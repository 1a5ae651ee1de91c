#pragma once

#include "cli/invocation.hpp"
#include "cli/verbs/needed_verbs.hpp"

#include <CLI/App.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace outrider::cli {

/// The text at the top of the program's help.
extern const char program_description[];

/// Adds every option and command of the program to `app`, which is made with
/// `program_description`; they fill in `into` when it parses. Parsing, help, the man page and
/// completion all read this one tree; parsing can do with the commands that are `needed`.
void add_commands(CLI::App& app, invocation& into, const needed_verbs& needed = {});

/// Whether `word` is an option of `app`, alone or at the end of a group (`-nap`), whose value is
/// the next word.
[[nodiscard]] bool wants_value(const CLI::App& app, std::string_view word);

struct verb_place {
    CLI::App* verb;
    std::size_t end = 0; ///< of the words that name it
};

/// Finds the command that `words` name, or `app` itself. Names the default one of `runs` where it
/// is left out: then options of the list are never taken for options of the group.
[[nodiscard]] verb_place find_verb(CLI::App& app, std::vector<std::string>& words);

/// "runs rm": the names of `verb` below the program; empty for the program.
[[nodiscard]] std::string path_of(const CLI::App& verb);

/// The command of these names, or nothing.
[[nodiscard]] CLI::App* find_command(CLI::App& app, const std::vector<std::string>& names);

} // namespace outrider::cli
