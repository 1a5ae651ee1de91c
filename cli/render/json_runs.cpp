#include "cli/render/json_runs.hpp"

#include "cli/render/json_value.hpp"
#include "cli/render/run_table.hpp"
#include "cli/render/times.hpp"
#include "engine/project/yaml_value.hpp"

namespace outrider::cli {
namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json_of(text);
}

json::value pid_or_null(const run_row& run) {
    return run.pid == 0 ? json::value(nullptr) : json::value(run.pid);
}

json::value duration(const run_row& run) {
    constexpr double microseconds = 1e6;
    if (!run.started_us || !run.stopped_us) {
        return nullptr;
    }
    return static_cast<double>(*run.stopped_us - *run.started_us) / microseconds;
}

std::string without_line_feed(const std::string& text) {
    return text.substr(0, text.find_last_not_of('\n') + 1);
}

// Values of flags stand in events as YAML on one line.
json::object by_name(const std::vector<flag_shown>& flags) {
    json::object out;
    for (const auto& flag : flags) {
        auto value = read_yaml(flag.value, flag.name);
        out.emplace(valid_utf8(flag.name), value ? std::move(*value) : json_of(flag.value));
    }
    return out;
}

// What Guild's `runs --json` says of every run, and after it what is ours.
json::object listed(const run_row& run) {
    json::object out;
    out["id"] = json_of(run.id);
    out["run_dir"] = json_of(run.directory);
    out["exit_status"] = json_of(run.exit_status);
    out["marked"] = run.marked;
    out["label"] = text_or_null(run.label);
    out["started"] = json_of(run.started_us);
    out["status"] = json_of(run.state);
    out["stopped"] = json_of(run.stopped_us);
    out["tags"] = json_of(run.tags);
    out["index"] = run.index == 0 ? json::value(nullptr) : json::value(run.index);
    out["operation"] = json_of(run.operation);
    out["project_dir"] = text_or_null(run.project_directory);
    out["remote"] = text_or_null(run.remote);
    out["reason"] = text_or_null(run.reason);
    out["pid"] = pid_or_null(run);
    out["duration"] = duration(run);
    return out;
}

// As `info` shows it: words that are empty or hold a space stand in double quotes.
std::string command_text(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        const bool quoted = word.empty() || word.find(' ') != std::string::npos;
        text += (text.empty() ? "" : " ") + (quoted ? "\"" + word + "\"" : word);
    }
    return text;
}

json::object scalars_by_tag(const std::vector<scalar_summary>& scalars) {
    json::object out;
    for (const auto& scalar : scalars) {
        out.emplace(valid_utf8(scalar.tag), json_of(scalar));
    }
    return out;
}

json::object manifest(const run_detail& run) {
    json::object out;
    out["dependencies"] = json_of(run.manifest_dependencies);
    out["sourcecode"] = json_of(run.manifest_sourcecode);
    return out;
}

void add_sections(json::object& out, const run_detail& run) {
    out["tags"] = json_of(run.row.tags);
    out["flags"] = by_name(run.flags);
    if (!run.batch.empty() || !run.proto_flags.empty()) {
        out["proto-flags"] = by_name(run.proto_flags);
    }
    out["scalars"] = scalars_by_tag(run.scalars);
    out["attributes"] = json_of(run.attributes);
    out["comments"] = json_of(run.comments);
    out["environment"] = json_of(run.environment);
    out["manifest"] = manifest(run);
    out["dependencies"] = json_of(run.dependencies);
    out["plugins"] = json_of(run.plugins);
}

} // namespace

json::object json_of(const run_row& run) {
    return listed(run);
}

json::object json_of(const run_comment& comment) {
    json::object out;
    out["body"] = json_of(comment.body);
    out["host"] = json_of(comment.host);
    out["time"] = comment.time_us;
    out["user"] = json_of(comment.user);
    return out;
}

json::object json_of(const run_detail& run) {
    json::object out = listed(run.row);
    out["opref"] = json_of(without_line_feed(run.opref));
    out["cmd"] = json_of(run.command);
    out["comments"] = json_of(run.comments);
    out["flags"] = by_name(run.flags);
    out["sourcecode_digest"] = text_or_null(run.sourcecode_digest);
    out["vcs_commit"] = text_or_null(run.vcs_commit);
    if (!run.batch.empty()) {
        out["batch_proto"] = json::object{{"run_dir", json_of(run.batch)}};
    }
    return out;
}

json::object info_document(const run_detail& run, bool private_attributes) {
    const run_row& row = run.row;
    json::object out;
    out["id"] = json_of(row.id);
    out["operation"] = json_of(row.operation);
    out["from"] = json_of(run.from);
    out["status"] = json_of(status_text(row));
    out["started"] = local_time(row.started_us);
    out["stopped"] = local_time(row.stopped_us);
    out["marked"] = row.marked ? "yes" : "no";
    out["label"] = json_of(row.label);
    out["sourcecode_digest"] = json_of(run.sourcecode_digest);
    out["vcs_commit"] = json_of(run.vcs_commit);
    out["run_dir"] = json_of(row.directory);
    out["command"] = json_of(command_text(run.command));
    out["exit_status"] = json_of(row.exit_status);
    out["pid"] = pid_or_null(row);
    add_sections(out, run);
    out["cmd"] = json_of(run.command);
    out["started_us"] = json_of(row.started_us);
    out["stopped_us"] = json_of(row.stopped_us);
    out["duration"] = duration(row);
    out["reason"] = text_or_null(row.reason);
    out["remote"] = text_or_null(row.remote);
    if (private_attributes) {
        out["opref"] = json_of(without_line_feed(run.opref));
        out["op"] = json_of(run.op);
    }
    return out;
}

} // namespace outrider::cli
