#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/starting/package_upload.hpp"
#include "engine/commands/starting/required_runs.hpp"
#include "engine/commands/starting/run_follow_up.hpp"
#include "engine/commands/starting/run_starting.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/printed_command.hpp"
#include "engine/project/run_attributes.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/text/natural_order.hpp"

#include <algorithm>

namespace outrider {
namespace {

/// One `run --start` or `--restart`, from the look at the run to the end of its operation.
class again_job {
  public:
    again_job(command_session& session, run_command what, target at)
        : session_(session), what_(std::move(what)), at_(std::move(at)) {}

    awaitable<result<outcome>> run() {
        if (!at_.remote.empty()) {
            tell(run_stage::resolving_run);
        }
        auto found = co_await find_recorded(session_, at_,
                                            what_.start.empty() ? what_.restart : what_.start);
        if (!found) {
            co_return found.error();
        }
        found_ = std::move(*found);
        if (auto good = check_state(); !good) {
            co_return good.error();
        }
        if (auto planned = co_await plan(); !planned) {
            co_return planned.error();
        }
        if (what_.print_cmd || what_.print_env) {
            session_.emit(
                printed_command(plan_, session_.context(), what_.print_cmd, what_.print_env));
            co_return outcome{};
        }
        if (what_.needed && !is_needed()) {
            session_.emit(run_not_needed{.remote = at_.remote,
                                         .run_ids = {found_.row.id},
                                         .runs = {found_.row},
                                         .same_run = true});
            co_return outcome{};
        }
        if (auto agreed = co_await session_.confirm(preview()); !agreed) {
            co_return agreed.error();
        }
        if (auto started = co_await start(); !started) {
            co_return started.error();
        }
        started_run started{.id = found_.row.id,
                            .directory = found_.row.directory,
                            .operation = found_.row.operation};
        co_return co_await follow_up(session_, at_, what_, std::move(started));
    }

  private:
    result<> check_state() const {
        const run_row& row = found_.row;
        if (row.state != run_state::running) {
            return {};
        }
        const std::string where = row.remote.empty() ? at_.remote : row.remote;
        return failure(errc::conflict, row.id + " is still running" +
                                           (row.remote.empty() ? "" : " on " + row.remote) +
                                           "\nWait for it to stop or try '{program} stop " +
                                           row.id + (where.empty() ? "" : " -r " + where) +
                                           "' to stop it.");
    }

    // Whether what was recorded does not do: then the operation is planned from its record.
    bool is_changed() const { return !what_.flags.empty() || what_.force_sourcecode; }

    awaitable<result<>> plan() {
        run_request request = request_for(session_, what_, at_, found_.row.id);
        request.from = found_.run;
        request.again = true;
        auto planned = co_await run_blocking([request] { return plan_run(request); });
        if (!planned) {
            // It may still be started as it was recorded.
            if (is_changed() || what_.print_cmd || what_.print_env) {
                co_return planned.error();
            }
            co_return result<>();
        }
        plan_ = std::move(*planned);
        planned_ = true;
        plan_.start.attributes = changed_attributes(request, plan_.start.attributes);
        co_return result<>();
    }

    bool is_needed() const {
        return found_.row.state == run_state::staged || found_.row.state == run_state::error ||
               found_.row.state == run_state::pending ||
               (planned_ && plan_.flag_values != recorded_flags(found_.run, "flags"));
    }

    question preview() const {
        question asked;
        asked.kind = question_kind::start;
        asked.remote = at_.remote;
        asked.operation = found_.row.operation;
        asked.run_id = found_.row.id;
        asked.background = what_.background;
        asked.flags = plan_.flags;
        if (!planned_) {
            for (const auto& [name, value] : recorded_flags(found_.run, "flags")) {
                asked.flags.push_back({.name = name, .value = format_flag(value)});
            }
            std::ranges::sort(asked.flags, natural_less, &flag_shown::name);
        }
        return asked;
    }

    protocol::start_staged request() const {
        protocol::start_staged out;
        out.home = at_.home;
        out.run_id = found_.row.id;
        out.token = token_;
        out.background = what_.background;
        out.attributes = plan_.start.attributes;
        if (what_.stop_after_minutes) {
            out.stop_after_ms = plan_.start.stop_after_ms;
        }
        if (is_changed() || without_record_) {
            out.command = plan_.start.command;
            out.environment = plan_.start.environment;
            out.activation = at_.to.activation();
            out.flags = plan_.start.flags;
            out.operation = plan_.start.operation;
            out.package = plan_.package;
            out.manifest = plan_.start.manifest;
        } else if (const auto gpus = plan_.start.environment.find("CUDA_VISIBLE_DEVICES");
                   gpus != plan_.start.environment.end()) {
            out.environment.insert(*gpus);
        }
        return out;
    }

    awaitable<result<>> start() {
        auto started = co_await insist_on_start([this] { return start_once(); }, sent_);
        if (started || started.error().kind() != errc::unsupported || without_record_) {
            co_return started;
        }
        // Guild made the run: what it recorded of its operation is enough to start it.
        if (!planned_) {
            co_return failure(
                errc::unsupported,
                "run " + found_.row.id +
                    " was not made by this program and has not recorded its "
                    "operation\nStart it with Guild AI on the machine that holds it.");
        }
        without_record_ = true;
        co_return co_await insist_on_start([this] { return start_once(); }, sent_);
    }

    awaitable<result<>> start_once() {
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        tell_once(run_stage::initializing_again);
        if (!plan_.package.empty()) {
            if (auto there = co_await ensure_package(session_, at_, plan_.package, plan_.sources);
                !there) {
                co_return there.error();
            }
        }
        if (!said_starting_) {
            said_starting_ = true;
            tell(run_stage::starting, found_.row.operation);
        }
        sent_ = true;
        auto started = co_await (*agent)->call(request(), start_limit);
        if (!started) {
            co_return started.error();
        }
        tell_once(run_stage::started);
        tell_dependencies(session_, started->resolved);
        if (!started->warning.empty()) {
            session_.emit(note{.warning = true, .text = std::move(started->warning)});
        }
        co_return result<>();
    }

    void tell(run_stage stage, std::string detail = {}) {
        session_.emit(run_progress{.stage = stage,
                                   .remote = at_.remote,
                                   .run_id = found_.row.id,
                                   .detail = std::move(detail)});
    }
    void tell_once(run_stage stage) {
        bool& told = stage == run_stage::started ? said_started_ : said_initializing_;
        if (!told) {
            told = true;
            tell(stage);
        }
    }

    command_session& session_;
    run_command what_;
    target at_;
    found_recorded found_;
    run_plan plan_;
    std::string token_ = new_run_id();
    bool planned_ = false;
    bool without_record_ = false; // the agent has no record of how to start the run
    bool sent_ = false;           // a start request may have reached the machine
    bool said_initializing_ = false;
    bool said_starting_ = false;
    bool said_started_ = false;
};

} // namespace

awaitable<result<outcome>> start_again(command_session& session, run_command what, target at) {
    again_job job(session, std::move(what), std::move(at));
    co_return co_await job.run();
}

} // namespace outrider
