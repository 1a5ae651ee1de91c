#include "engine/project/run_plan.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/flags/run_label.hpp"
#include "engine/project/batch_plan.hpp"
#include "engine/project/chosen_operation.hpp"
#include "engine/project/config_file.hpp"
#include "engine/project/flag_import.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/git.hpp"
#include "engine/project/output_scalars.hpp"
#include "engine/project/pipeline_steps.hpp"
#include "engine/project/project_requirements.hpp"
#include "engine/project/resource_cache.hpp"
#include "engine/project/run_attributes.hpp"
#include "engine/project/run_environment.hpp"
#include "engine/project/run_names.hpp"
#include "engine/project/typed_arguments.hpp"
#include "engine/runs/opref.hpp"
#include "engine/search/flag_function.hpp"
#include "engine/text/natural_order.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/value_text.hpp"
#include "engine/text/yaml_text.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace outrider {
namespace {

result<> plan_sources(const run_request& request, const operation_def& op,
                      const std::vector<resource_def>& resources, run_plan& plan,
                      std::optional<std::string>& digest) {
    const sourcecode_def& code = op.sourcecode;
    const source_roots places{
        .project = plan.project_directory, .root = code.root, .dest = code.dest};
    const std::string root = absolute_path(code.root.empty() ? "." : code.root,
                                           plan.project_directory, user_home(request.context));
    auto selected = select_sources({.root = root,
                                    .rules = code,
                                    .operation = op.full_name(),
                                    .python = op.exec.empty(),
                                    .environment = request.context.environment});
    if (!selected) {
        return selected.error();
    }
    if (code.root.empty()) {
        // What the operation requires is no source code.
        std::erase_if(selected->paths,
                      [&](const auto& path) { return is_dependency(resources, path); });
    }
    auto sources = read_sources(selected->paths, places);
    if (!sources) {
        return sources.error();
    }
    std::ranges::move(selected->notes, std::back_inserter(plan.start_notes));
    plan.sources = std::move(sources->files);
    plan.package = sources->package;
    plan.start.package = sources->package;
    plan.start.manifest = std::move(sources->manifest);
    if (code.digest) {
        digest = std::move(sources->digest);
    }
    return {};
}

// Nothing is copied where commands or trials are only shown.
bool is_only_shown(const run_command& what) {
    return what.print_cmd || what.print_env || what.print_trials || !what.save_trials.empty();
}

bool records_packages(const operation_def& op,
                      const std::map<std::string, std::string>& environment) {
    const auto unwanted = environment.find("NO_PIP_FREEZE");
    const auto* said = op.data.if_contains("pip-freeze");
    return (unwanted == environment.end() || unwanted->second != "1") &&
           (said == nullptr || *said != false);
}

// Where a run is on another machine, that is to have what the project needs. On this one the
// person decides what is installed.
result<> plan_requirements(const run_request& request, const chosen_operation& chosen,
                           run_plan& plan) {
    if (!request.remote || chosen.builtin) {
        return {};
    }
    const guild_file* file = chosen.file ? &*chosen.file : nullptr;
    // The project of this directory need not be that of a recorded run.
    if (request.from && (file == nullptr || !find_operation(*file, chosen.op.full_name()))) {
        return {};
    }
    auto wanted = read_requirements_of(file, chosen.directory);
    if (!wanted) {
        return wanted.error();
    }
    plan.start.requirements = std::move(wanted->lines);
    plan.start.constraints = std::move(wanted->constraints);
    std::ranges::move(wanted->notes, std::back_inserter(plan.notes));
    if (plan.start.python_requires.empty() && file != nullptr) {
        plan.start.python_requires = file->python_requires;
    }
    return {};
}

std::string shown_flag(const operation_def& op, const std::string& name,
                       const boost::json::value& value) {
    const flag_def* flag = op.find_flag(name);
    const std::string label = flag != nullptr ? flag->null_label : "";
    if (const auto* text = value.if_string(); text != nullptr && is_flag_function(*text)) {
        return std::string(*text); // as it is typed
    }
    return !value.is_null() ? encode_flag(value) : label.empty() ? "default" : label;
}

void show_flags(const operation_def& op, const flag_map& flags, run_plan& plan) {
    for (const auto& [name, value] : flags) {
        plan.flags.push_back({.name = name, .value = shown_flag(op, name, value)});
        if (!value.is_null()) {
            plan.start.flags.push_back(name + "=" + format_flag(value));
        }
    }
    std::ranges::sort(plan.flags, natural_less, &flag_shown::name);
}

void plan_output_scalars(const operation_def& op, const flag_map& flags, run_plan& plan) {
    std::vector<std::string> names;
    for (const auto& [name, value] : flags) {
        names.push_back(name);
    }
    plan.start.output_scalars = output_scalar_rules_of(op.output_scalars, names, plan.notes);
    if (op.prints_by_keras) {
        add_keras_patterns(plan.start.output_scalars);
    }
    plan.start.output_attributes = output_attribute_rules_of(op.output_attrs, names, plan.notes);
}

// `--dep PATH`: a link to a file or a directory, or a download.
resource_def additional_resource(const std::string& path, const run_request& request) {
    resource_source source{.target_type = "link"};
    if (path.starts_with("http://") || path.starts_with("https://")) {
        source = {.kind = source_kind::url, .what = path};
        source.data = {{"url", boost::json::string(path)}};
    } else {
        source.what = absolute_path(path, request.context.directory, user_home(request.context));
        source.data = {{"file", boost::json::string(source.what)}, {"target-type", "link"}};
    }
    source.name = source.uri();
    resource_def out{.name = source.name};
    out.sources.push_back(std::move(source));
    return out;
}

result<std::vector<resource_def>> resources_of(const run_request& request,
                                               const operation_def& op) {
    auto out = read_requirements(op, request.command.flags);
    if (out) {
        for (const auto& path : request.command.deps) {
            out->push_back(additional_resource(path, request));
        }
    }
    return out;
}

// What was typed for sources, else what the run recorded that the plan is made from.
split_flags supplied_of(const run_request& request, const operation_def& op,
                        const std::vector<resource_def>& resources) {
    auto out = split_supplied(op, request.command.flags, resources);
    if (request.from) {
        const auto recorded = recorded_flags(*request.from, "flags");
        for (const auto& [name, value] : source_flags(resources, {})) {
            const auto found = recorded.find(name);
            if (found != recorded.end() && found->second.is_string()) {
                out.supplied.try_emplace(name, std::string(found->second.get_string()));
            } else if (found != recorded.end() && found->second.is_array()) {
                out.supplied.try_emplace(name, format_flag(found->second));
            }
        }
    }
    return out;
}

// Those that the run which starts again has: `attrs/deps`.
boost::json::object resolved_before(const run_request& request) {
    const bool keeps = request.again && request.from;
    const auto deps = keeps ? attribute_of(*request.from, "deps") : boost::json::value();
    return deps.is_object() ? deps.get_object() : boost::json::object();
}

// What a person says comes first: a label, else tags in front of the flags.
std::string label_of(const run_request& request, const operation_def& op, const flag_map& flags) {
    const std::string& directory = request.context.directory;
    std::optional<std::string> given = request.command.label;
    if (!given && request.from) {
        const auto params = attribute_of(*request.from, "run_params");
        const auto* object = params.if_object();
        const auto* label = object != nullptr ? object->if_contains("label") : nullptr;
        given = label != nullptr && label->is_string()
                    ? std::optional(std::string(label->get_string()))
                    : std::nullopt;
    }
    if (given) {
        return label_from(*given, flags, directory);
    }
    std::string out;
    const auto& tags = request.command.tags;
    for (auto tag = tags.begin(); tag != tags.end(); ++tag) {
        if (std::find(tags.begin(), tag, *tag) == tag) {
            out += *tag + " ";
        }
    }
    out += op.label.empty() || !tags.empty() ? default_label(flags, directory)
                                             : label_from(op.label, flags, directory);
    if (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

// Where the source code is that of another run it is copied there, on the machine of the runs.
result<> plan_recorded_sources(const run_request& request, run_plan& plan,
                               std::optional<std::string>& digest) {
    const auto recorded = attribute_of(*request.from, "sourcecode_digest");
    if (recorded.is_string()) {
        digest = std::string(recorded.get_string());
    }
    if (!request.again) {
        plan.start.source_run = request.from->id;
        plan.start.source_proto = request.from->proto;
    }
    return {};
}

// `CUDA_VISIBLE_DEVICES`, as Guild sets it.
void set_gpus(const run_command& command, std::map<std::string, std::string>& environment) {
    if (command.no_gpus) {
        environment["CUDA_VISIBLE_DEVICES"] = "";
    } else if (!command.gpus.empty()) {
        environment["CUDA_VISIBLE_DEVICES"] = command.gpus;
    }
}

std::int64_t milliseconds(std::optional<double> minutes) {
    return minutes ? static_cast<std::int64_t>(*minutes * 60'000) : 0;
}

// How the operation is started, and what is on top of what the project says of it.
void plan_start(const run_request& request, const chosen_operation& chosen, run_plan& plan) {
    const run_command& command = request.command;
    plan.start.run_id = request.run_id;
    plan.start.run_dir = command.run_dir;
    plan.start.opref = format_opref(opref_of(chosen, plan, request.remote && !request.step));
    plan.start.operation = chosen.op.full_name();
    plan.start.stage = command.stage;
    plan.start.force_deps = command.force_deps;
    if (!command.pidfile.empty()) {
        plan.start.pidfile =
            absolute_path(command.pidfile, request.context.directory, user_home(request.context));
    }
    plan.start.background = command.background;
    plan.start.stop_after_ms = milliseconds(command.stop_after_minutes);
    // A queue that nobody looks at is kept for its output.
    const bool kept =
        command.keep_run || (chosen.builtin && (request.remote || command.background));
    plan.start.delete_on_success = !kept && is_set(chosen.op.data, "delete-on-success");
}

// A commit that git cannot tell is not recorded, and that is said.
std::optional<std::string> commit_of(const chosen_operation& chosen, const command_context& context,
                                     std::vector<std::string>& notes) {
    if (chosen.builtin) {
        return std::nullopt;
    }
    if (const auto unwanted = context.environment.find("NO_VCS_COMMIT");
        unwanted != context.environment.end() && unwanted->second == "1") {
        return std::nullopt;
    }
    auto commit = git_commit(chosen.directory, context.environment);
    if (!commit) {
        notes.push_back("the commit is not recorded: " + commit.error().context);
        return std::nullopt;
    }
    return std::move(*commit);
}

// Whether an option parser would stumble over a value of a flag, or of one of its trials.
bool has_option_like_trials(const operation_def& op, const flag_map& flags,
                            const std::vector<flag_map>& written) {
    flag_map single = flags;
    for (const auto& [name, value] : flags) {
        const auto* list = value.if_array();
        for (const auto& item : list != nullptr ? *list : boost::json::array()) {
            if (has_option_like_values(op, {{name, item}})) {
                return true;
            }
        }
        if (list != nullptr) {
            single.erase(name);
        }
    }
    return has_option_like_values(op, single) ||
           std::ranges::any_of(
               written, [&](const auto& trial) { return has_option_like_values(op, trial); });
}

// What makes trials of these flags; nothing: it is a single run, and the options of batches are
// refused or noted.
result<std::optional<optimizer_choice>> plan_optimizer(const run_request& request,
                                                       const operation_def& op, flag_values& flags,
                                                       std::size_t trials,
                                                       const flag_map& sources) {
    std::optional<optimizer_choice> out;
    if (!request.single) {
        flag_values tried = flags;
        for (const auto& [name, value] : sources) { // a list of runs is a list to try, too
            if (value.is_array()) {
                tried.all.emplace(name, value);
            }
        }
        const bool asks = request.from && request.from->optimizer;
        auto chosen = choose_optimizer({.op = op,
                                        .flags = tried,
                                        .command = request.command,
                                        .trials = trials,
                                        .recorded = asks ? &*request.from->optimizer : nullptr});
        if (!chosen) {
            return chosen.error();
        }
        out = std::move(*chosen);
    }
    if (!out) {
        auto ignored = check_batch_options(request.command);
        if (!ignored) {
            return ignored.error();
        }
        std::ranges::move(*ignored, std::back_inserter(flags.notes));
        return out;
    }
    if (out->kind == batch_kind::random || out->kind == batch_kind::search) {
        search_declared_flags(op, flags);
    }
    return out;
}

result<chosen_operation> operation_of(const run_request& request) {
    const auto& directory = request.context.directory;
    return request.from ? recorded_operation(*request.from, directory)
                        : choose_operation(request.context, request.command.operation);
}

} // namespace

required_reading required_operations_of(const run_request& request) {
    auto chosen = operation_of(request);
    required_reading out;
    if (!chosen) {
        if (!request.again) { // it may still be started as it was recorded
            out.failed = chosen.error();
        }
        return out;
    }
    if (chosen->file && !request.from) {
        out.notes = resource_warnings(*chosen->file);
    }
    auto resources = resources_of(request, chosen->op);
    if (!resources) {
        if (!is_only_shown(request.command) || resources.error().kind() != errc::unsupported) {
            out.failed = resources.error();
        }
        return out;
    }
    const auto resolved = resolved_before(request);
    out.operations =
        required_operations(*resources, supplied_of(request, chosen->op, *resources).supplied);
    std::erase_if(out.operations, [&](const required_operation& one) {
        const auto* sources = resolved.if_contains(one.wanted.resource);
        return sources != nullptr && sources->is_object() &&
               sources->get_object().contains(one.wanted.source);
    });
    return out;
}

result<> resolve_required(run_plan& plan) {
    auto planned = plan_dependencies(plan.resources, plan.required);
    if (!planned) {
        return planned.error();
    }
    plan.dependencies = std::move(planned->files);
    plan.dependency_package = planned->package;
    plan.start.dependency_package = planned->package;
    plan.start.dependencies = std::move(planned->wanted);
    return {};
}

result<run_plan> plan_run(const run_request& request) {
    auto chosen = operation_of(request);
    return chosen ? plan_operation(request, std::move(*chosen)) : chosen.error();
}

result<run_plan> plan_operation(const run_request& request, chosen_operation operation) {
    const command_context& context = request.context;
    chosen_operation* const chosen = &operation;
    if (chosen->op.refused) {
        return *chosen->op.refused;
    }
    if (auto good = check_arguments(request.command.flags); !good) {
        return good.error();
    }
    auto written = read_batch_files(request.command.flags, context);
    if (!written) {
        return written.error();
    }
    const module_reading how = module_reading_of(context);
    auto notes = chosen->file && !request.from
                     ? other_import_problems(*chosen->file, chosen->op, how)
                     : std::vector<std::string>{};
    const auto unread = request.from ? std::vector<std::string>{}
                                     : import_flags(chosen->op, chosen->directory, how);
    std::ranges::copy(unread, std::back_inserter(notes));
    operation_def& op = chosen->op;
    const bool shown = is_only_shown(request.command);
    auto resources = resources_of(request, op);
    if (!resources) {
        if (!shown || resources.error().kind() != errc::unsupported) {
            return resources.error();
        }
        resources = std::vector<resource_def>(); // none of them is resolved
    }
    auto typed = supplied_of(request, op, *resources);
    for (const auto& [name, id] : request.required_runs) {
        typed.supplied[name] = id;
    }
    // Trials that are written down are taken as they are; a single one counts as typed.
    const bool listed = !written->trials.empty();
    auto flags =
        resolve_flags(op, typed.flags,
                      {.any_name = listed || (chosen->is_script() && !unread.empty()),
                       .directory = context.directory,
                       .home = user_home(context),
                       .force = listed || request.command.force_flags,
                       .given = written->trials.size() == 1 ? written->trials[0] : flag_map()});
    if (!flags) {
        return flags.error();
    }
    std::ranges::move(written->notes, std::back_inserter(flags->notes));
    const auto optimizer = plan_optimizer(request, op, *flags, written->trials.size(),
                                          source_flags(*resources, typed.supplied));
    if (!optimizer) {
        return optimizer.error();
    }
    if (has_option_like_trials(op, flags->all, written->trials)) {
        learn_option_style(op, chosen->directory, how);
    }
    // Far away the project is what was copied into the run.
    const auto recipe = command_recipe_of(op, request.remote ? "${run_dir}" : chosen->directory);
    if (!recipe) {
        return recipe.error();
    }
    auto command = fill_command(*recipe, flags->all, decode_flag);
    if (!command) {
        return command.error();
    }
    std::ranges::move(flags->notes, std::back_inserter(notes));
    std::ranges::move(command->notes, std::back_inserter(notes));
    resolve_sources(*resources, flags->all);
    const flag_map config = config_values(op.flags, flags->all);
    const flag_map sources = source_flags(*resources, typed.supplied);
    for (const auto& [name, value] : sources) {
        flags->all[name] = value;
    }
    for (const auto& name : typed.sources) {
        flags->user[name] = sources.at(name);
    }
    run_plan plan{.operation = op.full_name(),
                  .project_directory = chosen->directory,
                  .notes = std::move(notes),
                  .builtin = chosen->builtin};
    if (chosen->file) {
        name_package(*chosen->file, plan);
    }
    std::optional<std::string> digest;
    const bool recorded = request.from && !request.command.force_sourcecode;
    if (auto planned = is_pipeline(op) || shown ? result<>()
                       : recorded               ? plan_recorded_sources(request, plan, digest)
                                  : plan_sources(request, op, *resources, plan, digest);
        !planned) {
        return planned.error();
    }
    plan.flag_values = flags->all;
    plan.required = {.project = plan.project_directory,
                     .directory = context.directory,
                     .remote = request.remote,
                     .supplied = std::move(typed.supplied),
                     .config_values = config,
                     .cache = resource_cache(context.environment),
                     .resolved = resolved_before(request)};
    show_flags(op, flags->all, plan);
    plan_start(request, *chosen, plan);
    plan.start.command = command->words;
    if (!op.program.empty() && request.remote) {
        plan.start.command.front() = "${run_dir}/" + op.program;
    }
    plan.start.secrets = op.env_secrets;
    plan.start.python_requires = op.python_requires;
    plan.start.record_packages = records_packages(op, context.environment);
    if (auto planned = plan_requirements(request, *chosen, plan); !planned) {
        return planned.error();
    }
    learn_output_style(op, chosen->directory);
    plan_output_scalars(op, flags->all, plan);
    std::ranges::move(drop_reserved_attributes(op.run_attrs), std::back_inserter(plan.notes));
    plan.start_notes.insert(plan.start_notes.begin(), op.remarks.begin(), op.remarks.end());
    const auto frozen = frozen_environment(request, op, plan);
    plan.start.environment = make_environment(request, op, frozen, command->environment);
    set_gpus(request.command, plan.start.environment);
    plan.start.attributes = make_attributes({.request = request,
                                             .op = op,
                                             .flags = *flags,
                                             .command_template = recipe->words,
                                             .command = *command,
                                             .frozen_environment = frozen,
                                             .sourcecode_digest = digest,
                                             .vcs_commit = commit_of(*chosen, context, plan.notes),
                                             .label = label_of(request, op, flags->all),
                                             .resources = *resources});
    plan.resources = std::move(*resources);
    if (is_pipeline(op)) {
        plan.pipeline = std::make_shared<const operation_def>(op);
        plan.start.attributes["steps"] = yaml_text(op.data.at("steps"));
    }
    if (*optimizer) {
        if (written->trials.size() == 1) {
            written->trials.clear();
        }
        auto batch = plan_batch({.request = request,
                                 .op = op,
                                 .flags = *flags,
                                 .choice = **optimizer,
                                 .written = written->trials,
                                 .prototype = plan});
        if (!batch) {
            return batch.error();
        }
        plan.batch = std::make_shared<const batch_plan>(std::move(*batch));
        plan.start.attributes["id"] = yaml_text(boost::json::string(prototype_id));
    }
    return plan;
}

} // namespace outrider
