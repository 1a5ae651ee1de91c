#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::ssh {

/// What in the configuration files of `ssh` makes a difference between hosts. With it a few answers
/// of `ssh -G` do for many hosts: those that the same patterns of `Host` match have the same
/// configuration, but for their own name. Whatever could differ in another way (`Match`, percent
/// tokens, canonical names) is `unforeseen`, and then each host must be asked for.
class host_differences {
  public:
    /// Adds a file that `ssh` reads, in the format of ssh_config(5).
    void read(std::string_view file);
    /// Hosts of one class have the same configuration; none: this host is to be asked for alone.
    [[nodiscard]] std::optional<std::string> class_of(const std::string& host) const;
    void give_up() { unforeseen_ = true; }

  private:
    void read_option(const std::string& keyword, std::string_view arguments);

    bool unforeseen_ = false;
    std::vector<std::string> patterns_;  // of all `Host` lines, without their `!`
    std::vector<std::string> mentioned_; // values of `HostName` and `ProxyJump`, in lower case
};

/// The files that `ssh -v` says it read, at the beginning of its standard error; none: that is not
/// the whole of what OpenSSH says.
[[nodiscard]] std::optional<std::vector<std::string>> files_read(std::string_view standard_error);
/// The answer of `ssh -G` for `host`, made from the one for another host of its class.
[[nodiscard]] std::string answer_for_another(std::string_view answer, const std::string& asked,
                                             const std::string& host);

} // namespace outrider::ssh
