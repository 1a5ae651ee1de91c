#include "engine/commands/choosing/run_columns.hpp"

#include "engine/json/described_json.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/scalars/scalar_series.hpp"
#include "engine/text/yaml_value.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

namespace outrider {
namespace {

namespace json = boost::json;

json::value number(double value) {
    return std::isnan(value) ? json::value(nullptr) : json::value(value);
}

// The value of a scalar, unless the column is about a step or a count.
std::optional<double> scalar_number(const run_column& column, const run_detail& run) {
    const auto* found = find_scalar(run.scalars, column.name);
    return found == nullptr || column.step || column.part == scalar_part::count
               ? std::nullopt
               : std::optional(part_of(*found, column.part));
}

json::value scalar_value(const run_column& column, const run_detail& run) {
    const auto* found = find_scalar(run.scalars, column.name);
    if (found == nullptr) {
        return nullptr;
    }
    if (column.step) {
        const auto step = step_of(*found, column.part);
        return step ? json::value(*step) : json::value(nullptr);
    }
    const auto value = scalar_number(column, run);
    return value ? number(*value) : json::value(found->count);
}

json::value flag_value(const std::string& name, const run_detail& run) {
    const auto found = std::ranges::find(run.flags, name, &flag_shown::name);
    if (found == run.flags.end()) {
        return nullptr;
    }
    auto value = read_yaml(found->value, name);
    return value ? std::move(*value) : json::value(json::string(found->value));
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

json::value attribute_value(const std::string& name, const run_detail& run) {
    const auto& row = run.row;
    const auto time = [](const std::optional<std::int64_t>& value) {
        return value ? json::value(*value) : json::value(nullptr);
    };
    if (name == "started" || name == "stopped") {
        return time(name == "started" ? row.started_us : row.stopped_us);
    }
    if (name == "duration" || name == "time") {
        return row.started_us && row.stopped_us
                   ? json::value(static_cast<double>(*row.stopped_us - *row.started_us) / 1e6)
                   : json::value(nullptr);
    }
    if (name == "exit_status") {
        return time(row.exit_status);
    }
    if (name == "marked") {
        return row.marked;
    }
    const std::pair<const char*, const std::string&> texts[] = {
        {"id", row.id},
        {"run", row.id},
        {"operation", row.operation},
        {"op", row.operation},
        {"label", row.label},
        {"sourcecode_digest", run.sourcecode_digest},
        {"sourcecode", run.sourcecode_digest},
        {"vcs_commit", run.vcs_commit},
        {"from", run.from}};
    for (const auto& [each, text] : texts) {
        if (name == each) {
            return text_or_null(text);
        }
    }
    if (name == "status") {
        return json::string(boost::describe::enum_to_string(row.state, "error"));
    }
    return nullptr;
}

bool is_number(const json::value& value) {
    return value.is_number() || value.is_bool();
}

double as_number(const json::value& value) {
    return value.is_bool() ? static_cast<double>(value.get_bool()) : value.to_number<double>();
}

std::string local_time(const std::optional<std::int64_t>& microseconds) {
    if (!microseconds) {
        return {};
    }
    const auto seconds = static_cast<std::time_t>(*microseconds / 1'000'000);
    std::tm split{};
    if (::localtime_r(&seconds, &split) == nullptr) {
        return {};
    }
    char text[64];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &split)};
}

std::string with_home_as_tilde(const std::string& path, const std::string& home) {
    const bool below = home.size() > 1 && path.starts_with(home + "/");
    return below ? "~" + path.substr(home.size()) : path;
}

std::string status_text(const run_row& row) {
    const std::string state = boost::describe::enum_to_string(row.state, "error");
    return row.remote.empty() ? state : state + " (" + row.remote + ")";
}

std::string joined(const std::vector<std::string>& words, const char* separator, bool quoted) {
    std::string out;
    for (const auto& word : words) {
        const bool quote = quoted && (word.empty() || word.find(' ') != std::string::npos);
        out += (out.empty() ? "" : separator) + (quote ? "\"" + word + "\"" : word);
    }
    return out;
}

std::optional<std::string> formatted_attribute(const run_detail& run, const std::string& name,
                                               const std::string& user_home) {
    const auto& row = run.row;
    const std::pair<const char*, std::string> lines[] = {
        {"id", row.id},
        {"short_id", row.id.substr(0, 8)},
        {"operation", row.operation},
        {"from", with_home_as_tilde(run.from, user_home)},
        {"status", status_text(row)},
        {"started", local_time(row.started_us)},
        {"stopped", local_time(row.stopped_us)},
        {"marked", row.marked ? "yes" : "no"},
        {"label", row.label},
        {"sourcecode_digest", run.sourcecode_digest},
        {"vcs_commit", run.vcs_commit},
        {"run_dir", with_home_as_tilde(row.directory, user_home)},
        {"command", joined(run.command, " ", true)},
        {"exit_status", row.exit_status ? std::to_string(*row.exit_status) : std::string()},
        {"pid", row.pid == 0 ? std::string() : std::to_string(row.pid)},
    };
    for (const auto& [each, text] : lines) {
        if (name == each) {
            return text;
        }
    }
    return std::nullopt;
}

constexpr std::size_t shown_digits = 8; // of an id, of a digest

// "1:02:03": how long it has run, or ran.
std::string duration_text(const run_row& row) {
    const bool running = row.state == run_state::running;
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    const auto until = row.stopped_us ? row.stopped_us
                       : running      ? std::optional<std::int64_t>(now)
                                      : std::nullopt;
    if (!row.started_us || !until) {
        return {};
    }
    const auto seconds = std::max<std::int64_t>(*until - *row.started_us, 0) / 1'000'000;
    const auto two_digits = [](std::int64_t value) {
        return (value < 10 ? ":0" : ":") + std::to_string(value);
    };
    return std::to_string(seconds / 3600) + two_digits(seconds / 60 % 60) +
           two_digits(seconds % 60);
}

// An attribute as it is recorded; nothing if the run has none of that name.
json::value recorded_attribute(const std::string& name, const protocol::run_facts& facts) {
    const auto found = facts.attributes.find(name);
    if (found == facts.attributes.end()) {
        return nullptr;
    }
    auto value = read_yaml(found->second, name);
    return value ? std::move(*value) : json::value(json::string(found->second));
}

json::value declared_attribute(const std::string& name, const protocol::run_facts& facts) {
    const auto declared = recorded_attribute("opdef_attrs", facts);
    const auto* members = declared.if_object();
    const auto* found = members == nullptr ? nullptr : members->if_contains(name);
    return found == nullptr ? json::value(nullptr) : *found;
}

json::value shown_attribute(const std::string& name, const run_detail& run,
                            const protocol::run_facts& facts) {
    const auto& row = run.row;
    const auto of = parse_opref(run.opref);
    const std::pair<const char*, std::string> texts[] = {
        {"id", row.id},
        {"run", row.id.substr(0, shown_digits)},
        {"short_id", row.id.substr(0, shown_digits)},
        {"operation", row.operation},
        {"op", of ? of->op : std::string()},
        {"op_model", of ? of->model : std::string()},
        {"from", run.from},
        {"started", local_time(row.started_us)},
        {"stopped", local_time(row.stopped_us)},
        {"status", status_text(row)},
        {"time", duration_text(row)},
        {"label", row.label},
        {"sourcecode", run.sourcecode_digest.substr(0, shown_digits)}};
    for (const auto& [each, text] : texts) {
        if (name == each) {
            return text_or_null(text);
        }
    }
    if (auto declared = declared_attribute(name, facts); !declared.is_null()) {
        return declared;
    }
    if (const auto logged = run.attributes.find(name); logged != run.attributes.end()) {
        auto value = read_yaml(logged->second, name);
        return value ? std::move(*value) : json::value(json::string(logged->second));
    }
    return recorded_attribute(name, facts);
}

} // namespace

json::value value_in(const run_column& column, const run_detail& run) {
    switch (column.kind) {
    case column_kind::flag:
        return flag_value(column.name, run);
    case column_kind::attribute:
        return attribute_value(column.name, run);
    case column_kind::scalar:
        break;
    }
    return scalar_value(column, run);
}

json::value shown_value(const run_column& column, const run_detail& run,
                        const protocol::run_facts& facts) {
    if (column.kind == column_kind::attribute) {
        return shown_attribute(column.name, run, facts);
    }
    if (column.kind == column_kind::scalar) {
        const auto exact = scalar_number(column, run);
        return exact && !std::isfinite(*exact) ? protocol::to_json(*exact)
                                               : scalar_value(column, run);
    }
    return flag_value(column.name, run);
}

bool column_less(const json::value& left, const json::value& right) {
    if (is_number(left) && is_number(right)) {
        return as_number(left) < as_number(right);
    }
    if (is_number(left) || is_number(right)) {
        return is_number(left);
    }
    return left.is_string() && right.is_string() && left.get_string() < right.get_string();
}

std::optional<std::string> attribute_text(const run_detail& run, const protocol::run_facts& facts,
                                          const std::string& name, const std::string& user_home) {
    if (auto text = formatted_attribute(run, name, user_home)) {
        return text;
    }
    if (name == "op_name" || name == "op_model") {
        const auto ref = parse_opref(facts.opref);
        return !ref ? std::nullopt : std::optional(name == "op_name" ? ref->op : ref->model);
    }
    const auto found = facts.attributes.find(name);
    if (found == facts.attributes.end()) {
        return std::nullopt;
    }
    std::string text = found->second;
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    return text;
}

} // namespace outrider
