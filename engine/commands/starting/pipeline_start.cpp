#include "engine/commands/starting/pipeline_start.hpp"

#include "engine/commands/choosing/recorded_runs.hpp"
#include "engine/commands/starting/batch_start.hpp"
#include "engine/commands/starting/downloads.hpp"
#include "engine/commands/starting/package_upload.hpp"
#include "engine/commands/starting/pipeline_again.hpp"
#include "engine/commands/starting/plan_upload.hpp"
#include "engine/commands/starting/run_planning.hpp"
#include "engine/json/described_json.hpp"
#include "engine/project/batch_plan.hpp"
#include "engine/project/pipeline_steps.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/opref.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <map>
#include <vector>

namespace outrider {
namespace {

/// Pipelines that are steps of pipelines; more of them call each other in a circle.
constexpr int deepest_pipeline = 16;

/// A step that was planned: later ones may need what it makes.
struct earlier_step {
    std::string id;
    opref of;
    flag_map flags;
    std::string label;
};

/// What a step comes to.
struct planned_step {
    protocol::start_run start;
    std::string skipped; ///< lines that are said instead of starting it
};

std::string local_time_text(std::int64_t time_us) {
    const std::time_t seconds = time_us / 1'000'000;
    std::tm local{};
    std::array<char, 32> out{};
    std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M:%S", ::localtime_r(&seconds, &local));
    return out.data();
}

std::string skipping_text(const std::vector<run_row>& runs) {
    std::string out =
        "Skipping because the following runs match this operation (--needed specified):";
    for (const auto& run : runs) {
        out += "\n  [" + run.id.substr(0, 8) + "]  " + run.operation + "  " +
               local_time_text(run.started_us.value_or(0)) + "  " +
               boost::describe::enum_to_string(run.state, "?") + "  " + run.label;
    }
    return out;
}

// The flags and options of a step as one types them.
std::vector<std::string> typed_step(const run_command& what) {
    std::vector<std::string> out = what.flags;
    const auto add = [&out](const char* option, const std::string& value) {
        if (!value.empty()) {
            out.insert(out.end(), {option, value});
        }
    };
    const auto add_switch = [&out](const char* option, bool on) {
        if (on) {
            out.emplace_back(option);
        }
    };
    add("--label", what.label.value_or(""));
    add("--batch-label", what.batch_label.value_or(""));
    for (const auto& tag : what.tags) {
        add("--tag", tag);
    }
    for (const auto& tag : what.batch_tags) {
        add("--batch-tag", tag);
    }
    for (const auto& flag : what.optimizer_flags) {
        add("--opt-flag", flag);
    }
    add("--gpus", what.gpus);
    add("--optimizer", what.optimizer);
    add("--minimize", what.minimize);
    add("--maximize", what.maximize);
    add("--max-trials", what.max_trials ? std::to_string(*what.max_trials) : "");
    add("--random-seed", what.random_seed ? std::to_string(*what.random_seed) : "");
    add("--stop-after", what.stop_after_minutes ? std::to_string(*what.stop_after_minutes) : "");
    add_switch("--no-gpus", what.no_gpus);
    add_switch("--needed", what.needed);
    add_switch("--optimize", what.optimize);
    add_switch("--force-flags", what.force_flags);
    add_switch("--fail-on-trial-error", what.fail_on_trial_error);
    add_switch("--stage-trials", what.stage_trials);
    return out;
}

bool is_operation(const std::string& wanted, const opref& of) {
    const auto colon = wanted.rfind(':');
    return wanted.substr(colon == wanted.npos ? 0 : colon + 1) == of.op &&
           (colon == wanted.npos || wanted.substr(0, colon) == of.model);
}

// A step that is to run where its pipeline does is a step like any other.
bool is_elsewhere(const pipeline_step& step, const target& at) {
    return !step.remote.empty() && step.remote != at.remote;
}

// What cannot be done of steps on other remotes is said before anything starts.
awaitable<result<>> check_remotes(command_session& session, const std::vector<pipeline_step>& steps,
                                  const target& at) {
    for (const auto& step : steps) {
        if (!is_elsewhere(step, at)) {
            continue;
        }
        const std::string name = "step '" + step.said_name + "' is to run on " + step.remote;
        if (!at.remote.empty()) {
            co_return failure(errc::unsupported,
                              name + ", and the pipeline on " + at.remote +
                                  ", which does not know the remotes of this machine\nRun the "
                                  "pipeline here: its other steps may name " +
                                  at.remote + " as their 'remote'.");
        }
        if (!step.checks.empty()) {
            co_return failure(errc::unsupported,
                              name + ", where 'expect' cannot be checked\nRemove 'expect' or "
                                     "'remote' from that step.");
        }
        if (auto there = co_await session.find_target(step.remote); !there) {
            co_return there.error();
        }
    }
    co_return result<>();
}

/// Plans the steps of one pipeline, in their order.
class step_planning {
  public:
    step_planning(command_session& session, const target& at, const pipeline_run& of)
        : session_(session), at_(at), of_(of) {}

    awaitable<result<protocol::planned_child>> plan(const pipeline_step& step) {
        protocol::planned_child out{.id = new_run_id(),
                                    .link = step.name,
                                    .title = step.title(step.operation),
                                    .checks = step.checks};
        if (is_elsewhere(step, at_)) {
            plan_elsewhere(step, out);
            co_return out;
        }
        auto planned = co_await plan_into(step, out);
        if (!planned) {
            if (planned.error().kind() == errc::connect_failed ||
                planned.error().kind() == errc::timed_out || refused_) {
                co_return planned.error();
            }
            out.cannot = planned.error().context;
            for (auto at = out.cannot.find("{program}"); at != out.cannot.npos;
                 at = out.cannot.find("{program}")) {
                out.cannot.replace(at, 9, "guild");
            }
        }
        co_return out;
    }

    /// Whether the last failure keeps the pipeline from starting at all.
    [[nodiscard]] bool refused() const { return refused_; }
    /// The runs that its links lead to, by the name of the link.
    void start_again(std::map<std::string, std::string> runs) { linked_ = std::move(runs); }

  private:
    // By this program: the agent knows none of the remotes.
    void plan_elsewhere(const pipeline_step& step, protocol::planned_child& out) {
        std::error_code error;
        const std::string program = std::filesystem::read_symlink("/proc/self/exe", error);
        const auto command = [&](std::vector<std::string> words) {
            words.insert(words.begin(), program);
            words.insert(words.end(), {"-r", step.remote});
            return words;
        };
        std::vector<std::string> run{"run", step.command.operation, "--run-id", out.id, "-y"};
        const auto typed = typed_step(step.command);
        run.insert(run.end(), typed.begin(), typed.end());
        out.elsewhere = protocol::elsewhere_step{.directory = session_.context().directory,
                                                 .run = command(std::move(run)),
                                                 .wait = command({"wait", out.id}),
                                                 .stop = command({"stop", out.id, "-y"})};
    }

    // Under the id that the link has: there is one link for each step.
    awaitable<result<>> plan_into(const pipeline_step& step, protocol::planned_child& out) {
        if (const auto linked = linked_.find(step.name); linked != linked_.end()) {
            out.id = linked->second;
            auto found = co_await find_recorded_by_id(session_, at_, out.id);
            if (!found) {
                co_return found.error();
            }
            if (*found) {
                step_again again{.step = step,
                                 .of = of_,
                                 .job = {.what = step.command, .found = std::move(**found)}};
                auto planned = co_await plan_step_again(session_, at_, again, out);
                if (planned) {
                    remember(again.job);
                }
                co_return planned;
            }
        }
        auto planned = co_await prepare(step, out.id);
        if (!planned) {
            co_return planned.error();
        }
        out.skipped = std::move(planned->skipped);
        out.whole = std::move(planned->start);
        co_return result<>();
    }

    awaitable<result<planned_step>> prepare(const pipeline_step& step, std::string id) {
        run_request request = request_for(session_, step.command, at_, std::move(id));
        request.step = true;
        if (auto chosen = co_await choose_required(step, request); !chosen) {
            co_return chosen.error();
        }
        auto plan = co_await make_plan(request, {});
        if (!plan) {
            co_return plan.error();
        }
        planned_step out;
        if (step.command.needed) {
            auto skipped = co_await find_needed(step, *plan);
            if (!skipped) {
                co_return skipped.error();
            }
            out.skipped = std::move(*skipped);
        }
        if (auto gathered = co_await gather_required(session_, at_, *plan); !gathered) {
            co_return gathered.error();
        }
        if (auto there = co_await send_files(*plan); !there) {
            co_return there.error();
        }
        auto start = co_await request_of(step, *plan, request.run_id);
        if (!start) {
            co_return start.error();
        }
        out.start = std::move(*start);
        for (auto& [name, value] : step_environment(step.isolated, of_.id)) {
            out.start.environment[name] = std::move(value);
        }
        remember(request.run_id, *plan);
        co_return out;
    }

    // Of this pipeline first: those that it makes are newer than any other.
    awaitable<result<>> choose_required(const pipeline_step& step, run_request& request) {
        const auto read = [request] { return required_operations_of(request); };
        const auto wanted = co_await run_blocking(read);
        if (wanted.failed) {
            co_return *wanted.failed;
        }
        bool all_found = true;
        for (const auto& each : wanted.operations) {
            const auto made =
                std::find_if(earlier_.rbegin(), earlier_.rend(), [&](const earlier_step& one) {
                    return is_operation(each.wanted.what, one.of);
                });
            if (made != earlier_.rend() && !each.flag_name.empty()) {
                request.required_runs[each.flag_name] = made->id;
            } else {
                all_found = false;
            }
        }
        if (all_found || step.isolated) {
            co_return result<>();
        }
        const auto before = request.required_runs;
        if (auto complete = co_await complete_request(session_, at_, request, {}); !complete) {
            co_return complete.error();
        }
        for (const auto& [name, id] : before) {
            request.required_runs[name] = id;
        }
        co_return result<>();
    }

    awaitable<result<std::string>> find_needed(const pipeline_step& step, const run_plan& plan) {
        if (step.isolated) {
            const auto of = parse_opref(plan.start.opref);
            for (const auto& one : earlier_) {
                if (of && one.of == *of && one.flags == plan.flag_values) {
                    co_return skipping_text({{.id = one.id,
                                              .operation = operation_text(one.of),
                                              .state = run_state::completed,
                                              .label = one.label}});
                }
            }
            co_return std::string();
        }
        auto matching =
            plan.batch ? co_await find_matching_batch(session_, at_, plan)
                       : co_await find_matching(session_, at_, plan.start.opref, plan.flag_values);
        if (!matching) {
            co_return matching.error();
        }
        co_return matching->empty() ? std::string() : skipping_text(*matching);
    }

    awaitable<result<>> send_files(const run_plan& plan) {
        if (!plan.package.empty()) {
            auto there = co_await ensure_package(session_, at_, plan.package, plan.sources);
            if (!there) {
                co_return there.error();
            }
        }
        if (!plan.dependency_package.empty()) {
            co_return co_await ensure_package(session_, at_, plan.dependency_package,
                                              plan.dependencies);
        }
        co_return result<>();
    }

    awaitable<result<protocol::start_run>> request_of(const pipeline_step& step, run_plan& plan,
                                                      const std::string& id) {
        if (plan.batch) {
            auto children = co_await send_trials(session_, at_, step.command, plan, of_.depth + 1);
            if (!children) {
                co_return children.error();
            }
            co_return batch_request(plan, step.command, at_, *children);
        }
        auto start = request_to_start(plan, at_, id);
        if (!plan.pipeline) {
            co_return start;
        }
        auto children = co_await send_steps(session_, at_,
                                            {.operation = *plan.pipeline,
                                             .flags = plan.flag_values,
                                             .typed = step.command,
                                             .id = id,
                                             .label = step.command.label.value_or(""),
                                             .depth = of_.depth + 1,
                                             .refused = &refused_});
        if (!children) {
            co_return children.error();
        }
        co_return pipeline_request(std::move(start), *children);
    }

    void remember(const std::string& id, const run_plan& plan) {
        if (const auto of = parse_opref(plan.start.opref); of && !plan.batch) {
            earlier_.push_back({.id = id, .of = *of, .flags = plan.flag_values, .label = {}});
        }
    }

    void remember(const restart_job& job) {
        const auto of = parse_opref(job.found.run.opref);
        if (of && of->proto.empty()) {
            earlier_.push_back(
                {.id = job.found.row.id,
                 .of = *of,
                 .flags = job.plan ? job.plan->flag_values : recorded_flags(job.found.run, "flags"),
                 .label = {}});
        }
    }

    command_session& session_;
    const target& at_;
    const pipeline_run& of_;
    std::map<std::string, std::string> linked_;
    std::vector<earlier_step> earlier_;
    bool refused_ = false;
};

} // namespace

awaitable<result<std::string>> send_steps(command_session& session, const target& at,
                                          pipeline_run of) {
    if (of.depth > deepest_pipeline) {
        co_return failure(errc::bad_input,
                          "operation '" + of.operation.full_name() + "' is a step of itself");
    }
    protocol::children_head head{.kind = protocol::children_kind::steps, .program = "guild"};
    head.common.activation = at.to.activation();
    auto steps = read_steps(
        of.operation,
        {.flags = of.flags, .typed = of.typed, .passed_label = of.label, .again = of.again});
    if (!steps) {
        head.failed = "guild: " + steps.error().context;
    } else if (auto good = co_await check_remotes(session, *steps, at); !good) {
        if (of.refused != nullptr) {
            *of.refused = true;
        }
        co_return good.error();
    }
    for (const auto& step : steps ? *steps : std::vector<pipeline_step>()) {
        head.notes.insert(head.notes.end(), step.notes.begin(), step.notes.end());
    }
    std::string text = protocol::encode(head) + "\n";
    step_planning planning(session, at, of);
    if (of.again) {
        auto linked = co_await linked_runs(session, at, of.id);
        if (!linked) {
            co_return linked.error();
        }
        planning.start_again(std::move(*linked));
    }
    for (const auto& step : steps ? *steps : std::vector<pipeline_step>()) {
        auto child = co_await planning.plan(step);
        if (!child) {
            if (planning.refused() && of.refused != nullptr) {
                *of.refused = true;
            }
            co_return child.error();
        }
        text += protocol::encode(*child) + "\n";
        if (!child->cannot.empty()) {
            break; // those behind it never run
        }
    }
    co_return co_await send_plan_text(session, at, std::move(text));
}

std::map<std::string, std::string> step_environment(bool isolated, const std::string& pipeline) {
    std::map<std::string, std::string> out{{"NO_WARN_RUNDIR", "1"}};
    if (isolated) {
        out["GUILD_RUNS_PARENT"] = pipeline;
    }
    return out;
}

protocol::start_run pipeline_request(protocol::start_run planned, const std::string& children) {
    planned.children = children;
    planned.environment.erase("PYTHONPATH"); // steps have their own, and inherit the rest
    return planned;
}

} // namespace outrider
