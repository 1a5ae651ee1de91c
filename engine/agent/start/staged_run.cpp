#include "engine/agent/start/staged_run.hpp"

#include "engine/runs/small_file.hpp"
#include "engine/text/shell_words.hpp"

#include <algorithm>
#include <cctype>

namespace outrider::agent {
namespace {

// A shell would refuse any other name, and with it the whole file.
bool is_variable_name(const std::string& name) {
    const auto good = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
           std::ranges::all_of(name, good);
}

} // namespace

std::string exports_text(const environment_map& environment) {
    std::string out;
    for (const auto& [name, value] : environment) {
        if (name != "PWD" && name != "_" && is_variable_name(name)) {
            out += "export " + name + "=" + (value.empty() ? "" : shell_quote(value)) + "\n";
        }
    }
    return out;
}

result<> mark_staged(const run_paths& run, const environment_map& environment) {
    if (auto written =
            replace_secret_file(run.exports(), run.temporary("ENV"), exports_text(environment));
        !written) {
        return written;
    }
    if (auto written = write_new_file(run.attribute("started"), std::to_string(now_us()) + "\n");
        !written) {
        return written;
    }
    return write_new_file(run.staged(), "");
}

result<> stage_again(const run_paths& run) {
    if (auto written = write_new_file(run.staged(), ""); !written) {
        return written;
    }
    for (const auto& path :
         {run.pending(), run.guild() / "TERMINATED.remote", run.attribute("exit_status"),
          run.attribute("stopped"), run.reason(), run.stop_request(), run.lock(), run.identity()}) {
        if (auto removed = remove_file(path); !removed) {
            return removed;
        }
    }
    return {};
}

protocol::start_run with_changes(protocol::start_run recorded,
                                 const protocol::start_staged& changes) {
    if (changes.command.empty()) {
        for (const auto& [name, value] : changes.environment) {
            recorded.environment[name] = value;
        }
    } else {
        recorded.command = changes.command;
        recorded.environment = changes.environment;
        recorded.activation = changes.activation;
        recorded.flags = changes.flags;
        recorded.operation = changes.operation;
        if (!changes.requirements.empty()) {
            recorded.requirements = changes.requirements;
            recorded.constraints = changes.constraints;
        }
    }
    recorded.home = changes.home;
    recorded.run_id = changes.run_id;
    recorded.package = changes.package;
    recorded.manifest = changes.manifest;
    recorded.source_run.clear(); // its files are there
    recorded.children = changes.children;
    recorded.attributes = changes.attributes;
    if (!changes.dependencies.empty()) {
        recorded.dependencies = changes.dependencies;
        recorded.dependency_package = changes.dependency_package;
    }
    recorded.force_deps = changes.force_deps;
    if (changes.slurm && !(changes.slurm_if_none && recorded.slurm)) {
        recorded.slurm = changes.slurm;
    }
    recorded.background = changes.background;
    recorded.trash_on_success = changes.trash_on_success.value_or(recorded.trash_on_success);
    if (changes.stop_after_ms >= 0) {
        recorded.stop_after_ms = changes.stop_after_ms;
    }
    return recorded;
}

} // namespace outrider::agent
