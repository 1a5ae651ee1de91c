#pragma once

#include "cli/invocation.hpp"

#include <string>
#include <variant>
#include <vector>

namespace outrider::cli {

/// A command line that needs no engine: help, the version, or a usage error.
struct early_end {
    int exit_code = 0;
    std::string out; ///< for standard output
    std::string err; ///< for standard error
};

/// `complete SHELL WORD…`: the script of a shell asks what the last word may become.
struct completion_request {
    std::string shell;
    std::vector<std::string> words;
};

/// `completion`: a person wants that script.
struct completion_script_request {
    std::string shell; ///< empty: the user's
    bool install = false;
};

using command_line =
    std::variant<invocation, early_end, completion_request, completion_script_request>;

/// Reads the words after the program's name. Help and version end with 0, usage errors with 2.
[[nodiscard]] command_line parse_arguments(const std::string& program,
                                           const std::vector<std::string>& words);

/// The name in messages: the last part of argv[0], so that a link named `guild` says `guild`.
[[nodiscard]] std::string program_name(const char* argv0);

/// `text` with `{program}` and `{command}` replaced.
[[nodiscard]] std::string with_names(std::string text, const std::string& program,
                                     const std::string& command_name);

} // namespace outrider::cli
