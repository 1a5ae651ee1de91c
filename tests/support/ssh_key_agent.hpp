#pragma once

#include "tests/support/temporary_directory.hpp"

#include <sys/types.h>

#include <string>

namespace outrider::testing {

/// An OpenSSH agent of the test's own that holds one key, of which no file exists.
class ssh_key_agent {
  public:
    ssh_key_agent();
    ssh_key_agent(const ssh_key_agent&) = delete;
    ssh_key_agent& operator=(const ssh_key_agent&) = delete;
    ~ssh_key_agent();

    /// For SSH_AUTH_SOCK.
    [[nodiscard]] std::string socket() const { return directory_ / "agent"; }
    /// For authorized_keys.
    [[nodiscard]] const std::string& public_key() const { return public_key_; }

  private:
    temporary_directory directory_;
    std::string public_key_;
    pid_t pid_ = -1;
};

} // namespace outrider::testing
