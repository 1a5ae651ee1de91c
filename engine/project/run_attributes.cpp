#include "engine/project/run_attributes.hpp"

#include "engine/runs/yaml_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <random>

namespace outrider {
namespace {

namespace json = boost::json;

json::object object_of(const flag_map& flags) {
    json::object out;
    for (const auto& [name, value] : flags) {
        out.emplace(name, value);
    }
    return out;
}

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

json::value member_or_null(const json::object& data, const char* name) {
    const auto* found = data.if_contains(name);
    return found != nullptr ? *found : json::value(nullptr);
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
    return out;
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
        if (flag.arg_split) {
            settings["arg-split"] = *flag.arg_split;
        }
        if (!flag.env_name.empty()) {
            settings["env-name"] = json::string(flag.env_name);
        }
        out.emplace(flag.name, std::move(settings));
    }
    return out;
}

json::object frozen_operation(const attribute_sources& from) {
    json::object environment;
    for (const auto& [name, value] : from.frozen_environment) {
        environment.emplace(name, json::string(value));
    }
    json::object command{{"cmd-args", array_of(from.command.template_)},
                         {"cmd-env", std::move(environment)},
                         {"cmd-flags", command_flags(from.op)},
                         {"flags-dest", text_or_null(from.op.flags_dest)}};
    json::object sourcecode{{"dest", json::string(from.op.sourcecode.dest)}};
    if (!from.op.sourcecode.root.empty()) {
        sourcecode["root"] = json::string(from.op.sourcecode.root);
    }
    return {{"delete-on-success", false},
            {"deps", json::array()},
            {"flag-null-labels", json::object()},
            {"flags-extra", json::object()},
            {"label-template", text_or_null(from.op.label)},
            {"op-cmd", std::move(command)},
            {"output-attrs", member_or_null(from.op.data, "output-attrs")},
            {"output-scalars", member_or_null(from.op.data, "output-scalars")},
            {"python-requires", member_or_null(from.op.data, "python-requires")},
            {"sourcecode", std::move(sourcecode)}};
}

} // namespace

std::map<std::string, std::string> make_attributes(const attribute_sources& from) {
    std::map<std::string, std::string> out;
    const auto set = [&](const char* name, const json::value& value) {
        out[name] = yaml_text(value);
    };
    set("id", json::string(from.request.run_id));
    set("initialized", from.request.now_us);
    set("cmd", array_of(from.command.words));
    set("flags", object_of(from.flags.all));
    set("user_flags", object_of(from.flags.user));
    set("run_params", run_params(from.request));
    set("op", frozen_operation(from));
    set("plugins", json::array());
    set("random_seed", static_cast<std::int64_t>(std::random_device{}()));
    if (!from.label.empty()) {
        set("label", json::string(from.label));
    }
    if (!from.request.command.tags.empty()) {
        std::vector<std::string> tags = from.request.command.tags;
        std::ranges::sort(tags);
        tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
        set("tags", array_of(tags));
    }
    set("sourcecode_digest", from.sourcecode_digest
                                 ? json::value(json::string(*from.sourcecode_digest))
                                 : json::value(nullptr));
    if (from.vcs_commit) {
        set("vcs_commit", json::string(*from.vcs_commit));
    }
    return out;
}

} // namespace outrider
