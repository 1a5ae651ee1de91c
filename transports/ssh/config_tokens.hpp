#pragma once

#include "engine/core/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace outrider::ssh {

struct user_config;

/// What percent tokens, `${NAME}` and `~` of an option stand for, as ssh_config(5) has it under
/// TOKENS and ENVIRONMENT VARIABLES. `ssh -G` expands some options itself, prints others as they
/// are written, and the values depend on the host.
class config_tokens {
  public:
    /// `original_host` is the name as the user typed it; `home` takes the place of `~`.
    config_tokens(const user_config& config, const std::string& original_host,
                  const std::string& home);

    /// Replaces percent tokens; `unsupported` for one that does not exist.
    [[nodiscard]] result<std::string> expand(std::string_view text) const;
    /// Replaces `~`, `~USER`, percent tokens and `${NAME}`; `bad_input` where there is no such user
    /// or variable.
    [[nodiscard]] result<std::string>
    expand_path(const std::string& text,
                const std::map<std::string, std::string>& environment) const;

  private:
    using variables = std::map<std::string, std::string>;
    [[nodiscard]] result<std::string> replace(std::string_view text,
                                              const variables* environment) const;

    std::string home_;
    std::map<char, std::string> values_;
};

/// A ProxyCommand with its percent tokens replaced.
[[nodiscard]] result<std::string> expand_tokens(const std::string& command,
                                                const user_config& config,
                                                const std::string& original_host,
                                                const std::string& home);

} // namespace outrider::ssh
