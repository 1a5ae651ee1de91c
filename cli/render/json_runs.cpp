#include "cli/render/json_runs.hpp"

#include "cli/render/json_value.hpp"
#include "cli/render/run_info.hpp"

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
    if (!run.held_by.empty()) {
        out["held_by"] = json_of(run.held_by);
    }
    if (!run.job.empty()) {
        out["job"] = json_of(run.job);
        out["node"] = text_or_null(run.node);
    }
    out["pid"] = pid_or_null(run);
    out["duration"] = duration(run);
    return out;
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
    out["flags"] = flags_json(run.flags);
    out["sourcecode_digest"] = text_or_null(run.sourcecode_digest);
    out["vcs_commit"] = text_or_null(run.vcs_commit);
    if (!run.batch.empty()) {
        out["batch_proto"] = json::object{{"run_dir", json_of(run.batch)}};
    }
    return out;
}

json::object info_extras(const run_detail& run) {
    json::object out;
    out["cmd"] = json_of(run.command);
    out["started_us"] = json_of(run.row.started_us);
    out["stopped_us"] = json_of(run.row.stopped_us);
    out["duration"] = duration(run.row);
    out["remote"] = text_or_null(run.row.remote);
    return out;
}

} // namespace outrider::cli
