#pragma once

#include "engine/reactor/awaitable.hpp"
#include "engine/reactor/notifier.hpp"

#include <list>
#include <map>
#include <string>

namespace outrider::ssh {

/// Bounds the handshakes in the making: 32 in all, so that key exchanges do not starve the other
/// coroutines, and 8 to one server, whose MaxStartups turns away more than ten. Whoever is over
/// the bound waits its turn.
class handshake_slots {
  public:
    static constexpr int in_all = 32;
    static constexpr int to_one_server = 8;

    /// A place among those in the making; given back when it is destroyed.
    class lease {
      public:
        lease(handshake_slots& owner, std::string server);
        lease(lease&& other) noexcept;
        lease& operator=(lease&&) = delete;
        ~lease();

      private:
        handshake_slots* owner_;
        std::string server_;
    };

    /// Waits for a place; fails only when cancelled.
    [[nodiscard]] awaitable<result<lease>> acquire(std::string server);

  private:
    int total_ = 0;
    std::map<std::string, int> by_server_;
    std::list<notifier*> waiting_; // each lives in the coroutine that waits
};

} // namespace outrider::ssh
