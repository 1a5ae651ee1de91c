#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/starting/package_upload.hpp"
#include "engine/commands/starting/required_runs.hpp"
#include "engine/commands/starting/run_checks.hpp"
#include "engine/commands/starting/run_follow_up.hpp"
#include "engine/commands/starting/run_starting.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/project/printed_command.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/process_identity.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>

namespace outrider {
namespace {

/// One `run` of a new run, from the plan to the end of the operation.
class start_job {
  public:
    start_job(command_session& session, run_command what, target at)
        : session_(session), what_(std::move(what)), at_(std::move(at)),
          run_id_(what_.run_id.empty() ? new_run_id() : what_.run_id) {}

    awaitable<result<outcome>> run() {
        if (auto planned = co_await plan(); !planned) {
            co_return planned.error();
        }
        if (what_.print_cmd || what_.print_env) {
            session_.emit(
                printed_command(plan_, session_.context(), what_.print_cmd, what_.print_env));
            co_return outcome{};
        }
        if (what_.needed) {
            auto matching =
                co_await find_matching(session_, at_, plan_.start.opref, plan_.flag_values);
            if (!matching) {
                co_return matching.error();
            }
            if (!matching->empty()) {
                tell_not_needed(std::move(*matching));
                co_return outcome{};
            }
        }
        if (auto agreed = co_await session_.confirm(preview()); !agreed) {
            co_return agreed.error();
        }
        if (auto started = co_await start(); !started) {
            co_return started.error();
        }
        if (what_.stage) {
            tell_staged();
            co_return outcome{};
        }
        started_run started{.id = run_id_,
                            .directory = directory_,
                            .run_dir = what_.run_dir,
                            .operation = plan_.operation,
                            .deleted_on_success = plan_.start.delete_on_success};
        co_return co_await follow_up(session_, at_, what_, std::move(started));
    }

  private:
    awaitable<result<>> plan() {
        run_request request = request_for(session_, what_, at_, run_id_);
        if (!what_.proto.empty()) {
            if (!at_.remote.empty()) {
                tell(run_stage::resolving_run);
            }
            auto found = co_await find_recorded(session_, at_, what_.proto);
            if (!found) {
                co_return found.error();
            }
            request.from = std::move(found->run);
        }
        if (auto chosen = co_await choose_required_runs(session_, at_, request); !chosen) {
            co_return chosen.error();
        }
        auto planned = co_await run_blocking([request] { return plan_run(request); });
        if (!planned) {
            co_return planned.error();
        }
        plan_ = std::move(*planned);
        for (auto& text : plan_.notes) {
            session_.emit(note{.warning = true, .text = std::move(text)});
        }
        if (!what_.run_dir.empty()) {
            session_.emit(note{.text = "Run directory is '" + what_.run_dir +
                                       "' (results will not be visible to Guild)"});
        }
        plan_.start.home = at_.home;
        plan_.start.activation = at_.to.activation();
        co_return result<>();
    }

    void tell_staged() {
        run_staged staged{.remote = at_.remote, .run_id = run_id_, .operation = plan_.operation};
        if (!what_.run_dir.empty()) {
            staged.directory = what_.run_dir;
            staged.command = printed_command(plan_, session_.context(), true, false).words;
        }
        session_.emit(staged);
    }

    void tell_not_needed(std::vector<run_row> runs) {
        run_not_needed said{.remote = at_.remote};
        for (const auto& run : runs) {
            said.run_ids.push_back(run.id);
        }
        said.runs = std::move(runs);
        session_.emit(said);
    }

    question preview() const {
        question asked;
        asked.kind = what_.stage ? question_kind::stage : question_kind::run;
        asked.remote = at_.remote;
        asked.operation = plan_.operation;
        asked.flags = plan_.flags;
        asked.background = what_.background;
        return asked;
    }

    void tell(run_stage stage, std::string detail = {}) {
        session_.emit(run_progress{
            .stage = stage, .remote = at_.remote, .run_id = run_id_, .detail = std::move(detail)});
    }

    // A start is idempotent by its id: after a lost link it is simply asked for again.
    awaitable<result<>> start() {
        if (has_package()) {
            tell(run_stage::building_package, plan_.project_directory + "\n" + plan_.wheel);
        }
        co_return co_await insist_on_start([this] { return start_once(); }, sent_);
    }

    // A builtin operation and one of a recorded run bring no source code from here.
    bool has_package() const { return !plan_.builtin && !plan_.wheel.empty() && !from_run(); }
    bool from_run() const { return !plan_.start.source_run.empty(); }

    awaitable<result<>> send_package() {
        if (!plan_.package.empty()) {
            if (has_package()) {
                tell_once(run_stage::copying_package, plan_.wheel);
            }
            if (auto there = co_await ensure_package(session_, at_, plan_.package, plan_.sources);
                !there) {
                co_return there.error();
            }
        }
        if (!plan_.dependency_package.empty()) {
            if (auto there = co_await ensure_package(session_, at_, plan_.dependency_package,
                                                     plan_.dependencies);
                !there) {
                co_return there.error();
            }
        }
        if (has_package()) {
            tell_once(run_stage::installing_package, plan_.wheel);
            tell_once(run_stage::installed_package,
                      plan_.distribution + "-" + plan_.package_version);
        }
        co_return result<>();
    }

    awaitable<result<>> start_once() {
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        tell_once(run_stage::initializing);
        if (auto there = co_await send_package(); !there) {
            co_return there.error();
        }
        tell_once(run_stage::starting, plan_.operation);
        const bool first = !sent_;
        sent_ = true;
        auto started = co_await (*agent)->call(plan_.start, start_limit);
        if (!started) {
            co_return started.error();
        }
        if (first && started->existed) {
            co_return failure(errc::conflict, "there is a run " + run_id_ + " already");
        }
        directory_ = started->run.directory;
        tell_once(run_stage::started);
        tell_dependencies(session_, started->resolved);
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

    command_session& session_;
    run_command what_;
    target at_;
    std::string run_id_;
    std::string directory_; // of the run, there
    run_plan plan_;
    bool sent_ = false; // a start request may have reached the machine
    int told_ = static_cast<int>(run_stage::building_package);
};

} // namespace

// 32 lower-case hex digits, as Guild makes them.
std::string new_run_id() {
    std::string id = boost::uuids::to_string(boost::uuids::random_generator()());
    std::erase(id, '-');
    return id;
}

run_request request_for(command_session& session, const run_command& what, const target& at,
                        std::string run_id) {
    return {.command = what,
            .context = session.context(),
            .remote = !at.remote.empty(),
            .run_id = std::move(run_id),
            .now_us = now_us()};
}

awaitable<result<outcome>> perform(command_session& session, run_command what) {
    if (auto good = check_run_command(what); !good) {
        co_return good.error();
    }
    if (what.help_op && what.start.empty() && what.restart.empty() && what.proto.empty()) {
        co_return co_await describe_operation(session, what.operation);
    }
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    if (!what.start.empty() || !what.restart.empty()) {
        co_return co_await start_again(session, std::move(what), std::move(*at));
    }
    place_run(what, session.context().directory, user_home(session.context()));
    start_job job(session, std::move(what), std::move(*at));
    co_return co_await job.run();
}

} // namespace outrider
