#pragma once

#include "transports/ssh/shared_work.hpp"

#include <libssh/libssh.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace outrider::ssh {

/// A private key in memory, shared by all sessions; freed with its last holder.
using shared_key = std::shared_ptr<ssh_key_struct>;

/// What became of a key file.
struct loaded_key {
    enum class state {
        ready,
        missing,
        encrypted,   ///< a passphrase is needed
        public_half, ///< no private key at all: an ssh agent may hold it
        hardware,    ///< lives in a security token (`sk-…`): a child `ssh` has to sign
        unreadable,  ///< `problem` says why
    };
    state what = state::missing;
    shared_key key;
    std::string problem;
    bool has_certificate = false; ///< FILE-cert.pub stands beside it
};

/// Private keys by path: read once off the loop and kept for the life of the engine.
class key_store {
  public:
    using question = std::function<awaitable<result<std::string>>()>;
    /// Loads a key that needs no passphrase, or one that was unlocked before.
    [[nodiscard]] awaitable<result<loaded_key>> load(std::string path);
    /// Unlocks an encrypted key with the passphrase that `ask` gives, in three tries; `encrypted`
    /// when none fits or an empty one is given. Of several who need the key at the same time one
    /// asks, for all.
    [[nodiscard]] awaitable<result<loaded_key>> unlock(std::string path, question ask);
    /// What the ssh agent at this socket holds (base64 of the public keys); asked once for all who
    /// want to know at the same time, since its queue is short.
    [[nodiscard]] awaitable<result<std::vector<std::string>>> agent_keys(std::string socket_path);

  private:
    void keep(const std::string& path, const loaded_key& key);

    std::map<std::string, loaded_key> ready_;
    std::map<std::string, shared_work<loaded_key>> loading_;
    std::map<std::string, shared_work<loaded_key>> unlocking_;
    std::map<std::string, shared_work<std::vector<std::string>>> asking_agents_;
};

/// "ssh-ed25519", for texts and for the choice of algorithms.
[[nodiscard]] std::string key_type(const shared_key& key);
/// The public key (base64) that belongs to an identity file: what the file itself is or holds, else
/// FILE.pub; empty where there is none. Blocks: for the pool.
[[nodiscard]] std::string public_half_of(const std::string& identity_file);

} // namespace outrider::ssh
