#pragma once

#include "cli/completion/complete.hpp"

#include <map>
#include <optional>
#include <string>

namespace outrider::cli {

/// The script that makes `shell` (bash, zsh or fish) complete the words of `program`. It calls
/// `program complete SHELL WORD…` and reads the lines of `offer_lines`.
[[nodiscard]] std::string completion_script(const std::string& shell, const std::string& program);

/// What is offered as lines for a shell: the word, and for zsh and fish what it is about; and
/// `:files` where the shell should offer names of files.
[[nodiscard]] std::string offer_lines(const std::string& shell, const offer& offered);

/// The user's shell by SHELL: bash where it is none of the three.
[[nodiscard]] std::string shell_of_user(const std::map<std::string, std::string>& environment);

/// Where the script of a shell goes, and what a person has to do once so that it is found there.
struct script_target {
    std::string file; ///< absolute
    std::string hint; ///< whole lines, or empty
};
[[nodiscard]] script_target target_of_script(const std::string& shell, const std::string& program,
                                             const std::map<std::string, std::string>& environment);

} // namespace outrider::cli
