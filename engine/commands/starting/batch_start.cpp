#include "engine/commands/starting/batch_start.hpp"

#include "engine/commands/choosing/run_facts.hpp"
#include "engine/commands/starting/package_upload.hpp"
#include "engine/commands/starting/pipeline_start.hpp"
#include "engine/commands/starting/plan_upload.hpp"
#include "engine/commands/starting/run_planning.hpp"
#include "engine/commands/starting/trial_terms.hpp"
#include "engine/flags/run_label.hpp"
#include "engine/json/described_json.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/trial_children.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/opref.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

constexpr const char* proto_directory = ".guild/proto/.guild/";

awaitable<result<std::optional<std::string>>> proto_file(command_session& session, const target& at,
                                                         const std::string& run_id,
                                                         const std::string& name) {
    co_return co_await fetch_run_file(
        session, at, {.home = at.home, .run_id = run_id, .path = proto_directory + name});
}

boost::json::value decoded_value(const std::optional<std::string>& text, const std::string& name) {
    auto value = text ? read_yaml(*text, name) : result<boost::json::value>(nullptr);
    return value ? std::move(*value) : boost::json::value(nullptr);
}

awaitable<result<boost::json::value>> batch_attribute(command_session& session, const target& at,
                                                      const std::string& run_id,
                                                      const std::string& name) {
    auto text = co_await fetch_run_file(
        session, at, {.home = at.home, .run_id = run_id, .path = ".guild/attrs/" + name});
    if (!text) {
        co_return text.error();
    }
    co_return decoded_value(*text, name);
}

void adopt_params(const boost::json::value& params, run_command& what) {
    const auto* object = params.if_object();
    if (object == nullptr) {
        return;
    }
    const auto text = [&](const char* name) -> const boost::json::string* {
        const auto* value = object->if_contains(name);
        return value != nullptr ? value->if_string() : nullptr;
    };
    if (const auto* label = text("label"); label != nullptr && !what.label) {
        what.label = std::string(*label);
    }
    if (const auto* gpus = text("gpus"); gpus != nullptr && what.gpus.empty()) {
        what.gpus = std::string(*gpus);
    }
    const auto* stops = object->if_contains("fail_on_trial_error");
    what.fail_on_trial_error =
        what.fail_on_trial_error || (stops != nullptr && *stops == boost::json::value(true));
}

void adopt_objective(const boost::json::value& objective, run_command& what) {
    const auto* text = objective.if_string();
    if (text == nullptr || text->empty() || !what.minimize.empty() || !what.maximize.empty()) {
        return;
    }
    const std::string name(*text);
    if (name.starts_with('-')) {
        what.maximize = name.substr(1);
    } else {
        what.minimize = name;
    }
}

// This very program, which alone knows the machines, as the operation of a batch over a pool.
std::vector<std::string> driver_words(const target& here) {
    std::error_code error;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe", error);
    return {program,   "run",           "--no-service", "--no-input", "-H",
            here.home, "builtin:sweep", "-d",           "${run_dir}"};
}

} // namespace

result<> check_pooled(const run_command& what, const run_plan& prototype) {
    const auto refuse = [](const std::string& text) { return failure(errc::unsupported, text); };
    const auto kind = prototype.batch->kind;
    if (kind == batch_kind::search || kind == batch_kind::program) {
        return refuse("a search that learns runs on one machine: -r MACHINE");
    }
    if (prototype.pipeline) {
        return refuse("trials that are pipelines run on one machine: -r MACHINE");
    }
    if (what.stage_trials || !what.trials.early_stop.empty()) {
        return refuse(std::string(what.stage_trials ? "--stage-trials" : "--early-stop") +
                      " is for a batch on one machine: -r MACHINE");
    }
    return {};
}

result<> check_search(const run_command& what, const run_plan& prototype) {
    if (prototype.batch->kind != batch_kind::search) {
        return {};
    }
    if (what.stage_trials) {
        return failure(errc::bad_input, "operation '" + prototype.batch->optimizer +
                                            "' does not support --stage-trials");
    }
    if (prototype.pipeline) {
        return failure(errc::unsupported,
                       "the trials of a search that learns cannot be pipelines\nUse '--optimizer "
                       "random' instead.");
    }
    return {};
}

awaitable<result<std::string>> pool_of_batch(command_session& session, const target& at,
                                             std::string run_id) {
    auto value = co_await batch_attribute(session, at, run_id, "pool");
    if (!value) {
        co_return value.error();
    }
    co_return value->is_string() ? std::string(value->get_string()) : std::string();
}

bool is_batch(const recorded_run& run) {
    const auto of = parse_opref(run.opref);
    return of && !of->proto.empty();
}

std::string batch_operation(const run_plan& prototype) {
    const auto& optimizer = prototype.batch->optimizer;
    return prototype.operation + (optimizer.starts_with('+') ? "" : "+") + optimizer;
}

awaitable<result<std::string>> send_trials(command_session& session, const target& at,
                                           const run_command& what, run_plan& prototype, int depth,
                                           std::optional<protocol::children_pool> pool) {
    trial_options how{.home = at.home,
                      .activation = at.to.activation(),
                      .program = "guild",
                      .stage = what.stage_trials,
                      .stop_on_failure = what.fail_on_trial_error};
    how.pool = std::move(pool);
    if (auto added = co_await add_trial_terms(session, at, what, *prototype.batch, how); !added) {
        co_return added.error();
    }
    for (const auto& flags : prototype.batch->trials) {
        how.ids.push_back(new_run_id());
        if (!prototype.pipeline) {
            continue;
        }
        auto steps = co_await send_steps(
            session, at,
            {.operation = *prototype.pipeline,
             .flags = flags,
             .typed = what,
             .id = how.ids.back(),
             .label = what.label ? label_from(*what.label, flags, prototype.project_directory)
                                 : std::string(),
             .depth = depth});
        if (!steps) {
            co_return steps.error();
        }
        how.children.push_back(std::move(*steps));
    }
    auto planned =
        co_await run_blocking([&prototype, &how] { return plan_children(prototype, how); });
    if (!planned) {
        co_return planned.error();
    }
    for (const auto& each : planned->packages) {
        if (auto there = co_await ensure_package(session, at, each.hash, each.files); !there) {
            co_return there.error();
        }
    }
    const run_plan& own = prototype.batch->run;
    if (!own.package.empty()) { // an operation of the project is the optimizer
        if (auto there = co_await ensure_package(session, at, own.package, own.sources); !there) {
            co_return there.error();
        }
    }
    co_return co_await send_plan_text(session, at, std::move(planned->plan));
}

protocol::start_run batch_request(const run_plan& prototype, const run_command& what,
                                  const target& at, const std::string& children) {
    const batch_plan& batch = *prototype.batch;
    protocol::start_run out = request_to_start(batch.run, at, batch.run.start.run_id);
    out.children = children;
    // It is the start of its trials that people know.
    out.operation = prototype.start.operation;
    out.flags = prototype.start.flags;
    const bool is_program = batch.kind == batch_kind::program;
    if (is_program) {
        return out;
    }
    out.command = {"${agent}", "children"};
    out.requirements = prototype.start.requirements; // installed before the first trial
    out.constraints = prototype.start.constraints;
    out.python_requires = prototype.start.python_requires;
    out.environment.erase("PYTHONPATH"); // trials have their own, and inherit the rest
    out.delete_on_success = false;
    const bool is_interim = batch.kind == batch_kind::grid || batch.kind == batch_kind::random;
    out.trash_on_success = is_interim && !what.keep_batch && !what.background && at.remote.empty();
    return out;
}

protocol::start_run spread_request(protocol::start_run batch, const target& here,
                                   const std::string& pool, const std::string& config) {
    batch.command = driver_words(here);
    batch.environment["GUILD_CONFIG"] = config;
    batch.attributes["pool"] = yaml_text(boost::json::string(pool));
    batch.trash_on_success = false; // it alone knows where its trials are
    batch.requirements.clear();     // they are installed there
    batch.constraints.clear();
    batch.python_requires.clear();
    return batch;
}

awaitable<result<std::vector<run_row>>>
find_matching_batch(command_session& session, const target& at, const run_plan& prototype) {
    const run_plan& own = prototype.batch->run;
    auto found = co_await find_matching(session, at, own.start.opref + "\n" + prototype.start.opref,
                                        own.flag_values);
    if (!found) {
        co_return found.error();
    }
    std::vector<run_row> out;
    for (auto& each : *found) {
        const bool over = each.state == run_state::completed || each.state == run_state::terminated;
        auto flags = over ? co_await proto_file(session, at, each.id, "attrs/flags")
                          : result<std::optional<std::string>>(std::nullopt);
        if (!flags) {
            co_return flags.error();
        }
        const recorded_run proto{.attributes = {{"flags", flags->value_or("")}}};
        if (over && recorded_flags(proto, "flags") == prototype.flag_values) {
            out.push_back(std::move(each));
        }
    }
    co_return out;
}

namespace {

// What the batch asks for its trials stands in their plan: its command is that of our process.
awaitable<result<std::optional<recorded_optimizer>>> optimizer_of_batch(command_session& session,
                                                                        const target& at,
                                                                        const std::string& run_id,
                                                                        const std::string& name) {
    if (is_builtin_optimizer(name)) {
        co_return std::nullopt;
    }
    const auto line = co_await fetch_first_line(
        session, at, {.home = at.home, .run_id = run_id, .path = ".guild/outrider/children"});
    if (!line) {
        co_return line.error();
    }
    const auto head = protocol::decode<protocol::children_head>(line->value_or(""));
    if (!head || !head->search || !head->search->program) {
        co_return std::nullopt; // a copy has no plan: then the project may know the name
    }
    co_return recorded_optimizer{.name = name, .program = *head->search->program};
}

} // namespace

awaitable<result<recorded_run>> adopt_batch(command_session& session, const target& at,
                                            const found_recorded& found, run_command& what) {
    recorded_run out{.id = found.row.id, .proto = true};
    auto opref = co_await proto_file(session, at, out.id, "opref");
    if (!opref) {
        co_return opref.error();
    }
    out.opref = opref->value_or("");
    for (const auto& name : recorded_attributes()) {
        auto text = co_await proto_file(session, at, out.id, "attrs/" + name);
        if (!text) {
            co_return text.error();
        }
        if (*text) {
            out.attributes[name] = std::move(**text);
        }
    }
    const auto of = parse_opref(found.run.opref);
    const std::string optimizer = !of ? "" : of->model.empty() ? of->op : of->model + ":" + of->op;
    auto program = co_await optimizer_of_batch(session, at, out.id, optimizer);
    if (!program) {
        co_return program.error();
    }
    out.optimizer = std::move(*program);
    if (of && what.optimizer.empty() && !what.optimize) {
        what.optimizer = optimizer;
        for (const auto& [name, value] : recorded_flags(found.run, "flags")) {
            if (!value.is_null()) {
                what.optimizer_flags.insert(what.optimizer_flags.begin(),
                                            name + "=" + encode_flag(value));
            }
        }
    }
    adopt_params(attribute_of(out, "run_params"), what);
    const auto tags = attribute_of(out, "tags");
    if (const auto* list = tags.if_array(); list != nullptr && what.tags.empty()) {
        for (const auto& tag : *list) {
            what.tags.emplace_back(tag.is_string() ? std::string(tag.get_string()) : "");
        }
    }
    auto objective = co_await batch_attribute(session, at, out.id, "objective");
    auto most = co_await batch_attribute(session, at, out.id, "max_trials");
    if (!objective || !most) {
        co_return objective ? most.error() : objective.error();
    }
    adopt_objective(*objective, what);
    if (most->is_int64() && !what.max_trials) {
        what.max_trials = most->get_int64();
    }
    const auto seed = attribute_of(found.run, "random_seed");
    if (seed.is_int64() && !what.random_seed) {
        what.random_seed = seed.get_int64();
    }
    co_return out;
}

} // namespace outrider
