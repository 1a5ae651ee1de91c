#pragma once

#include "engine/reactor/awaitable.hpp"

#include <libssh/libssh.h>

#include <map>
#include <memory>
#include <string>

namespace outrider::ssh {

/// A private key in memory, shared by all sessions; freed with its last holder.
using shared_key = std::shared_ptr<ssh_key_struct>;

/// What became of a key file.
struct loaded_key {
    enum class state {
        ready,
        missing,
        encrypted,  ///< a passphrase is needed
        hardware,   ///< lives in a security token (`sk-…`): a child `ssh` has to sign
        unreadable, ///< `problem` says why
    };
    state what = state::missing;
    shared_key key;
    std::string problem;
    bool has_certificate = false; ///< FILE-cert.pub stands beside it
};

/// Private keys by path: read once off the loop and kept for the life of the engine.
class key_store {
  public:
    /// Loads a key that needs no passphrase, or one that was unlocked before.
    [[nodiscard]] awaitable<loaded_key> load(std::string path);
    /// Unlocks an encrypted key; a wrong passphrase gives `encrypted` again.
    [[nodiscard]] awaitable<loaded_key> unlock(std::string path, std::string passphrase);

  private:
    std::map<std::string, loaded_key> ready_;
};

/// "ssh-ed25519", for texts and for the choice of algorithms.
[[nodiscard]] std::string key_type(const shared_key& key);
/// The base64 of FILE.pub; empty where there is none. Blocks: for the pool.
[[nodiscard]] std::string public_half(const std::string& private_path);

} // namespace outrider::ssh
