#include "engine/project/recorded_operation.hpp"

#include "engine/project/source_flags.hpp"
#include "engine/runs/secret_names.hpp"
#include "engine/text/value_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

const json::object& object_at(const json::object& data, std::string_view key) {
    static const json::object none;
    const auto* found = data.if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : none;
}

void read_settings(const json::object& settings, flag_def& flag) {
    flag.arg_name = text_of(settings, "arg-name");
    flag.arg_skip = is_set(settings, "arg-skip");
    flag.arg_switch_off = text_of(settings, "arg-switch-off");
    flag.env_name = text_of(settings, "env-name");
    flag.arg_encoding = object_at(settings, "arg-encoding");
    flag.env_encoding = object_at(settings, "env-encoding");
    if (const auto* value = settings.if_contains("arg-skip-value"); value && !value->is_null()) {
        flag.arg_skip_value = *value;
    }
    if (const auto* value = settings.if_contains("arg-switch"); value && !value->is_null()) {
        flag.arg_switch = *value;
    }
    if (const auto* value = settings.if_contains("arg-split"); value && !value->is_null()) {
        flag.arg_split = *value;
    }
}

// Modules run through our package, which a run of Guild itself does not name.
void add_support(json::object& environment) {
    std::string path = text_of(environment, "PYTHONPATH");
    if (path.find("${support_dir}") == std::string::npos) {
        path += (path.empty() ? ".:" : ":") + std::string("${support_dir}");
    }
    environment["PYTHONPATH"] = json::string(path);
}

result<operation_def> frozen_operation(const recorded_run& run, const opref& of) {
    const json::value op = attribute_of(run, "op");
    const json::object none;
    const json::object& data = op.is_object() ? op.get_object() : none;
    const json::object& command = object_at(data, "op-cmd");
    operation_def out{.name = of.op, .model = of.model};
    if (const auto* words = command.if_contains("cmd-args"); words && words->is_array()) {
        for (const auto& word : words->get_array()) {
            out.exec.push_back(word.is_string() ? std::string(word.get_string()) : std::string());
        }
    }
    if (out.exec.empty()) {
        return failure(errc::bad_input, "run " + run.id + " has not recorded its operation");
    }
    out.env = object_at(command, "cmd-env");
    add_support(out.env);
    out.flags_dest = text_of(command, "flags-dest");
    out.label = text_of(data, "label-template");
    const json::object& sourcecode = object_at(data, "sourcecode");
    out.sourcecode.root = text_of(sourcecode, "root");
    if (const std::string dest = text_of(sourcecode, "dest"); !dest.empty()) {
        out.sourcecode.dest = dest;
    }
    for (const auto& member : object_at(command, "cmd-flags")) {
        flag_def flag{.name = std::string(member.key())};
        if (member.value().is_object()) {
            read_settings(member.value().get_object(), flag);
        }
        flag.null_label = text_of(object_at(data, "flag-null-labels"), flag.name);
        out.flags.push_back(std::move(flag));
    }
    if (const auto* required = data.if_contains("deps"); required && required->is_array()) {
        out.requires_ = *required;
        if (!read_requirements(out)) {
            out.requires_ = nullptr; // another program's, of a form that is not known here
        }
    }
    out.data = data;
    if (auto steps = attribute_of(run, "steps"); steps.is_array()) {
        out.data["steps"] = std::move(steps);
        out.exec = {"${agent}", "children"}; // whoever made it: Guild has a module for this
    }
    const auto member = [&](const char* key) {
        const auto* value = data.if_contains(key);
        return value != nullptr ? *value : json::value();
    };
    out.output_scalars = member("output-scalars");
    out.output_attrs = member("output-attrs");
    out.python_requires = text_of(data, "python-requires");
    if (const auto* names = data.if_contains("env-secrets"); names && names->is_array()) {
        for (const auto& name : names->get_array()) {
            if (name.is_string()) {
                out.env_secrets.emplace_back(name.get_string());
            }
        }
    }
    return out;
}

// How a flag reaches the program was settled when the run was made, also from the module's source.
flag_def declared_and_frozen(const flag_def& declared, const flag_def& frozen) {
    flag_def out = declared;
    out.arg_name = frozen.arg_name;
    out.arg_skip = frozen.arg_skip;
    out.arg_switch = frozen.arg_switch;
    out.arg_switch_off = frozen.arg_switch_off;
    out.arg_split = frozen.arg_split;
    out.arg_skip_value = frozen.arg_skip_value;
    out.arg_encoding = frozen.arg_encoding;
    out.env_name = frozen.env_name;
    out.env_encoding = frozen.env_encoding;
    return out;
}

// What a record leaves out of an environment is known to the project alone.
void add_secrets(operation_def& op, const operation_def& project) {
    for (const auto& name : project.env_secrets) {
        if (std::ranges::find(op.env_secrets, name) == op.env_secrets.end()) {
            op.env_secrets.push_back(name);
        }
    }
    for (const auto& member : project.env) {
        if (!op.env.contains(member.key()) &&
            is_secret(member.key(), text_of(project.env, member.key()), op.env_secrets)) {
            op.env.emplace(member.key(), member.value());
        }
    }
}

// What a record says nothing of: what makes the trials of a batch, and what they are measured by.
void add_search(operation_def& op, const operation_def& project) {
    for (const char* key : {"optimizer", "optimizers", "objective"}) {
        if (const auto* said = project.data.if_contains(key); said != nullptr) {
            op.data.emplace(key, *said); // unless it is recorded
        }
    }
}

void declare_flags(operation_def& op, const operation_def* project, const flag_map& values) {
    // The runs and files that it required are flags, too, but not of its module.
    flag_map sources;
    if (const auto resources = read_requirements(op)) {
        sources = source_flags(*resources, {});
    }
    for (const auto& [name, value] : values) {
        if (op.find_flag(name) == nullptr && !sources.contains(name)) {
            op.flags.push_back({.name = name});
        }
    }
    for (auto& flag : op.flags) {
        const flag_def* declared = project != nullptr ? project->find_flag(flag.name) : nullptr;
        if (declared != nullptr) {
            flag = declared_and_frozen(*declared, flag);
        }
        const auto found = values.find(flag.name);
        flag.default_value = found == values.end() ? json::value(nullptr) : found->second;
    }
    if (project != nullptr) {
        for (const auto& flag : project->flags) {
            if (op.find_flag(flag.name) == nullptr) {
                op.flags.push_back(flag);
            }
        }
    }
}

} // namespace

std::vector<std::string> recorded_attributes() {
    return {"op",
            "flags",
            "user_flags",
            "label",
            "tags",
            "run_params",
            "sourcecode_digest",
            "vcs_commit",
            "started",
            "initialized",
            "exit_status",
            "comments",
            "random_seed",
            "deps",
            "steps"};
}

json::value attribute_of(const recorded_run& run, const std::string& name) {
    const auto found = run.attributes.find(name);
    if (found == run.attributes.end()) {
        return nullptr;
    }
    auto value = read_yaml(found->second, name);
    return value ? std::move(*value) : json::value(nullptr);
}

flag_map recorded_flags(const recorded_run& run, const std::string& attribute) {
    flag_map out;
    const auto value = attribute_of(run, attribute);
    if (const auto* flags = value.if_object()) {
        for (const auto& member : *flags) {
            out.emplace(member.key(), member.value());
        }
    }
    return out;
}

result<chosen_operation> recorded_operation(const recorded_run& run, const std::string& directory) {
    auto of = parse_opref(run.opref);
    if (!of) {
        return of.error();
    }
    auto op = frozen_operation(run, *of);
    if (!op) {
        return op.error();
    }
    chosen_operation out{.op = std::move(*op), .directory = directory, .recorded = std::move(*of)};
    // A project that cannot be read, or is another one, only knows less about the flags.
    if (auto file = load_guild_file(directory); file && *file) {
        out.file = std::move(*file);
    }
    const operation_def* project = nullptr;
    if (out.file) {
        const auto found = find_operation(*out.file, out.op.full_name());
        project = found ? *found : nullptr;
    }
    if (project != nullptr) {
        add_secrets(out.op, *project);
        add_search(out.op, *project);
    }
    declare_flags(out.op, project, recorded_flags(run, "flags"));
    return out;
}

} // namespace outrider
