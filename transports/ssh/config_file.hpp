#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::ssh {

/// One option of a file in the format of ssh_config(5).
struct config_option {
    std::string keyword; ///< in lower case
    std::string_view arguments;
};

/// The next option of `file`, which is taken from it; none: there is no more.
[[nodiscard]] std::optional<config_option> take_option(std::string_view& file);

/// The arguments of an option as OpenSSH takes them apart: quotes of both kinds, backslashes, a
/// comment at the end. None: a quote is open.
[[nodiscard]] std::optional<std::vector<std::string>> split_arguments(std::string_view text);

/// Adds the lists of known_hosts files that a configuration file writes, for any host. `ssh -G`
/// prints such a list without its quotes: only here it can be seen where a path ends.
void read_known_hosts_lists(std::string_view file, std::vector<std::vector<std::string>>& into);

/// `words` as one argument of an option each, which OpenSSH reads as the same words again. With
/// `tokens` the option has percent tokens, and those of the words are kept literal.
[[nodiscard]] std::string quoted_arguments(const std::vector<std::string>& words, bool tokens);

} // namespace outrider::ssh
