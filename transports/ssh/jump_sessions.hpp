#pragma once

#include "transports/ssh/child_ssh.hpp"
#include "transports/ssh/jump_session.hpp"
#include "transports/ssh/shared_work.hpp"
#include "transports/ssh/user_config.hpp"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::ssh {

/// What makes one jump host another than the next: who it is, how it is checked and logged in to,
/// and the hops before it.
struct jump_way {
    struct hop {
        std::string host; ///< as named in the configuration
        host_key_policy host_keys = host_key_policy::inherit;
        user_config config;
        friend bool operator==(const hop&, const hop&) = default;
    };
    std::vector<hop> hops; ///< the jump host, then the one before it, …
    /// Where a ProxyCommand sees it; else empty.
    std::map<std::string, std::string> environment;
    friend bool operator==(const jump_way&, const jump_way&) = default;
};

/// What a jump host gave: a session, or the reason why a child `ssh` is needed.
struct reached_jump {
    std::shared_ptr<jump_session> session;
    std::string needs_ssh_program;
};

/// The sessions to jump hosts, one for each, and what is carried through them. Owned by the
/// transport; `close` before the reactor ends.
class jump_sessions {
  public:
    explicit jump_sessions(std::chrono::milliseconds linger = std::chrono::seconds(10))
        : linger_(linger) {}

    /// The session to a jump host. Where there is none that lives, `make` makes it: of several who
    /// come at the same time, one does, and its failure is the failure of all.
    [[nodiscard]] awaitable<result<reached_jump>>
    reach(jump_way way, std::function<awaitable<result<reached_session>>()> make);
    /// The same with a child `ssh`, which ends with its last holder.
    [[nodiscard]] awaitable<result<std::shared_ptr<child_master>>>
    reach_by_child(jump_way way,
                   std::function<awaitable<result<std::shared_ptr<child_master>>>()> make);
    /// Ends all sessions and what goes through them.
    [[nodiscard]] awaitable<void> close();
    /// How many sessions live.
    [[nodiscard]] std::size_t count() const;

  private:
    struct entry {
        jump_way way;
        std::shared_ptr<jump_session> session;
        shared_work<reached_jump> making;
        std::weak_ptr<child_master> child;
        shared_work<std::shared_ptr<child_master>> making_child;
        [[nodiscard]] bool lives() const;
    };
    std::shared_ptr<entry> find(jump_way way);
    std::chrono::milliseconds linger_;
    std::optional<task_group> carriers_; // of the reactor that is in use
    std::list<std::shared_ptr<entry>> entries_;
};

} // namespace outrider::ssh
