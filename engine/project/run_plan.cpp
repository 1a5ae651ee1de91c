#include "engine/project/run_plan.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/config/path_text.hpp"
#include "engine/project/digest.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/git.hpp"
#include "engine/project/output_scalars.hpp"
#include "engine/project/run_attributes.hpp"
#include "engine/project/run_label.hpp"
#include "engine/project/value_text.hpp"
#include "engine/runs/natural_order.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/shell_words.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace outrider {
namespace {

/// The operation that a command names, and the project it is in.
struct chosen_operation {
    std::optional<guild_file> file; ///< nothing: a script without a project
    operation_def op;
    bool script = false;
};

bool is_script(const std::string& directory, const std::string& name) {
    std::error_code ec;
    return name.ends_with(".py") && std::filesystem::is_regular_file(directory + "/" + name, ec);
}

operation_def script_operation(const std::string& name) {
    operation_def op{.name = name};
    op.main = shell_quote(name.substr(0, name.size() - 3));
    op.imports_flags = true;
    return op;
}

result<chosen_operation> choose_operation(const std::string& directory, const std::string& name) {
    auto file = load_guild_file(directory);
    if (!file) {
        return file.error();
    }
    chosen_operation out{.file = std::move(*file)};
    std::optional<failure> not_found;
    if (out.file) {
        auto found = find_operation(*out.file, name);
        if (found) {
            out.op = **found;
            return out;
        }
        not_found = found.error();
    }
    if (is_script(directory, name)) {
        out.op = script_operation(name);
        out.script = true;
        return out;
    }
    if (not_found) {
        return *not_found;
    }
    if (name.empty()) {
        return failure(errc::not_found, "a default operation is not defined for this project: "
                                        "there is no guild.yml in " +
                                            directory + "\nTry '{program} run OPERATION'.");
    }
    return failure(errc::not_found, "cannot find operation " + name +
                                        "\nThere is no guild.yml in " + directory +
                                        ", and no script of that name.");
}

// Guild names the package of a project after its declaration, its model, or the path of its file.
std::string package_name(const guild_file& file) {
    if (!file.package.empty()) {
        return file.package;
    }
    if (!file.default_model.empty()) {
        return file.default_model;
    }
    return "gpkg.anonymous_" + hex_digest(digest_kind::md5, file.path).substr(0, 8);
}

std::string with(std::string text, char from, char to) {
    std::ranges::replace(text, from, to);
    return text;
}

void name_package(const guild_file& file, run_plan& plan) {
    const std::string name = package_name(file);
    plan.distribution = with(name, '_', '-');
    plan.package_version = file.package_version;
    plan.wheel =
        with(name, '-', '_') + "-" + with(file.package_version, '-', '_') + "-py2.py3-none-any.whl";
}

opref opref_of(const chosen_operation& chosen, const run_plan& plan, bool remote) {
    const operation_def& op = chosen.op;
    if (chosen.script) {
        return {.pkg_type = "script", .pkg_name = plan.project_directory, .op = op.name};
    }
    if (remote) {
        return {.pkg_type = "package",
                .pkg_name = plan.distribution,
                .version = plan.package_version,
                .model = op.model,
                .op = op.name};
    }
    return {.pkg_type = "guildfile",
            .pkg_name = chosen.file->path,
            .version = chosen.file->digest,
            .model = op.model,
            .op = op.name};
}

// What does not depend on flags.
std::map<std::string, std::string>
frozen_environment(const run_request& request, const operation_def& op, const run_plan& plan) {
    std::map<std::string, std::string> out;
    const std::string& dest = op.sourcecode.dest;
    std::string& path = out["PYTHONPATH"];
    path = (dest == "." ? "." : dest + ":.") + ":${support_dir}";
    const auto inherited = request.context.environment.find("PYTHONPATH");
    if (const std::string own = text_of(op.env, "PYTHONPATH"); !own.empty()) {
        path += ":" + own;
    } else if (!request.remote && inherited != request.context.environment.end()) {
        path += ":" + inherited->second;
    }
    out["GUILD_PLUGINS"] = "";
    if (!op.flags_dest.empty()) {
        out["FLAGS_DEST"] = op.flags_dest;
    }
    if (!request.remote) {
        out["PROJECT_DIR"] = plan.project_directory;
    }
    return out;
}

// The operation may change defaults, but not what the run format promises to its process.
std::map<std::string, std::string>
make_environment(const run_request& request, const operation_def& op,
                 const std::map<std::string, std::string>& frozen,
                 const std::map<std::string, std::string>& operation_environment) {
    std::map<std::string, std::string> out{{"LOG_LEVEL", "20"}, {"PYTHONUNBUFFERED", "1"}};
    for (const auto* layer : {&operation_environment, &frozen}) {
        for (const auto& [name, value] : *layer) {
            out[name] = value;
        }
    }
    out["GUILD_OP"] = op.full_name();
    out["GUILD_SOURCECODE"] = op.sourcecode.dest;
    out["CMD_DIR"] = request.context.directory;
    return out;
}

result<> plan_sources(const run_request& request, const operation_def& op, run_plan& plan,
                      std::optional<std::string>& digest) {
    const sourcecode_def& code = op.sourcecode;
    const source_places places{
        .project = plan.project_directory, .root = code.root, .dest = code.dest};
    const std::string root = absolute_path(code.root.empty() ? "." : code.root,
                                           plan.project_directory, user_home(request.context));
    const std::string below = plan.project_directory + "/";
    if (root != plan.project_directory && !root.starts_with(below)) {
        return failure(errc::bad_input,
                       "operation '" + op.full_name() +
                           "': sourcecode root must be below the project: " + code.root);
    }
    auto selected = select_sources(root, code, op.full_name(), request.context.environment);
    if (!selected) {
        return selected.error();
    }
    auto sources = read_sources(selected->paths, places);
    if (!sources) {
        return sources.error();
    }
    plan.notes = std::move(selected->notes);
    plan.sources = std::move(sources->files);
    plan.package = sources->package;
    plan.start.package = sources->package;
    plan.start.manifest = std::move(sources->manifest);
    digest = std::move(sources->digest);
    return {};
}

// Never left out silently: the operation would fail there by an import that cannot be found.
void say_requirements(const guild_file& file, const run_request& request, run_plan& plan) {
    if (request.remote && !file.python_requires.empty()) {
        plan.notes.push_back("python-requires is not installed on remotes yet (" +
                             file.python_requires + "): install it on " + request.command.remote +
                             ", or name an environment that has it by venv-path in config.yml");
    }
}

void show_flags(const flag_map& flags, run_plan& plan) {
    for (const auto& [name, value] : flags) {
        plan.flags.push_back({.name = name, .value = format_flag(value)});
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
    const auto* config = op.data.if_contains("output-scalars");
    plan.start.output_scalars = output_scalar_rules_of(
        config == nullptr ? boost::json::value(nullptr) : *config, names, plan.notes);
}

bool has_requirements(const operation_def& op) {
    const auto& wanted = op.requires_;
    return !wanted.is_null() && !(wanted.is_array() && wanted.get_array().empty());
}

std::string label_of(const run_request& request, const operation_def& op, const flag_map& flags) {
    const std::string& directory = request.context.directory;
    if (request.command.label) {
        return label_from(*request.command.label, flags, directory);
    }
    return op.label.empty() ? default_label(flags, directory)
                            : label_from(op.label, flags, directory);
}

result<> check_supported(const chosen_operation& chosen, const run_request& request) {
    if (chosen.script && request.remote) {
        return failure(errc::unsupported, "cannot run scripts remotely\nDefine an operation for " +
                                              chosen.op.name +
                                              " in guild.yml and run it by its name.");
    }
    if (has_requirements(chosen.op)) {
        return failure(errc::unsupported,
                       "operation '" + chosen.op.full_name() +
                           "' has dependencies ('requires'), which are not supported yet");
    }
    return {};
}

} // namespace

result<run_plan> plan_run(const run_request& request) {
    const command_context& context = request.context;
    auto chosen = choose_operation(context.directory, request.command.operation);
    if (!chosen) {
        return chosen.error();
    }
    const operation_def& op = chosen->op;
    if (auto good = check_supported(*chosen, request); !good) {
        return good.error();
    }
    auto flags = resolve_flags(
        op, request.command.flags,
        {.any_name = chosen->script, .directory = context.directory, .home = user_home(context)});
    if (!flags) {
        return flags.error();
    }
    auto command = make_command(op, flags->all);
    if (!command) {
        return command.error();
    }
    run_plan plan{.operation = op.full_name(),
                  .project_directory = context.directory,
                  .script = chosen->script};
    if (chosen->file) {
        name_package(*chosen->file, plan);
    }
    std::optional<std::string> digest;
    if (auto planned = plan_sources(request, op, plan, digest); !planned) {
        return planned.error();
    }
    if (chosen->file) {
        say_requirements(*chosen->file, request, plan);
    }
    show_flags(flags->all, plan);
    plan.start.run_id = request.run_id;
    plan.start.opref = format_opref(opref_of(*chosen, plan, request.remote));
    plan.start.operation = op.full_name();
    plan.start.command = command->words;
    plan_output_scalars(op, flags->all, plan);
    const auto frozen = frozen_environment(request, op, plan);
    plan.start.environment = make_environment(request, op, frozen, command->environment);
    const bool no_vcs = context.environment.contains("NO_VCS_COMMIT");
    plan.start.attributes = make_attributes(
        {.request = request,
         .op = op,
         .flags = *flags,
         .command = *command,
         .frozen_environment = frozen,
         .sourcecode_digest = digest,
         .vcs_commit = no_vcs ? std::nullopt : git_commit(context.directory, context.environment),
         .label = label_of(request, op, flags->all)});
    return plan;
}

} // namespace outrider
