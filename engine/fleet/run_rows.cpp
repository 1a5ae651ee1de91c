#include "engine/fleet/run_rows.hpp"

#include "engine/project/attribute_value.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_status.hpp"

#include <filesystem>
#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

std::optional<std::int64_t> integer(const json::value& value) {
    return value.is_int64() ? std::optional(value.get_int64()) : std::nullopt;
}

std::string text(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : std::string();
}

std::vector<std::string> texts(const json::value& value) {
    std::vector<std::string> out;
    if (const auto* items = value.if_array()) {
        for (const auto& item : *items) {
            out.push_back(text(item));
        }
    }
    return out;
}

// Only runs of these kinds belong to a directory of a person's project.
std::string project_directory(const opref& of) {
    if (of.pkg_type == "guildfile") {
        return std::filesystem::path(of.pkg_name).parent_path().string();
    }
    static const std::set<std::string> directories{"script", "import"};
    return directories.contains(of.pkg_type) ? of.pkg_name : std::string();
}

} // namespace

std::vector<std::string> row_attributes() {
    return {"started", "stopped", "exit_status", "label", "tags", "marked"};
}

run_row row_of(const protocol::run_facts& facts) {
    run_row row;
    row.id = facts.id;
    row.directory = facts.directory;
    if (const auto of = parse_opref(facts.opref)) {
        row.operation = operation_text(*of);
        row.project_directory = project_directory(*of);
    } else {
        row.operation = "?";
    }
    const auto status = status_of(facts);
    row.state = status.state;
    row.remote = status.remote;
    row.exit_status = status.exit_status;
    row.reason = status.reason;
    row.started_us = integer(attribute_value(facts, "started"));
    row.stopped_us = integer(attribute_value(facts, "stopped"));
    row.label = text(attribute_value(facts, "label"));
    row.tags = texts(attribute_value(facts, "tags"));
    row.marked = attribute_value(facts, "marked") == json::value(true);
    if (facts.job) {
        row.job = facts.job->id;
        row.node = facts.job->node;
    }
    row.pid = row.state == run_state::running ? facts.operation_pid : 0;
    return row;
}

} // namespace outrider
