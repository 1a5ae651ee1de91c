#pragma once

#include "engine/project/flag_values.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// How the process of an operation is started: its words and what its environment gets on top.
struct operation_command {
    std::vector<std::string> words;     ///< `${python_exe}` stands for the interpreter there
    std::vector<std::string> template_; ///< before flags were put in: `__flag_args__`
    std::map<std::string, std::string> environment; ///< of the operation, and FLAG_*
    std::vector<std::string> notes;                 ///< warnings for people
};

/// Puts flags into the command of an operation (FORMAT.md 3). `project` is what `${project_dir}`
/// stands for. Fails with `bad_input` if a `main` is no command line, or refers to something that
/// there is not.
[[nodiscard]] result<operation_command> make_command(const operation_def& op, const flag_map& flags,
                                                     const std::string& project = {});

/// Whether a parser would take a flag's value for an option, because it begins with '-'.
[[nodiscard]] bool has_option_like_values(const operation_def& op, const flag_map& flags);

/// The name of a flag's variable: `FLAG_` and the name in upper case, other characters as `_`.
[[nodiscard]] std::string flag_variable(const flag_def& flag);

} // namespace outrider
