#include "engine/project/run_attributes.hpp"

#include "engine/json/described_json.hpp"
#include "engine/project/run_environment.hpp"
#include "engine/text/value_text.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>

#include <unistd.h>

#include <algorithm>
#include <random>

namespace outrider {
namespace {

namespace json = boost::json;

json::array array_of(const std::vector<std::string>& items) {
    json::array out;
    for (const auto& item : items) {
        out.emplace_back(json::string(item));
    }
    return out;
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

// Every parameter of Guild's `run`, at its default.
json::object default_run_params() {
    json::object out;
    for (const char* name : {"background",
                             "break_on_error",
                             "debug_sourcecode",
                             "edit_batch_comment",
                             "edit_comment",
                             "edit_flags",
                             "fail_on_trial_error",
                             "force_deps",
                             "force_flags",
                             "force_sourcecode",
                             "help_model",
                             "help_op",
                             "keep_batch",
                             "keep_run",
                             "needed",
                             "no_gpus",
                             "no_wait",
                             "optimize",
                             "print_cmd",
                             "print_env",
                             "print_trials",
                             "proto",
                             "quiet",
                             "save_trials",
                             "stage",
                             "stage_trials",
                             "test_flags",
                             "test_output_attrs",
                             "test_sourcecode",
                             "yes"}) {
        out[name] = false;
    }
    for (const char* name :
         {"batch_comment", "batch_label", "comment", "gpus", "label", "max_trials", "maximize",
          "minimize", "optimizer", "opspec", "pidfile", "random_seed", "remote", "restart",
          "run_dir", "run_id", "stop_after", "test_output_scalars"}) {
        out[name] = nullptr;
    }
    for (const char* name :
         {"additional_deps", "batch_tags", "break_", "flags", "opt_flags", "tags"}) {
        out[name] = json::array();
    }
    return out;
}

json::value number_or_null(const std::optional<double>& number) {
    if (!number) {
        return nullptr;
    }
    const auto whole = static_cast<std::int64_t>(*number);
    return static_cast<double>(whole) == *number ? json::value(whole) : json::value(*number);
}

json::object run_params(const run_request& request) {
    json::object out = default_run_params();
    const run_command& command = request.command;
    out["flags"] = array_of(command.flags);
    out["tags"] = array_of(command.tags);
    out["opspec"] = text_or_null(command.operation);
    out["remote"] = text_or_null(command.remote);
    out["no_wait"] = command.no_wait;
    out["yes"] = request.context.assume_yes;
    out["run_id"] = json::string(request.run_id);
    if (command.label) {
        out["label"] = json::string(*command.label);
    }
    out["background"] = command.background;
    out["comment"] = text_or_null(command.comment);
    out["additional_deps"] = array_of(command.deps);
    out["force_deps"] = command.force_deps;
    out["force_flags"] = command.force_flags;
    out["force_sourcecode"] = command.force_sourcecode;
    out["gpus"] = text_or_null(command.gpus);
    out["keep_run"] = command.keep_run;
    out["needed"] = command.needed;
    out["no_gpus"] = command.no_gpus;
    out["pidfile"] = text_or_null(command.pidfile);
    out["proto"] = text_or_null(command.proto);
    out["quiet"] = command.quiet;
    if (command.random_seed) {
        out["random_seed"] = *command.random_seed;
    }
    if (command.max_trials) {
        out["max_trials"] = *command.max_trials;
    }
    if (command.batch_label) {
        out["batch_label"] = json::string(*command.batch_label);
    }
    out["batch_comment"] = text_or_null(command.batch_comment);
    out["batch_tags"] = array_of(command.batch_tags);
    out["fail_on_trial_error"] = command.fail_on_trial_error;
    out["keep_batch"] = command.keep_batch;
    out["maximize"] = text_or_null(command.maximize);
    out["minimize"] = text_or_null(command.minimize);
    out["opt_flags"] = array_of(command.optimizer_flags);
    out["optimize"] = command.optimize;
    out["optimizer"] = text_or_null(command.optimizer);
    out["stage_trials"] = command.stage_trials;
    out["restart"] = text_or_null(command.restart.empty() ? command.start : command.restart);
    out["run_dir"] = text_or_null(command.run_dir);
    out["stage"] = command.stage;
    out["stop_after"] = number_or_null(command.stop_after_minutes);
    return out;
}

json::array first_comment(const run_request& request) {
    const auto& environment = request.context.environment;
    const auto variable = [&](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    };
    std::string host = variable("HOST");
    if (char name[256] = {}; host.empty() && ::gethostname(name, sizeof name - 1) == 0) {
        host = name;
    }
    return {json::object{{"body", json::string(request.command.comment)},
                         {"host", json::string(host)},
                         {"time", request.now_us},
                         {"user", json::string(variable("USER"))}}};
}

json::object command_flags(const operation_def& op) {
    json::object out;
    for (const auto& flag : op.flags) {
        json::object settings;
        if (!flag.arg_name.empty()) {
            settings["arg-name"] = json::string(flag.arg_name);
        }
        if (flag.arg_skip) {
            settings["arg-skip"] = true;
        }
        if (flag.arg_switch) {
            settings["arg-switch"] = *flag.arg_switch;
        }
        if (!flag.arg_switch_off.empty()) {
            settings["arg-switch-off"] = json::string(flag.arg_switch_off);
        }
        if (flag.arg_split) {
            settings["arg-split"] = *flag.arg_split;
        }
        if (flag.arg_skip_value) {
            settings["arg-skip-value"] = *flag.arg_skip_value;
        }
        if (!flag.arg_encoding.empty()) {
            settings["arg-encoding"] = flag.arg_encoding;
        }
        if (!flag.env_name.empty()) {
            settings["env-name"] = json::string(flag.env_name);
        }
        if (!flag.env_encoding.empty()) {
            settings["env-encoding"] = flag.env_encoding;
        }
        out.emplace(flag.name, std::move(settings));
    }
    return out;
}

json::object null_labels(const operation_def& op) {
    json::object out;
    for (const auto& flag : op.flags) {
        if (!flag.null_label.empty()) {
            out.emplace(flag.name, json::string(flag.null_label));
        }
    }
    return out;
}

// Enough to resolve them once more, where the project is or not.
json::array requirements_of(const attribute_sources& from) {
    json::array out;
    for (const auto& resource : from.resources) {
        json::array sources;
        json::value config;
        for (const auto& source : resource.sources) {
            sources.push_back(source.data);
            if (const auto found = from.flags.all.find(source.flag_name);
                !source.flag_name.empty() && found != from.flags.all.end()) {
                config = found->second;
            }
        }
        out.push_back(json::object{
            {"config", std::move(config)},
            {"location", json::string(resource.location.empty() ? from.request.context.directory
                                                                : resource.location)},
            {"name", json::string(resource.name)},
            {"sources", std::move(sources)}});
    }
    return out;
}

json::object frozen_operation(const attribute_sources& from) {
    json::object command{{"cmd-args", array_of(from.command_template)},
                         {"cmd-env", recorded_environment(from.op, from.frozen_environment)},
                         {"cmd-flags", command_flags(from.op)},
                         {"flags-dest", text_or_null(from.op.flags_dest)}};
    json::object sourcecode{{"dest", json::string(from.op.sourcecode.dest)}};
    if (!from.op.sourcecode.root.empty()) {
        sourcecode["root"] = json::string(from.op.sourcecode.root);
    }
    json::object out{{"delete-on-success", is_set(from.op.data, "delete-on-success")},
                     {"deps", requirements_of(from)},
                     {"flag-null-labels", null_labels(from.op)},
                     {"flags-extra", json::object()},
                     {"label-template", text_or_null(from.op.label)},
                     {"op-cmd", std::move(command)},
                     {"output-attrs", from.op.output_attrs},
                     {"output-scalars", from.op.output_scalars},
                     {"python-requires", text_or_null(from.op.python_requires)},
                     {"sourcecode", std::move(sourcecode)}};
    if (!from.op.env_secrets
             .empty()) { // ours: for whoever starts the run again without its project
        out["env-secrets"] = array_of(from.op.env_secrets);
    }
    return out;
}

/// Attributes of every run: FORMAT.md 2.2.
constexpr std::string_view reserved[] = {"cmd",        "comments",
                                         "compare",    "deps",
                                         "env",        "exit_status",
                                         "flags",      "host",
                                         "id",         "initialized",
                                         "label",      "marked",
                                         "max_trials", "objective",
                                         "op",         "opdef_attrs",
                                         "pip_freeze", "platform",
                                         "plugins",    "random_seed",
                                         "run_params", "sourcecode_digest",
                                         "started",    "steps",
                                         "stopped",    "tags",
                                         "trials",     "user",
                                         "user_flags", "vcs_commit"};

} // namespace

std::map<std::string, std::string>
changed_attributes(const run_request& request, const std::map<std::string, std::string>& made) {
    const run_command& command = request.command;
    std::map<std::string, std::string> out;
    const auto take = [&](const char* name) {
        if (const auto found = made.find(name); found != made.end()) {
            out[name] = found->second;
        }
    };
    take("flags");
    if (!command.flags.empty() || command.label || !command.tags.empty() ||
        !request.required_runs.empty()) {
        take("label");
    }
    if (!command.tags.empty()) {
        take("tags");
    }
    if (!command.comment.empty()) {
        take("comments");
    }
    if (command.random_seed) {
        take("random_seed");
    }
    if (command.force_sourcecode) {
        take("sourcecode_digest");
        take("vcs_commit");
    }
    flag_map user = recorded_flags(*request.from, "user_flags");
    const auto values = recorded_flags({.attributes = made}, "user_flags");
    for (const auto& [name, value] : values) {
        user[name] = value;
    }
    out["user_flags"] = yaml_text(protocol::to_json(user));
    const json::value before = attribute_of(*request.from, "run_params");
    json::object params = before.is_object() ? before.get_object() : default_run_params();
    const json::object now = run_params(request);
    params["force_sourcecode"] = now.at("force_sourcecode");
    params["needed"] = now.at("needed");
    for (const char* name : {"gpus", "label", "tags"}) {
        const json::value& value = now.at(name);
        const bool given = !value.is_null() && !(value.is_array() && value.get_array().empty());
        if (given) { // what is not said anew still counts
            params[name] = value;
        }
    }
    out["run_params"] = yaml_text(params);
    return out;
}

std::map<std::string, std::string> make_attributes(const attribute_sources& from) {
    std::map<std::string, std::string> out;
    const auto set = [&](const char* name, const json::value& value) {
        out[name] = yaml_text(value);
    };
    set("id", json::string(from.request.run_id));
    set("initialized", from.request.now_us);
    set("cmd", array_of(from.command.words));
    set("flags", protocol::to_json(from.flags.all));
    set("user_flags", protocol::to_json(from.flags.user));
    set("run_params", run_params(from.request));
    set("op", frozen_operation(from));
    set("plugins", json::array());
    set("random_seed", from.request.command.random_seed.value_or(
                           static_cast<std::int64_t>(std::random_device{}())));
    if (!from.request.command.comment.empty()) {
        set("comments", first_comment(from.request));
    }
    if (!from.label.empty()) {
        set("label", json::string(from.label));
    }
    std::vector<std::string> tags; // in the order in which they were typed
    for (const auto* given : {&from.request.command.tags, &from.op.tags}) {
        for (const auto& tag : *given) {
            if (std::ranges::find(tags, tag) == tags.end()) {
                tags.push_back(tag);
            }
        }
    }
    if (!tags.empty()) {
        set("tags", array_of(tags));
    }
    if (!from.op.run_attrs.empty()) {
        set("opdef_attrs", from.op.run_attrs);
    }
    set("sourcecode_digest", from.sourcecode_digest
                                 ? json::value(json::string(*from.sourcecode_digest))
                                 : json::value(nullptr));
    if (from.vcs_commit) {
        set("vcs_commit", json::string(*from.vcs_commit));
    }
    return out;
}

std::vector<std::string> drop_reserved_attributes(json::object& attributes) {
    std::vector<std::string> out;
    json::object kept;
    for (const auto& member : attributes) {
        if (std::ranges::find(reserved, std::string_view(member.key())) == std::end(reserved)) {
            kept.emplace(member.key(), member.value());
            continue;
        }
        out.push_back("Invalid run attribute '" + std::string(member.key()) +
                      "' (reserved attribute) - ignoring");
    }
    attributes = std::move(kept);
    return out;
}

} // namespace outrider
