#include "cli/render/run_info.hpp"

#include "cli/render/paths.hpp"
#include "cli/render/run_table.hpp"
#include "cli/render/times.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdio>

namespace outrider::cli {
namespace {

namespace json = boost::json;

// What runs recorded must not move the cursor of whoever looks at it.
std::string shown(std::string text) {
    for (char& each : text) {
        const auto byte = static_cast<unsigned char>(each);
        if ((byte < 0x20 && each != '\n' && each != '\t') || byte == 0x7f) {
            each = '?';
        }
    }
    return text;
}

std::string indented(const std::string& block, std::size_t spaces) {
    std::string out;
    for (std::size_t at = 0; at < block.size();) {
        const auto end = std::min(block.find('\n', at), block.size());
        out += std::string(spaces, ' ') + block.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return out;
}

// Long texts stay on their line; short ones are quoted where YAML would read something else.
std::string value_text(const std::string& value) {
    constexpr std::size_t folded_beyond = 60;
    const bool one_line = value.find('\n') == std::string::npos;
    return one_line && value.size() > folded_beyond ? value : yaml_flow(json::string(value));
}

std::string list_text(const char* title, const std::vector<std::string>& items) {
    std::string out = std::string("  ") + title + ":\n";
    for (const auto& item : items) {
        out += "    - " + item + "\n";
    }
    return out;
}

// The value of a flag as it stands after its name: on the line, or as lines below it.
std::string member_text(const flag_shown& flag) {
    const auto value = read_yaml(flag.value, "flag");
    const auto* list = value ? value->if_array() : nullptr;
    const auto* mapping = value ? value->if_object() : nullptr;
    if (list != nullptr && !list->empty()) {
        std::string out = "\n";
        for (const auto& item : *list) {
            out += "    - " + yaml_flow(item) + "\n";
        }
        return out;
    }
    if (mapping != nullptr && !mapping->empty() && !big_integer_digits(*value)) {
        return "\n" + indented(yaml_text(*value), 4);
    }
    return " " + flag.value + "\n";
}

std::string flags_text(const char* title, const std::vector<flag_shown>& flags) {
    std::string out = std::string(title) + ":\n";
    for (const auto& flag : flags) {
        out += "  " + flag.name + ":" + member_text(flag);
    }
    return out;
}

std::string scalar_value(double value, std::int64_t step) {
    char text[400]; // the greatest double has 309 digits before its point
    const int size =
        std::snprintf(text, sizeof text, "%f (step %lld)", value, static_cast<long long>(step));
    return {text, static_cast<std::size_t>(size)};
}

std::string all_values(const scalar_summary& scalar) {
    const double total = scalar.mean * static_cast<double>(scalar.count);
    return "\n    avg: " + scalar_value(scalar.mean, scalar.count) +
           "\n    first: " + scalar_value(scalar.first, scalar.first_step) +
           "\n    last: " + scalar_value(scalar.last, scalar.last_step) +
           "\n    max: " + scalar_value(scalar.greatest, scalar.greatest_step) +
           "\n    min: " + scalar_value(scalar.least, scalar.least_step) +
           "\n    total: " + scalar_value(total, scalar.count) + "\n";
}

std::string scalars_text(const std::vector<scalar_summary>& scalars, bool all) {
    std::string out = "scalars:\n";
    for (const auto& each : scalars) {
        out += "  " + each.tag + ":" +
               (all ? all_values(each) : " " + scalar_value(each.last, each.last_step) + "\n");
    }
    return out;
}

std::string comments_text(const std::vector<run_comment>& comments) {
    std::string out = "comments:\n";
    for (const auto& each : comments) {
        out += "  -\n";
        out += each.body.find('\n') == std::string::npos ? "    body: " + each.body + "\n"
                                                         : "    body: |\n" + indented(each.body, 6);
        out += "    host: " + each.host + "\n    time: " + local_time(each.time_us) +
               "\n    user: " + each.user + "\n";
    }
    return out;
}

std::string dependencies_text(const std::vector<dependency_shown>& dependencies) {
    std::string out = "dependencies:\n";
    json::object sources; // of one resource
    for (std::size_t i = 0; i < dependencies.size(); ++i) {
        const auto& each = dependencies[i];
        json::object source;
        if (!each.config.empty()) {
            source["config"] = each.config;
        }
        json::array paths;
        for (const auto& path : each.paths) {
            paths.emplace_back(path);
        }
        source["paths"] = std::move(paths);
        source["uri"] = each.uri;
        sources[each.source] = std::move(source);
        if (i + 1 == dependencies.size() || dependencies[i + 1].resource != each.resource) {
            out += "  " + each.resource + ":\n" + indented(yaml_text(sources), 4);
            sources.clear();
        }
    }
    return out;
}

std::string mapping_text(const char* title, const std::map<std::string, std::string>& members) {
    std::string out = std::string(title) + ":\n";
    for (const auto& [name, value] : members) {
        out += "  " + name + ": " + value_text(value) + "\n";
    }
    return out;
}

// What the operation logged, and what its definition says, in one list.
std::string attributes_text(const run_detail& run) {
    std::map<std::string, std::string> all;
    for (const auto& [name, value] : run.attributes) {
        all.emplace(name, value_text(value));
    }
    for (const auto& declared : run.declared_attributes) {
        all.emplace(declared.name, declared.value);
    }
    std::string out = all.empty() ? "" : "attributes:\n";
    for (const auto& [name, value] : all) {
        out += "  " + name + ": " + value + "\n";
    }
    return out;
}

} // namespace

std::string command_text(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) {
        const bool quoted = word.empty() || word.find(' ') != std::string::npos;
        out += (out.empty() ? "" : " ") + (quoted ? "\"" + word + "\"" : word);
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> run_info_lines(const run_described& described) {
    const run_detail& run = described.run;
    const auto number = [](std::optional<std::int64_t> value) {
        return value ? std::to_string(*value) : std::string();
    };
    std::vector<std::pair<std::string, std::string>> lines{
        {"id", run.row.id},
        {"operation", run.row.operation},
        {"from", contract_home(run.from, described.user_home)},
        {"status", status_text(run.row)},
        {"started", local_time(run.row.started_us)},
        {"stopped", local_time(run.row.stopped_us)},
        {"marked", run.row.marked ? "yes" : "no"},
        {"label", run.row.label},
        {"sourcecode_digest", run.sourcecode_digest},
        {"vcs_commit", run.vcs_commit},
        {"run_dir", contract_home(run.row.directory, described.user_home)},
        {"command", command_text(run.command)},
        {"exit_status", number(run.row.exit_status)},
        {"pid", run.row.pid == 0 ? std::string() : std::to_string(run.row.pid)}};
    if (!run.row.job.empty()) {
        lines.emplace_back("job", run.row.job);
        lines.emplace_back("node", run.row.node);
    }
    return lines;
}

std::string run_info_text(const run_described& described, const info_command& asked) {
    const run_detail& run = described.run;
    std::string out;
    for (const auto& [name, value] : run_info_lines(described)) {
        out += name + ": " + value + "\n";
    }
    // An exit status speaks for itself, but for why a trial was not worth going on with.
    const bool early = run.row.reason.starts_with("stopped early: ");
    if ((!run.row.exit_status || early) && !run.row.reason.empty()) {
        out += "reason: " + run.row.reason + "\n";
    }
    if (asked.private_attrs) {
        out +=
            "opref: " + run.opref.substr(0, run.opref.find('\n')) + "\nop:\n" + indented(run.op, 2);
    }
    out += "tags:\n";
    for (const auto& tag : run.row.tags) {
        out += "  - " + tag + "\n";
    }
    out += flags_text("flags", run.flags);
    if (!run.batch.empty()) {
        out += flags_text("proto-flags", run.proto_flags);
    }
    out += scalars_text(run.scalars, asked.all_scalars);
    out += attributes_text(run);
    if (asked.comments) {
        out += comments_text(run.comments);
    }
    if (asked.environment) {
        out += mapping_text("environment", run.environment);
    }
    if (asked.manifest) {
        out += "manifest:\n" + list_text("dependencies", run.manifest_dependencies) +
               list_text("sourcecode", run.manifest_sourcecode);
    }
    if (asked.dependencies) {
        out += dependencies_text(run.dependencies);
    }
    if (asked.plugins) {
        out += "plugins:\n";
        for (const auto& plugin : run.plugins) {
            out += "  - " + plugin + "\n";
        }
    }
    return shown(std::move(out));
}

} // namespace outrider::cli
