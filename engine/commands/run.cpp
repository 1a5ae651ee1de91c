#include "engine/commands/choose_runs.hpp"
#include "engine/commands/following.hpp"
#include "engine/commands/package_upload.hpp"
#include "engine/commands/perform.hpp"
#include "engine/project/run_plan.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/reactor/retry_policy.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <chrono>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 120s; // copying sources and activating a conda environment
constexpr int start_tries = 4;     // over as many connections

// 32 lower-case hex digits, as Guild makes them.
std::string new_run_id() {
    std::string id = boost::uuids::to_string(boost::uuids::random_generator()());
    std::erase(id, '-');
    return id;
}

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// One `run`, from the plan to the end of the operation.
class start_job {
  public:
    start_job(command_session& session, run_command what, target at)
        : session_(session), what_(std::move(what)), at_(std::move(at)) {}

    awaitable<result<outcome>> run() {
        if (auto planned = co_await plan(); !planned) {
            co_return planned.error();
        }
        if (auto agreed = co_await session_.confirm(preview()); !agreed) {
            co_return agreed.error();
        }
        if (auto started = co_await start(); !started) {
            co_return started.error();
        }
        if (what_.no_wait) {
            session_.emit(run_left_running{.remote = at_.remote, .run_id = run_id_});
            co_return outcome{};
        }
        co_return co_await follow();
    }

  private:
    awaitable<result<>> plan() {
        run_request request{.command = what_,
                            .context = session_.context(),
                            .remote = !at_.remote.empty(),
                            .run_id = run_id_,
                            .now_us = now_us()};
        auto planned = co_await run_blocking([request] { return plan_run(request); });
        if (!planned) {
            co_return planned.error();
        }
        plan_ = std::move(*planned);
        for (auto& text : plan_.notes) {
            session_.emit(note{.warning = true, .text = std::move(text)});
        }
        if (plan_.script && !at_.remote.empty()) {
            co_return failure(errc::unsupported,
                              "cannot run scripts remotely\nDefine an operation for the script in "
                              "guild.yml and run that operation.");
        }
        plan_.start.home = at_.home;
        plan_.start.activation = at_.over->to().activation();
        co_return result<>();
    }

    question preview() const {
        question asked;
        asked.kind = question_kind::run;
        asked.remote = at_.remote;
        asked.operation = plan_.operation;
        asked.flags = plan_.flags;
        return asked;
    }

    void tell(run_stage stage, std::string detail = {}) {
        session_.emit(run_progress{
            .stage = stage, .remote = at_.remote, .run_id = run_id_, .detail = std::move(detail)});
    }

    // A start is idempotent by its id: after a lost link it is simply asked for again.
    awaitable<result<>> start() {
        tell(run_stage::building_package, plan_.project_directory + "\n" + plan_.wheel);
        retry_policy retries;
        asio::steady_timer pause(co_await asio::this_coro::executor);
        for (int tries = 1;; ++tries) {
            auto started = co_await start_once();
            if (started || tries == start_tries || !sent_ ||
                !retry_policy::worth_a_retry(started.error().kind())) {
                co_return started;
            }
            pause.expires_after(retries.next_pause());
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    awaitable<result<>> start_once() {
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        tell_once(run_stage::initializing);
        tell_once(run_stage::copying_package, plan_.wheel);
        if (auto there = co_await ensure_package(session_, at_, plan_); !there) {
            co_return there.error();
        }
        tell_once(run_stage::installing_package, plan_.wheel);
        tell_once(run_stage::installed_package, plan_.distribution + "-" + plan_.package_version);
        tell_once(run_stage::starting, plan_.operation);
        sent_ = true;
        auto started = co_await (*agent)->call(plan_.start, start_limit);
        if (!started) {
            co_return started.error();
        }
        tell_once(run_stage::started);
        if (!started->warning.empty()) {
            session_.emit(note{.warning = true, .text = std::move(started->warning)});
        }
        co_return result<>();
    }

    void tell_once(run_stage stage, std::string detail = {}) {
        if (static_cast<int>(stage) > told_) {
            told_ = static_cast<int>(stage);
            tell(stage, std::move(detail));
        }
    }

    awaitable<result<outcome>> follow() {
        session_.emit(watch_started{.remote = at_.remote, .run_id = run_id_, .quiet = true});
        auto ended = co_await follow_run(session_, at_, run_id_);
        if (!ended) {
            co_return ended.error();
        }
        if (!*ended) {
            co_return co_await end_interrupted();
        }
        const bool local = at_.remote.empty();
        const auto exit_status = (*ended)->exit_status;
        if (local && !exit_status) {
            // Nothing else tells why the command fails.
            const auto& reason = (*ended)->reason;
            session_.emit(note{.warning = true,
                               .text = "run " + run_id_ + " ended without an exit status" +
                                       (reason.empty() ? "" : ": " + reason)});
        }
        session_.emit(run_ended{.remote = at_.remote, .run = std::move(**ended), .quiet = local});
        // As Guild does: the operation's failure is the local command's, not the remote one's.
        co_return local ? outcome{exit_status.value_or(1)} : outcome{};
    }

    // A remote run goes on without us. A local one is the person's own foreground process, and an
    // interrupt means the operation.
    awaitable<result<outcome>> end_interrupted() {
        if (!at_.remote.empty()) {
            session_.emit(
                run_left_running{.remote = at_.remote, .run_id = run_id_, .detached = true});
            co_return outcome{};
        }
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        protocol::stop_run request;
        request.home = at_.home;
        request.run_id = run_id_;
        request.stopped_by = "interrupt";
        auto stopped = co_await (*agent)->call(std::move(request), start_limit);
        if (!stopped) {
            co_return stopped.error();
        }
        co_return outcome{-2}; // SIGINT, as a shell sees an interrupted command
    }

    command_session& session_;
    run_command what_;
    target at_;
    std::string run_id_ = new_run_id();
    run_plan plan_;
    bool sent_ = false; // a start request may have reached the machine
    int told_ = static_cast<int>(run_stage::building_package);
};

} // namespace

awaitable<result<outcome>> perform(command_session& session, run_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    start_job job(session, std::move(what), std::move(*at));
    co_return co_await job.run();
}

} // namespace outrider
