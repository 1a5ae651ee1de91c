#pragma once

#include "tests/support/connect_all.hpp"
#include "tests/support/ssh_server.hpp"

#include <boost/asio/steady_timer.hpp>

#include <string>
#include <vector>

namespace outrider::testing {

/// Remotes gpu1, gpu2, … behind jump hosts, as one ssh configuration describes them.
class farm {
  public:
    explicit farm(std::string config) { write_file(config_, config); }

    [[nodiscard]] ssh_remote gpu(int number, const std::string& alias = "inner") const {
        ssh_remote there;
        there.name = "gpu" + std::to_string(number);
        there.host = alias;
        there.ssh_config = config_;
        return there;
    }
    [[nodiscard]] std::vector<ssh_remote> gpus(int count) const {
        std::vector<ssh_remote> all;
        for (int number = 1; number <= count; ++number) {
            all.push_back(gpu(number));
        }
        return all;
    }

  private:
    temporary_directory directory_;
    std::string config_ = directory_ / "config";
};

/// Two servers, of which the one leads to the other.
struct two_machines {
    ssh_server inner;
    ssh_server outer;
    farm of{inner.config_block("inner") + "  ProxyJump outer\n" + outer.config_block("outer")};
    connect_context context = context_in(inner.home());
};

/// How often somebody logged in there.
inline std::size_t logins(const ssh_server& server) {
    return count_of(server.log(), "Accepted publickey");
}

/// For what has no event of its own to come to where it waits.
inline awaitable<void> a_moment() {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(300));
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace outrider::testing
