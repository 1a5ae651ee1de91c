#include "engine/commands/choosing/run_columns.hpp"

#include "engine/runs/run_status.hpp"
#include "engine/scalars/scalar_series.hpp"
#include "engine/text/yaml_value.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

namespace outrider {
namespace {

namespace json = boost::json;

struct part_name {
    std::string_view word;
    scalar_part part;
};
constexpr std::array parts{
    part_name{"first", scalar_part::first}, part_name{"last", scalar_part::last},
    part_name{"min", scalar_part::least},   part_name{"max", scalar_part::greatest},
    part_name{"avg", scalar_part::mean},    part_name{"mean", scalar_part::mean},
    part_name{"total", scalar_part::total}, part_name{"count", scalar_part::count},
};

std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> out;
    std::string word;
    for (const char each : text) {
        if (each != ' ' && each != '\t') {
            word += each;
        } else if (!word.empty()) {
            out.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) {
        out.push_back(std::move(word));
    }
    return out;
}

json::value number(double value) {
    return std::isnan(value) ? json::value(nullptr) : json::value(value);
}

json::value scalar_value(const run_column& column, const run_detail& run) {
    const auto* found = find_scalar(run.scalars, column.name);
    if (found == nullptr) {
        return nullptr;
    }
    switch (column.part) {
    case scalar_part::last:
        return column.step ? json::value(found->last_step) : number(found->last);
    case scalar_part::first:
        return column.step ? json::value(found->first_step) : number(found->first);
    case scalar_part::least:
        return column.step ? json::value(found->least_step) : number(found->least);
    case scalar_part::greatest:
        return column.step ? json::value(found->greatest_step) : number(found->greatest);
    case scalar_part::mean:
        return number(found->mean);
    case scalar_part::total:
        return number(found->mean * static_cast<double>(found->count));
    case scalar_part::count:
        break;
    }
    return found->count;
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

} // namespace

result<run_column> parse_column(std::string_view text) {
    if (text.find(',') != std::string_view::npos) {
        return failure(errc::bad_input,
                       "invalid col spec '" + std::string(text) + "': multiple cols not supported");
    }
    auto words = words_in(text);
    if (words.size() > 2 && words[words.size() - 2] == "as") {
        words.resize(words.size() - 2);
    }
    run_column out;
    const auto invalid = [&] {
        return failure(errc::bad_input, "invalid col spec '" + std::string(text) +
                                            "': expected =FLAG, .ATTRIBUTE or [first|last|min|max|"
                                            "avg|total|count] SCALAR [step]");
    };
    if (words.empty()) {
        return invalid();
    }
    const char mark = words.front().front();
    if (mark == '=' || mark == '.') {
        out.kind = mark == '=' ? column_kind::flag : column_kind::attribute;
        out.name = words.front().substr(1);
        return words.size() > 1 || out.name.empty() ? result<run_column>(invalid()) : out;
    }
    out.plain = words.size() == 1;
    const auto part = std::ranges::find(parts, words.front(), &part_name::word);
    if (words.size() > 1 && part != parts.end()) {
        out.part = part->part;
        words.erase(words.begin());
    }
    if (words.size() > 1 && words.back() == "step") {
        out.step = true;
        words.pop_back();
    }
    if (words.size() != 1) {
        return invalid();
    }
    out.name = std::move(words.front());
    return out;
}

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
