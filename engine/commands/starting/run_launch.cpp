#include "engine/commands/starting/run_launch.hpp"

#include "engine/commands/starting/package_upload.hpp"
#include "engine/reactor/retry_policy.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace outrider {
namespace {

/// Longest that one start may take: copying sources and activating a conda environment.
constexpr std::chrono::seconds start_limit{120};
/// Longest silence of a start that installs requirements, which the agent itself ends before.
constexpr std::chrono::minutes install_limit{65};
/// Requests for one start, over as many connections.
constexpr int start_tries = 4;

// A builtin operation and one of a recorded run bring no source code from here.
bool has_package(const run_plan& plan) {
    return !plan.builtin && !plan.wheel.empty() && plan.start.source_run.empty();
}

// One request, one reply. A start that tells of itself is at a step that may take long.
template <class Request>
awaitable<result<protocol::start_reply>> ask_to_start(agent_client& agent, const Request& what,
                                                      const start_observer& told) {
    exchange asking(agent, what);
    std::chrono::milliseconds limit = start_limit;
    for (;;) {
        auto incoming =
            co_await with_deadline(asking.next(), limit,
                                   agent.name() + ": no answer to " + std::string(Request::name) +
                                       " within " + std::to_string(limit.count() / 1000) + " s");
        if (!incoming) {
            co_return incoming.error();
        }
        if (incoming->kind == protocol::frame_kind::reply) {
            co_return protocol::decode<protocol::start_reply>(incoming->payload);
        }
        auto part = incoming->kind == protocol::frame_kind::part
                        ? open_part(*incoming)
                        : result<message_part>(message_part{});
        protocol::start_progress progress;
        if (part && part->type == protocol::start_progress::name &&
            protocol::from_json(part->body, progress)) {
            limit = install_limit;
            told.step(run_stage::installing_requirements, progress.line);
        }
    }
}

// The request is sent when the machine can be asked, and again if the link is lost before the
// answer; `existed` is told of the first request only, for a later one finds what that has made.
template <class Request>
awaitable<result<protocol::start_reply>>
insist_on_start(command_session& session, const target& at, const Request& what,
                const std::string& operation, const start_observer& told) {
    retry_policy retries;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    bool sent = false; // a request may have reached the machine
    for (int tries = 1;; ++tries) {
        result<protocol::start_reply> started;
        auto agent = co_await session.agent(at);
        if (agent) {
            if (!sent) {
                told.step(run_stage::starting, operation);
            }
            sent = true;
            started = co_await ask_to_start(**agent, what, told);
        } else {
            started = agent.error();
        }
        if (started) {
            started->existed = started->existed && tries == 1;
            co_return started;
        }
        if (!sent || tries == start_tries || !retry_policy::worth_a_retry(started.error().kind())) {
            co_return started;
        }
        pause.expires_after(retries.next_pause());
        co_await pause.async_wait(asio::use_awaitable);
    }
}

// A run that is a job, and what it has waited for so far.
void tell_job(const protocol::run_facts& run, const target& at, const start_observer& told) {
    if (run.job && !run.job->id.empty()) {
        told.dependency("Submitted as job " + run.job->id + " on " + at.remote);
    }
}

// Fails where a dependency kept the operation from being started.
result<> tell_started(const protocol::start_reply& reply, const start_observer& told) {
    told.step(run_stage::started, {});
    for (const auto& line : reply.resolved) {
        told.dependency(line);
    }
    if (!reply.not_met.empty()) {
        return failure(errc::start_failed, reply.not_met);
    }
    if (!reply.warning.empty()) {
        told.warning(reply.warning);
    }
    return {};
}

} // namespace

protocol::start_run request_to_start(const run_plan& plan, const target& at,
                                     const std::string& run_id) {
    protocol::start_run request = plan.start;
    request.home = at.home;
    request.activation = at.to.activation();
    if (run_id != plan.start.run_id) {
        request.run_id = run_id;
        request.attributes["id"] = yaml_text(boost::json::string(run_id));
    }
    return request;
}

awaitable<result<>> send_plan(command_session& session, const target& at, const run_plan& plan,
                              const start_observer& told) {
    const bool packed = has_package(plan);
    if (packed) {
        told.step(run_stage::building_package, plan.project_directory + "\n" + plan.wheel);
    }
    if (auto agent = co_await session.agent(at); !agent) {
        co_return agent.error();
    }
    told.step(run_stage::initializing, {});
    if (!plan.package.empty()) {
        if (packed) {
            told.step(run_stage::copying_package, plan.wheel);
        }
        if (auto there = co_await ensure_package(session, at, plan.package, plan.sources); !there) {
            co_return there.error();
        }
    }
    if (!plan.dependency_package.empty()) {
        if (auto there =
                co_await ensure_package(session, at, plan.dependency_package, plan.dependencies);
            !there) {
            co_return there.error();
        }
    }
    if (packed) {
        told.step(run_stage::installing_package, plan.wheel);
        told.step(run_stage::installed_package, plan.distribution + "-" + plan.package_version);
    }
    co_return result<>();
}

awaitable<result<started_run>> launch(command_session& session, const target& at,
                                      const protocol::start_run& what, const start_observer& told) {
    protocol::start_run request = what;
    request.slurm = at.job;
    auto reply = co_await insist_on_start(session, at, request, what.operation, told);
    if (!reply) {
        co_return reply.error();
    }
    if (reply->existed) {
        co_return failure(errc::conflict, "there is a run " + what.run_id + " already");
    }
    if (auto good = tell_started(*reply, told); !good) {
        co_return good.error();
    }
    tell_job(reply->run, at, told);
    co_return started_run{.id = what.run_id,
                          .directory = std::move(reply->run.directory),
                          .run_dir = what.run_dir,
                          .operation = what.operation,
                          .deleted_on_success = what.delete_on_success,
                          .pid = reply->run.operation_pid,
                          .pending = reply->run.job && reply->run.pending};
}

awaitable<result<started_run>> launch(command_session& session, const target& at,
                                      const protocol::start_staged& what,
                                      const std::string& operation, const start_observer& told) {
    protocol::start_staged request = what;
    request.slurm = at.job;
    request.slurm_if_none = at.job_as_recorded;
    auto reply = co_await insist_on_start(session, at, request, operation, told);
    if (!reply) {
        co_return reply.error();
    }
    if (auto good = tell_started(*reply, told); !good) {
        co_return good.error();
    }
    tell_job(reply->run, at, told);
    co_return started_run{.id = what.run_id,
                          .directory = std::move(reply->run.directory),
                          .run_dir = {},
                          .operation = operation,
                          .pid = reply->run.operation_pid,
                          .pending = reply->run.job && reply->run.pending};
}

} // namespace outrider
