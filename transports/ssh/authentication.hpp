#pragma once

#include "engine/reactor/awaitable.hpp"
#include "transports/ssh/key_store.hpp"
#include "transports/ssh/prompter.hpp"
#include "transports/ssh/time_budget.hpp"
#include "transports/ssh/user_config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outrider::ssh {

class session;

/// The keys that a login may use, found before the connection is made.
struct key_ring {
    struct named_key {
        std::string path;
        shared_key key;
    };
    std::vector<named_key> ready;
    std::vector<std::string> encrypted; ///< paths
    /// Why a child `ssh` may be able to log in where we cannot: "a key of the ssh agent"; or empty.
    std::string needs_ssh_program;
    /// Only a child `ssh` makes sense: there is no key that we could use.
    bool only_ssh_program_left = false;
};

/// Looks at the identity files and, where they are not enough, into the ssh agent. A key that the
/// remote itself names (`private-key`) must be usable: otherwise `bad_input` says why not.
[[nodiscard]] awaitable<result<key_ring>> gather_keys(const std::string& label,
                                                      const user_config& config, bool key_is_named,
                                                      key_store& store);

/// How a login ended, where it did not fail.
enum class login {
    done,
    needs_ssh_program, ///< what is left to try only a child `ssh` can: start anew with one
};

/// Logs in: keys, then encrypted keys with their passphrase, then keyboard-interactive and
/// password, each as far as the machine and the configuration admit. Failure is final.
class authentication {
  public:
    authentication(session& on, const user_config& config, key_ring keys, key_store& store);
    [[nodiscard]] awaitable<result<login>> run(prompter& who, time_budget& budget);

  private:
    enum class answer { accepted, denied };
    [[nodiscard]] awaitable<result<answer>> offer(std::string path, shared_key key);
    [[nodiscard]] awaitable<result<answer>> unlock_and_offer(prompter& who, std::string path);
    [[nodiscard]] awaitable<result<answer>> keyboard_interactive(prompter& who);
    [[nodiscard]] awaitable<result<answer>> password(prompter& who);
    [[nodiscard]] awaitable<result<login>> ask_prompter(prompter& who);
    template <class Call>
    [[nodiscard]] awaitable<result<int>> step(Call call);
    [[nodiscard]] result<answer> read_answer(int code);
    [[nodiscard]] bool prefers(std::string_view method) const;
    [[nodiscard]] bool offered(int method) const;
    [[nodiscard]] std::string offered_methods() const;
    [[nodiscard]] failure denied() const;

    session& session_;
    const user_config& config_;
    key_ring keys_;
    key_store& store_;
    time_budget* budget_ = nullptr;
    std::vector<std::string> tried_;
    std::string last_; // what is being tried
};

} // namespace outrider::ssh
