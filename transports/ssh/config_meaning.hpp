#pragma once

#include "transports/ssh/config_tokens.hpp"
#include "transports/ssh/user_config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider::ssh {

/// Gives the words that `ssh -G` prints for one host their meaning: some are expanded already,
/// others are as the user wrote them, and lists have lost their quotes. Made once the whole answer
/// is read, since tokens stand for what other lines say; it must not outlive either argument.
class config_meaning {
  public:
    config_meaning(const user_config& config, const config_surroundings& around);

    [[nodiscard]] result<std::string> identity_file(const std::string& text) const;
    [[nodiscard]] result<std::vector<std::string>> user_known_hosts(const std::string& text) const;
    [[nodiscard]] result<std::vector<std::string>>
    global_known_hosts(const std::string& text) const;
    /// The socket, or the word for a variable that names it.
    [[nodiscard]] std::string identity_agent(const std::string& text) const;
    [[nodiscard]] result<std::string> proxy_jump(const std::string& text) const;

  private:
    using paths = std::vector<std::string>;
    [[nodiscard]] std::string absolute(const std::string& path) const;
    [[nodiscard]] std::string printed_path(const std::string& path) const;
    [[nodiscard]] std::optional<paths> expanded(const paths& list,
                                                const config_tokens& tokens) const;
    [[nodiscard]] std::vector<paths> lists_that_print_as(const std::string& text,
                                                         bool expands) const;
    [[nodiscard]] result<paths> told_apart(const char* option, const std::string& text,
                                           bool expands) const;

    const config_surroundings& around_;
    std::string real_home_;
    config_tokens tokens_;
    config_tokens printed_; ///< with the home directory that `ssh` takes
};

} // namespace outrider::ssh
