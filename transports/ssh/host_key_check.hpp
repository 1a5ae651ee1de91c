#pragma once

#include "engine/reactor/awaitable.hpp"
#include "transports/ssh/host_key_store.hpp"
#include "transports/ssh/prompter.hpp"
#include "transports/ssh/ssh_remote.hpp"
#include "transports/ssh/user_config.hpp"

#include <string>
#include <vector>

namespace outrider::ssh {

class session;

/// What to do with an unknown key: the remote's own word, else StrictHostKeyChecking. Never
/// `inherit`; "no" is treated as `accept_new`.
[[nodiscard]] host_key_policy effective_policy(host_key_policy own,
                                               const std::string& strict_host_key_checking);

/// Whether a value of StrictHostKeyChecking takes any key of a machine that is not on record.
[[nodiscard]] bool believes_anyone(const std::string& strict_host_key_checking);

/// The host key algorithms to offer: those of the recorded keys first, so that the machine shows
/// the key that is on record. `allowed` bounds them (a comma list, empty: no bound).
[[nodiscard]] std::string offered_host_keys(const std::vector<std::string>& recorded,
                                            const std::string& allowed);

/// Decides whether a machine is the one that it should be. One per hop and connect.
class host_key_check {
  public:
    host_key_check(const ssh_remote& to, const user_config& config, host_key_store& store);

    /// Reads what is on record; before the key exchange.
    [[nodiscard]] awaitable<result<>> prepare();
    /// The algorithms to offer in the key exchange.
    [[nodiscard]] std::string algorithms() const;
    /// Whether all that is on record for the machine is a certificate authority: only a child `ssh`
    /// can check a certificate.
    [[nodiscard]] bool only_authority() const;
    /// That authority, as a reason to use a child `ssh`; empty where none is on record.
    [[nodiscard]] std::string authority() const;

    enum class judgement {
        trusted,           ///< the machine is the one that it should be
        needs_ssh_program, ///< its key is not, but its certificate may be: start anew with `ssh`
    };
    /// Judges the key that the session met; asks, records or refuses.
    [[nodiscard]] awaitable<result<judgement>> verify(session& met, prompter& who);

  private:
    [[nodiscard]] failure refuse_changed(const known_host& shown,
                                         const host_key_verdict& verdict) const;
    [[nodiscard]] failure refuse_unknown(const known_host& shown) const;
    [[nodiscard]] awaitable<result<>> admit(known_host shown, prompter& who);
    [[nodiscard]] awaitable<result<>> accept(known_host shown, prompter& who);
    [[nodiscard]] host_key_verdict judge(const known_host& shown) const;

    const ssh_remote& remote_;
    const user_config& config_;
    host_key_store& store_;
    std::string name_;  // as kept on record
    std::string plain_; // the same without its port
    std::vector<known_host> records_;
};

} // namespace outrider::ssh
