#pragma once

#include "engine/reactor/task_group.hpp"
#include "engine/remotes/transport.hpp"
#include "tests/support/shell.hpp"
#include "transports/ssh/ssh_remote.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::testing {

using connected = result<std::unique_ptr<connection>>;

/// Connects to all of them at the same time; the outcomes are in the order of the remotes.
inline awaitable<std::vector<connected>>
connect_all(transport& wire, std::vector<ssh_remote> remotes, connect_context context) {
    std::vector<std::optional<connected>> outcomes(remotes.size());
    task_group connects(co_await asio::this_coro::executor);
    for (std::size_t at = 0; at < remotes.size(); ++at) {
        connects.spawn("connect", [&, at]() -> awaitable<void> {
            outcomes[at].emplace(co_await wire.connect(remote_of(remotes[at]), context));
        });
    }
    co_await connects.join();
    std::vector<connected> all;
    for (auto& each : outcomes) {
        all.push_back(each ? std::move(*each) : connected(failure(errc::internal, "it threw")));
    }
    co_return all;
}

/// Whether a shell on the connection answers.
inline awaitable<bool> answers(connection& link) {
    auto shell = co_await link.open_shell();
    if (!shell) {
        BOOST_TEST_MESSAGE(shell.error().context);
        co_return false;
    }
    const auto text = co_await run_script(**shell, "echo here");
    co_await (*shell)->close();
    co_return text && *text == "here\n";
}

/// Checks that all are connected and answer, and closes them.
inline awaitable<void> use_and_close(std::vector<connected> links) {
    for (auto& each : links) {
        BOOST_TEST(each.has_value(), (each ? "" : each.error().context));
        if (each) {
            BOOST_TEST((co_await answers(**each)));
            co_await (*each)->close();
        }
    }
}

/// How often `part` stands in `text`.
inline std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

} // namespace outrider::testing
