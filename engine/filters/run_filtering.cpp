#include "engine/filters/run_filtering.hpp"

#include "engine/project/attribute_value.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

bool contains_anyhow(std::string_view whole, std::string_view part) {
    const auto same = [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
    };
    return !std::ranges::search(whole, part, same).empty() || part.empty();
}

bool comment_matches(const json::value& comments, const std::string& text) {
    const auto* list = comments.if_array();
    if (text == "-") {
        return list == nullptr || list->empty();
    }
    const auto in = [&](const json::value& comment) {
        const auto* members = comment.if_object();
        for (const char* name : {"body", "user", "host"}) {
            const auto* value = members != nullptr ? members->if_contains(name) : nullptr;
            if (value != nullptr && value->is_string() &&
                contains_anyhow(value->get_string(), text)) {
                return true;
            }
        }
        return false;
    };
    return list != nullptr && std::ranges::any_of(*list, in);
}

bool label_matches(const std::string& label, const std::string& text) {
    return text == "-" ? label.empty() : label.find(text) != label.npos;
}

// What a listing says of a run stands before the attribute of that name.
json::value named_value(const filtered_run& run, const std::string& name) {
    if (name == "id") {
        return json::value(run.row.id);
    }
    if (name == "short_id" || name == "run") {
        constexpr std::size_t short_id = 8;
        return json::value(run.row.id.substr(0, short_id));
    }
    if (name == "run_dir") {
        return json::value(run.row.directory);
    }
    if (name == "operation" || name == "op") {
        return json::value(run.row.operation);
    }
    if (name == "status") {
        return json::value(boost::describe::enum_to_string(run.row.state, ""));
    }
    if (name == "marked") {
        return run.row.marked;
    }
    return attribute_value(run.facts, name);
}

json::value flag_value(const filtered_run& run, const std::string& name) {
    const auto flags = attribute_value(run.facts, "flags");
    const auto* members = flags.if_object();
    const auto* value = members != nullptr ? members->if_contains(name) : nullptr;
    return value != nullptr ? *value : json::value(nullptr);
}

json::value scalar_value(const filtered_run& run, const std::string& name) {
    const auto* found = find_scalar(run.scalars, name);
    return found != nullptr ? json::value(found->last) : json::value(nullptr);
}

json::value value_of(const filtered_run& run, const value_name& name) {
    json::value found;
    if (name.scope == value_scope::any || name.scope == value_scope::attribute) {
        found = named_value(run, name.name);
    }
    if (found.is_null() && (name.scope == value_scope::any || name.scope == value_scope::flag)) {
        found = flag_value(run, name.name);
    }
    if (found.is_null() && (name.scope == value_scope::any || name.scope == value_scope::scalar)) {
        found = scalar_value(run, name.name);
    }
    return found;
}

template <class Texts, class Matches>
bool any_matches(const Texts& texts, const Matches& matches) {
    return texts.empty() || std::ranges::any_of(texts, matches);
}

} // namespace

result<run_filtering> run_filtering::parse(const run_filter& filter, std::int64_t now_us) {
    // The words of Guild 0.9.
    if (filter.unlabeled && !filter.labels.empty()) {
        return failure(errc::bad_input, "--label and --unlabeled cannot both be used");
    }
    if (filter.marked && filter.unmarked) {
        return failure(errc::bad_input, "--marked and --unmarked cannot both be used");
    }
    run_filtering out;
    out.filter_ = filter;
    for (const auto& text : filter.expressions) {
        if (text.empty()) {
            continue; // means all runs, as no option does
        }
        auto read = filter_expression::parse(text);
        if (!read) {
            return read.error();
        }
        out.expressions_.push_back(std::move(*read));
    }
    for (const auto& text : filter.operations) {
        auto read = operation_pattern::parse(text);
        if (!read) {
            return read.error();
        }
        out.operations_.push_back(std::move(*read));
    }
    if (!filter.started.empty()) {
        auto read = parse_time_range(filter.started, now_us);
        if (!read) {
            return read.error();
        }
        out.started_ = *read;
    }
    return out;
}

bool run_filtering::empty() const {
    return filter_ == run_filter{};
}

std::vector<std::string> run_filtering::attributes() const {
    std::set<std::string> out;
    if (!filter_.comments.empty()) {
        out.insert("comments");
    }
    if (!filter_.digest.empty()) {
        out.insert("sourcecode_digest");
    }
    for (const auto& expression : expressions_) {
        for (const auto& name : expression.names()) {
            if (name.scope == value_scope::any || name.scope == value_scope::flag) {
                out.insert("flags");
            }
            const bool attribute =
                name.scope == value_scope::any || name.scope == value_scope::attribute;
            if (attribute && is_safe_name(name.name)) {
                out.insert(name.name);
            }
        }
    }
    return {out.begin(), out.end()};
}

bool run_filtering::keeps(const filtered_run& run) const {
    const run_row& row = run.row;
    const auto has_state = [&](const run_state state) { return state == row.state; };
    if (!any_matches(filter_.states, has_state) ||
        std::ranges::any_of(filter_.not_states, has_state) ||
        (filter_.unlabeled && !row.label.empty()) || (filter_.marked && !row.marked) ||
        (filter_.unmarked && row.marked)) {
        return false;
    }
    if (!operations_.empty()) {
        const auto ref = parse_opref(run.facts.opref);
        if (!ref ||
            !any_matches(operations_, [&](const auto& pattern) { return pattern.matches(*ref); })) {
            return false;
        }
    }
    if (started_ && !(row.started_us && started_->contains(*row.started_us))) {
        return false;
    }
    const auto has_tag = [&](const std::string& tag) {
        return std::ranges::find(row.tags, tag) != row.tags.end();
    };
    const auto has_label = [&](const std::string& text) { return label_matches(row.label, text); };
    if (!any_matches(filter_.tags, has_tag) || !any_matches(filter_.labels, has_label)) {
        return false;
    }
    if (!filter_.comments.empty()) {
        const auto comments = attribute_value(run.facts, "comments");
        if (!any_matches(filter_.comments, [&](const std::string& text) {
                return comment_matches(comments, text);
            })) {
            return false;
        }
    }
    if (filter_.digest.empty()) {
        return true;
    }
    const auto digest = attribute_value(run.facts, "sourcecode_digest");
    return digest.is_string() && std::string_view(digest.get_string()).starts_with(filter_.digest);
}

bool run_filtering::needs_scalars(const filtered_run& run) const {
    for (const auto& expression : expressions_) {
        for (const auto& name : expression.names()) {
            if (name.scope == value_scope::scalar ||
                (name.scope == value_scope::any && value_of(run, name).is_null())) {
                return true;
            }
        }
    }
    return false;
}

bool run_filtering::expressions_hold(const filtered_run& run) const {
    return std::ranges::all_of(expressions_, [&](const filter_expression& expression) {
        return expression.holds([&](const value_name& name) { return value_of(run, name); });
    });
}

} // namespace outrider
