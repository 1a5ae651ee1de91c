#include "engine/project/batch_plan.hpp"

#include "engine/project/chosen_operation.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/operation_command.hpp"
#include "engine/project/run_environment.hpp"
#include "engine/search/flag_function.hpp"
#include "engine/search/grid.hpp"
#include "engine/search/random_trials.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

/// Trials that a search has unless somebody says otherwise, as in Guild.
constexpr std::int64_t usual_trials = 20;
/// More trials at once are a slip of the pen.
constexpr std::uint64_t most_trials = 1'000'000;

/// A sweep of trials that are known beforehand: a grid for each trial that was written down.
std::vector<grid> grids_of(const batch_sources& from) {
    std::vector<grid> out;
    if (from.written.empty()) {
        out.emplace_back(from.prototype.flag_values);
    }
    for (const auto& trial : from.written) {
        flag_map flags = from.prototype.flag_values;
        for (const auto& [name, value] : trial) {
            if (!from.flags.user.contains(name)) {
                flags[name] = value;
            }
        }
        out.emplace_back(std::move(flags));
    }
    return out;
}

result<std::vector<flag_map>> grid_trials(const batch_sources& from, std::uint64_t seed) {
    const auto grids = grids_of(from);
    std::uint64_t count = 0;
    for (const auto& each : grids) {
        count = std::min(count + each.count(), std::uint64_t{1} << 62U);
    }
    const auto& most = from.request.command.max_trials;
    const std::uint64_t wanted =
        most ? static_cast<std::uint64_t>(std::max<std::int64_t>(*most, 0)) : count;
    if (std::min(wanted, count) > most_trials) {
        return failure(errc::bad_input, std::to_string(count) +
                                            " trials are too many for one batch\nTry "
                                            "--max-trials for some of them.");
    }
    std::vector<flag_map> out;
    std::size_t at = 0;
    std::uint64_t before = 0; // trials of the grids that are behind
    for (const std::uint64_t number : sampled_numbers(count, wanted, seed)) {
        while (number - before >= grids[at].count()) {
            before += grids[at++].count();
        }
        out.push_back(grids[at].at(number - before));
    }
    return out;
}

// What one choice says of another flag. A dimension that some choices fix is searched under the
// others only.
result<> add_switch(const flag_def& flag, const std::string& target, search_space& space) {
    std::optional<dimension> always;
    const auto found = std::ranges::find(space.dimensions, target, &dimension::flag);
    if (found != space.dimensions.end()) {
        always = std::move(*found);
        space.dimensions.erase(found);
    }
    for (const auto& choice : flag.choices) {
        dimension_switch made{.flag = flag.name, .value = choice.value, .target = target};
        const auto* said = choice.flags.if_contains(target);
        if (said == nullptr) {
            made.searched = always;
        } else if (const auto* text = said->if_string();
                   text != nullptr && is_flag_function(*text)) {
            auto searched = read_search_space({{target, *said}});
            if (!searched) {
                return searched.error();
            }
            made.searched = std::move(searched->dimensions.front());
        } else {
            made.constant = *said;
        }
        if (said != nullptr || made.searched) {
            space.switches.push_back(std::move(made));
        }
    }
    return {};
}

result<> add_switches(const batch_sources& from, search_space& space) {
    for (const auto& flag : from.op.flags) {
        const auto searched = std::ranges::find(space.dimensions, flag.name, &dimension::flag);
        if (searched == space.dimensions.end()) {
            continue;
        }
        std::set<std::string> targets;
        for (const auto& choice : flag.choices) {
            for (const auto& member : choice.flags) {
                targets.insert(std::string(member.key()));
            }
        }
        for (const auto& target : targets) {
            if (target == flag.name || from.flags.user.contains(target)) {
                continue;
            }
            if (auto added = add_switch(flag, target, space); !added) {
                return added;
            }
        }
    }
    return {};
}

// What fails here fails in the batch's own run, where Guild's would.
void plan_trials(const batch_sources& from, std::uint64_t seed, batch_plan& out) {
    const auto fail = [&out](const failure& why) {
        out.failed = why.context;
        out.trials.clear();
    };
    const bool grid = out.kind == batch_kind::grid;
    const auto drawn = static_cast<std::uint32_t>(seed);
    const bool negative = from.request.command.random_seed.value_or(0) < 0;
    if (!grid && (negative || seed > std::numeric_limits<std::uint32_t>::max())) {
        fail({errc::bad_input, "ERROR: [guild] Seed must be between 0 and 2**32 - 1"});
        return;
    }
    if (grid) {
        if (auto sampled = draw_functions(out.trials, drawn, from.flags.literal); !sampled) {
            fail(sampled.error());
        }
        return;
    }
    auto space = read_search_space(from.prototype.flag_values, from.flags.literal);
    if (!space) {
        fail(space.error());
        return;
    }
    if (out.kind == batch_kind::random) {
        out.trials = random_trials(*space, *out.count, drawn);
        return;
    }
    // A program is told of flags that are always searched, and of no other.
    if (auto added = out.program ? result<>() : add_switches(from, *space); !added) {
        fail(added.error());
        return;
    }
    out.search.space = std::move(*space);
    out.search.seed = drawn;
}

// Settings of the sampler, which `resolve_flags` has checked.
void read_search_settings(const flag_map& flags, batch_plan& out) {
    const auto starts = flags.find("random-starts");
    if (starts != flags.end() && starts->second.is_int64()) {
        out.search.random_starts = starts->second.get_int64();
    }
    const auto previous = flags.find("prev-trials");
    if (previous != flags.end() && previous->second.is_string()) {
        out.search.prev_trials = std::string(previous->second.get_string());
    }
}

// Python takes a negative seed by its size.
std::uint64_t seed_of(const run_command& command) {
    if (!command.random_seed) {
        return std::random_device{}();
    }
    const auto seed = static_cast<std::uint64_t>(*command.random_seed);
    return *command.random_seed < 0 ? 0 - seed : seed;
}

// The command that would start the batch's own run, if it were a run like others.
run_request own_request(const batch_sources& from, std::int64_t seed) {
    run_request out = from.request;
    const run_command& command = from.request.command;
    out.command = {.remote = command.remote,
                   .operation = from.choice.operation,
                   .flags = from.choice.flags,
                   .label = command.batch_label,
                   .tags = command.batch_tags,
                   .comment = command.batch_comment,
                   .no_wait = command.no_wait,
                   .background = command.background,
                   .stage = command.stage,
                   .random_seed = seed,
                   .force_flags = command.force_flags,
                   .gpus = command.gpus,
                   .no_gpus = command.no_gpus,
                   .keep_run = command.keep_batch,
                   .pidfile = command.pidfile,
                   .run_id = command.run_id,
                   .run_dir = command.run_dir};
    out.from = std::nullopt;
    out.required_runs.clear();
    out.again = false;
    out.single = true;
    return out;
}

result<chosen_operation> own_operation(const batch_sources& from) {
    if (auto builtin = optimizer_operation(from.choice)) {
        return chosen_operation{.op = std::move(*builtin),
                                .directory = from.request.context.directory,
                                .builtin = true};
    }
    auto chosen = choose_operation(from.request.context, from.choice.operation);
    if (!chosen && chosen.error().kind() == errc::not_found) {
        return failure(errc::not_found, "operation '" + from.choice.operation +
                                            "' is not defined for this project\nTry '{program} "
                                            "operations' for a list of available operations.");
    }
    return chosen;
}

std::optional<std::int64_t> most_trials_of(const batch_sources& from,
                                           const operation_def& optimizer) {
    if (from.request.command.max_trials || from.choice.kind == batch_kind::grid) {
        return from.request.command.max_trials;
    }
    if (from.choice.kind != batch_kind::program) {
        return usual_trials;
    }
    const auto* said = optimizer.data.if_contains("default-max-trials");
    return said != nullptr && said->is_int64() ? std::optional(said->get_int64()) : std::nullopt;
}

// Attributes that only batches have; parameters are those of the command that was typed.
void add_attributes(const batch_sources& from, const std::string& objective,
                    std::optional<std::int64_t> max_trials, batch_plan& out) {
    auto& attributes = out.run.start.attributes;
    attributes["objective"] = yaml_text(json::string(objective));
    attributes["deps"] = yaml_text(json::object());
    attributes["run_params"] = from.prototype.start.attributes.at("run_params");
    if (max_trials) {
        attributes["max_trials"] = yaml_text(*max_trials);
    }
    if (from.choice.kind != batch_kind::program) {
        attributes["sourcecode_digest"] = yaml_text(nullptr);
        attributes.erase("vcs_commit");
    }
}

trial_recipe recipe_of(const batch_sources& from, command_recipe command) {
    std::erase_if(command.env, [](const auto& one) { return is_given_variable(one.first); });
    const operation_def& op = from.op;
    const bool remote = from.request.remote;
    return {.command = std::move(command),
            .program = op.program.empty() || !remote ? "" : "${run_dir}/" + op.program,
            .label = from.request.command.label,
            .usual_label = op.label,
            .tags = from.request.command.tags,
            .directory = from.prototype.project_directory};
}

std::string bound_text(const flag_def& flag, const char* key, double bound) {
    const auto* written = flag.written.if_contains(key);
    return encode_flag(written != nullptr ? *written : json::value(bound));
}

} // namespace

void search_declared_flags(const operation_def& op, flag_values& flags) {
    for (const auto& flag : op.flags) {
        if (flags.user.contains(flag.name)) {
            continue;
        }
        json::value& value = flags.all[flag.name];
        if (!flag.choices.empty()) {
            json::array choices;
            for (const auto& choice : flag.choices) {
                choices.push_back(choice.value);
            }
            value = std::move(choices);
        } else if (flag.min && flag.max && !value.is_array() && !value.is_string()) {
            const auto* said = flag.written.if_contains("distribution");
            const std::string name =
                said != nullptr && said->is_string() ? std::string(said->get_string()) : "uniform";
            const std::string initial = value.is_null() ? "" : ":" + encode_flag(value);
            value = json::string(name + "[" + bound_text(flag, "min", *flag.min) + ":" +
                                 bound_text(flag, "max", *flag.max) + initial + "]");
        }
    }
}

result<batch_plan> plan_batch(const batch_sources& from) {
    const run_command& command = from.request.command;
    auto operation = own_operation(from);
    if (!operation) {
        return operation.error();
    }
    const auto most = most_trials_of(from, operation->op);
    const std::uint64_t seed = seed_of(command);
    auto run = plan_operation(
        own_request(from, command.random_seed.value_or(static_cast<std::int64_t>(seed))),
        std::move(*operation));
    if (!run) {
        return run.error();
    }
    auto recipe = command_recipe_of(
        from.op, from.request.remote ? "${run_dir}" : from.prototype.project_directory);
    if (!recipe) {
        return recipe.error();
    }
    batch_plan out{.kind = from.choice.kind,
                   .optimizer = from.choice.operation,
                   .run = std::move(*run),
                   .count = most,
                   .files = !from.written.empty(),
                   .operation = from.op,
                   .recipe = recipe_of(from, std::move(*recipe))};
    out.objective = objective_of(from.op, command);
    if (out.kind == batch_kind::grid) {
        auto trials = grid_trials(from, seed);
        if (!trials) {
            return trials.error();
        }
        out.count = static_cast<std::int64_t>(trials->size());
        out.trials = std::move(*trials);
    }
    if (out.kind == batch_kind::search) {
        if (!from.choice.program.empty()) {
            out.program = protocol::optimizer_program{
                .words = from.choice.program,
                .options = out.run.flag_values,
                .answer_limit_ms = static_cast<std::int64_t>(
                    std::clamp(from.choice.answer_seconds, 0.001, 1e6) * 1000)};
            out.search.prev_trials = "batch"; // it is told of those alone
        } else {
            read_search_settings(out.run.flag_values, out);
        }
        if (!out.program && out.optimizer != "tpe") {
            out.remark = out.optimizer + " is served by a tree-structured Parzen estimator (tpe)";
        }
        out.search.max_trials = *most;
        out.search.maximize = out.objective.starts_with('-');
        out.search.objective = out.objective.substr(out.search.maximize ? 1 : 0);
    }
    if (out.kind != batch_kind::program) {
        plan_trials(from, seed, out);
    }
    add_attributes(from, out.objective, most, out);
    return out;
}

result<trial_run> plan_trial(const run_plan& prototype, const flag_map& flags) {
    return make_trial(prototype.batch->recipe, flags, prototype.start.environment, decode_flag);
}

} // namespace outrider
