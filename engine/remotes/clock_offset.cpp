#include "engine/remotes/clock_offset.hpp"

#include "engine/protocol/messages.hpp"

#include <algorithm>
#include <optional>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto ping_limit = 20s;
/// The last day of the year 9999, µs: a far clock that claims more is taken for that.
constexpr std::int64_t latest = std::int64_t{253'402'300'799} * 1'000'000;

std::chrono::microseconds now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
}

} // namespace

awaitable<result<clock_offset>> compare_clocks(agent_client& agent, int samples) {
    std::optional<clock_offset> best;
    for (int i = 0; i < samples; ++i) {
        const auto before = now();
        const auto sent = std::chrono::steady_clock::now();
        auto pong = co_await agent.call(protocol::ping{}, ping_limit);
        if (!pong) {
            co_return pong.error();
        }
        const auto half = std::chrono::duration_cast<std::chrono::microseconds>(
                              std::chrono::steady_clock::now() - sent) /
                          2;
        if (!best || half < best->uncertainty) {
            const std::chrono::microseconds there(
                std::clamp<std::int64_t>(pong->time_us, 0, latest));
            best = clock_offset{.ahead = there - (before + half), .uncertainty = half};
        }
    }
    co_return best.value_or(clock_offset{});
}

} // namespace outrider
