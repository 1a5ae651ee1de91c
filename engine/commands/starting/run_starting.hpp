#pragma once

#include "engine/commands/session/perform.hpp"
#include "engine/project/run_plan.hpp"

namespace outrider {

/// `run --start` and `run --restart`: the operation of a run that is there, in place.
[[nodiscard]] awaitable<result<outcome>> start_again(command_session& session, run_command what,
                                                     target at);

/// `run --help-op`: what the project says of an operation (empty: the default one).
[[nodiscard]] awaitable<result<outcome>> describe_operation(command_session& session,
                                                            std::string operation);

/// 32 lower-case hex digits, as Guild makes them: an id for a run or a request.
[[nodiscard]] std::string new_run_id();

/// What `plan_run` needs of a command; `remote` from where it goes.
[[nodiscard]] run_request request_for(command_session& session, const run_command& what,
                                      const target& at, std::string run_id);

/// Asks again over new connections while the link fails, since every start is idempotent. `once`
/// starts it; `sent` tells whether a request may have arrived.
template <class Once>
[[nodiscard]] awaitable<result<>> insist_on_start(Once once, const bool& sent);

/// Longest that one start may take: copying sources and activating a conda environment.
inline constexpr std::chrono::seconds start_limit{120};

} // namespace outrider

#include "engine/reactor/retry_policy.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outrider {

template <class Once>
awaitable<result<>> insist_on_start(Once once, const bool& sent) {
    constexpr int start_tries = 4; // over as many connections
    retry_policy retries;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (int tries = 1;; ++tries) {
        auto started = co_await once();
        if (started || tries == start_tries || !sent ||
            !retry_policy::worth_a_retry(started.error().kind())) {
            co_return started;
        }
        pause.expires_after(retries.next_pause());
        co_await pause.async_wait(asio::use_awaitable);
    }
}

} // namespace outrider
