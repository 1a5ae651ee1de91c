#include "engine/commands/run_rows.hpp"

#include "engine/project/yaml_value.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_status.hpp"

#include <filesystem>
#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

// An attribute that cannot be read counts as not set, as in Guild.
json::value attribute(const protocol::run_facts& facts, const char* name) {
    const auto found = facts.attributes.find(name);
    if (found == facts.attributes.end()) {
        return nullptr;
    }
    auto value = read_yaml(found->second, name);
    return value ? std::move(*value) : json::value(nullptr);
}

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
    row.started_us = integer(attribute(facts, "started"));
    row.stopped_us = integer(attribute(facts, "stopped"));
    row.label = text(attribute(facts, "label"));
    row.tags = texts(attribute(facts, "tags"));
    row.marked = attribute(facts, "marked") == json::value(true);
    row.pid = row.state == run_state::running ? facts.operation_pid : 0;
    return row;
}

} // namespace outrider
