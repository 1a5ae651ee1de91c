#include "engine/commands/comparing/comparison.hpp"

#include "engine/fleet/run_rows.hpp"
#include "engine/project/attribute_value.hpp"
#include "engine/runs/opref.hpp"
#include "engine/scalars/scalar_series.hpp"
#include "engine/text/natural_order.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::array core_columns{"run", "operation", "started", "time", "status", "label"};
/// Attributes that are no files of the run: what is known of it otherwise, or made of it.
constexpr std::array made_attributes{"id",       "run",   "short_id",  "operation", "op",
                                     "op_model", "from",  "started",   "stopped",   "status",
                                     "time",     "label", "sourcecode"};
/// Where several remotes were asked.
constexpr const char* holder_heading = "remote";

run_column attribute_column(std::string name) {
    run_column out{.kind = column_kind::attribute};
    out.heading = name;
    out.name = std::move(name);
    return out;
}

std::vector<run_column> core_of(const compare_command& how) {
    std::vector<run_column> out;
    const bool run_only = how.skip_core || !how.strict_columns.empty();
    for (const char* name : core_columns) {
        if (out.empty() || !run_only) {
            out.push_back(attribute_column(name));
        }
    }
    if (how.extra_columns && !run_only) {
        out.push_back(attribute_column("sourcecode"));
    }
    return out;
}

std::string text_of_value(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : std::string();
}

/// A value of a run in one column.
struct cell {
    json::value shown;
    json::value order; // what rows are sorted by; null: nothing
};

bool is_empty(const json::value& value) {
    return value.is_null() || (value.is_string() && value.get_string().empty());
}

cell cell_of(const run_column& column, const comparable_run& run) {
    cell out;
    if (column.kind == column_kind::flag) {
        const auto* found = run.flags.if_contains(column.name);
        out.shown = found == nullptr ? json::value(nullptr) : *found;
    } else {
        out.shown = shown_value(column, run.detail, run.facts);
    }
    // A time of ten hours is longer than one of nine, and no number is not the greatest.
    const bool made = column.kind == column_kind::scalar ||
                      (column.kind == column_kind::attribute && column.name == "time");
    out.order = made ? value_in(column, run.detail) : out.shown;
    return out;
}

/// The table while it is made.
class comparison_table_maker {
  public:
    void add(const comparable_run& run, const std::vector<run_column>& core,
             const std::vector<run_column>& added, bool with_operation) {
        auto& row = rows_.emplace_back();
        row.made.id = run.detail.row.id;
        row.made.held_by = run.detail.row.held_by;
        row.made.marked = run.detail.row.marked;
        row.place = rows_.size();
        put(row, run, core);
        if (with_operation) {
            put(row, run, run.columns);
        }
        put(row, run, added);
    }

    // Headings stand in the order of their groups, whoever has them.
    void add_headings(const std::vector<run_column>& columns) {
        for (const auto& each : columns) {
            add_heading(each.heading);
        }
    }
    void add_heading(const std::string& heading) {
        if (known_.insert(heading).second) {
            headings_.push_back(heading);
        }
    }

    void drop_unchanged() {
        if (rows_.size() < 2) {
            return;
        }
        std::erase_if(headings_, [&](const std::string& heading) {
            const json::value first = value(rows_.front(), heading);
            return std::ranges::all_of(
                rows_, [&](const row& each) { return value(each, heading) == first; });
        });
    }

    void sort(const std::string& heading, bool greatest) {
        const auto order = [&](const row& each) -> const json::value& {
            static const json::value none;
            const auto found = each.order.find(heading);
            return found == each.order.end() ? none : found->second;
        };
        std::ranges::sort(rows_, [&](const row& left, const row& right) {
            const auto& a = order(left);
            const auto& b = order(right);
            if (is_empty(a) != is_empty(b)) {
                return is_empty(b); // last, either way
            }
            if (column_less(a, b) != column_less(b, a)) {
                return column_less(a, b) != greatest;
            }
            return left.place < right.place;
        });
    }

    runs_compared take(std::int64_t limit) {
        if (limit > 0 && rows_.size() > static_cast<std::size_t>(limit)) {
            rows_.resize(static_cast<std::size_t>(limit));
        }
        runs_compared out{.columns = std::move(headings_)};
        for (auto& each : rows_) {
            out.rows.push_back(std::move(each.made));
            if (!out.rows.back().held_by.empty()) {
                out.rows.back().values[holder_heading] = json::string(out.rows.back().held_by);
            }
        }
        return out;
    }

  private:
    struct row {
        run_compared made;
        std::map<std::string, json::value> order;
        std::size_t place = 0; // in the listing
    };

    static json::value value(const row& of, const std::string& heading) {
        const auto found = of.made.values.find(heading);
        return found == of.made.values.end() ? json::value(nullptr) : found->second;
    }

    // Of the columns of one heading the first that has something counts; what a later group has
    // takes the place of what an earlier one has.
    static void put(row& into, const comparable_run& run, const std::vector<run_column>& columns) {
        std::set<std::string_view> done;
        for (const auto& column : columns) {
            if (done.contains(column.heading)) {
                continue;
            }
            auto found = cell_of(column, run);
            if (!is_empty(found.shown)) {
                done.insert(column.heading);
                into.made.values[column.heading] = std::move(found.shown);
                into.order[column.heading] = std::move(found.order);
            }
        }
    }

    std::vector<std::string> headings_;
    std::set<std::string> known_;
    std::vector<row> rows_;
};

} // namespace

comparable_run comparable_run::of(protocol::run_facts facts) {
    comparable_run out;
    out.detail.row = row_of(facts);
    out.detail.opref = facts.opref;
    if (const auto of = parse_opref(facts.opref)) {
        out.detail.from = of->pkg_name;
    }
    out.detail.sourcecode_digest = text_of_value(attribute_value(facts, "sourcecode_digest"));
    auto flags = attribute_value(facts, "flags");
    if (auto* members = flags.if_object()) {
        out.flags = std::move(*members);
    }
    out.facts = std::move(facts);
    return out;
}

void comparable_run::add(protocol::run_scalars logged) {
    detail.scalars = std::move(logged.scalars);
    detail.attributes = std::move(logged.attributes);
    // A batch is called after the operation that it makes variants of.
    const auto of = parse_opref(logged.proto);
    if (of && !detail.row.operation.starts_with(operation_text(*of) + "+")) {
        const auto own = std::move(detail.row.operation);
        detail.row.operation = operation_text(*of) + (own.starts_with('+') ? "" : "+") + own;
    }
}

std::vector<std::string> comparison_attributes() {
    auto out = row_attributes();
    for (const char* name : {"flags", "sourcecode_digest", "compare", "opdef_attrs"}) {
        out.emplace_back(name);
    }
    return out;
}

std::set<std::string> attributes_in(const std::vector<run_column>& columns) {
    std::set<std::string> out;
    for (const auto& each : columns) {
        if (each.kind == column_kind::attribute &&
            std::ranges::find(made_attributes, each.name) == made_attributes.end()) {
            out.insert(each.name);
        }
    }
    return out;
}

std::vector<run_column> usual_columns(const comparable_run& run, bool all_scalars) {
    std::vector<run_column> out;
    for (const auto& flag : run.flags) {
        const std::string name(flag.key());
        out.push_back({.kind = column_kind::flag, .name = name, .heading = name});
    }
    std::ranges::sort(out, natural_less, &run_column::name);
    for (const auto& [name, value] : run.detail.attributes) {
        out.push_back(attribute_column(name));
    }
    std::vector<std::string> tags;
    for (const auto& scalar : run.detail.scalars) {
        if (all_scalars || is_shown_by_default(scalar.tag)) {
            tags.emplace_back(name_of_scalar(scalar.tag).tag);
        }
    }
    std::ranges::sort(tags, natural_less);
    tags.erase(std::ranges::unique(tags).begin(), tags.end());
    if (tags.empty()) {
        return out;
    }
    const auto loss = std::ranges::find(tags, "loss");
    out.push_back(
        {.name = loss != tags.end() ? *loss : tags.front(), .step = true, .heading = "step"});
    for (auto& tag : tags) {
        out.push_back({.name = tag, .heading = tag});
    }
    return out;
}

runs_compared comparison_of(const std::vector<comparable_run>& runs,
                            const std::vector<run_column>& added, const compare_command& how) {
    if (runs.empty()) {
        return {};
    }
    const auto core = core_of(how);
    const bool with_operation = !how.skip_operation && how.strict_columns.empty();
    comparison_table_maker made;
    made.add_heading(core.front().heading);
    if (std::ranges::any_of(
            runs, [](const comparable_run& each) { return !each.detail.row.held_by.empty(); })) {
        made.add_heading(holder_heading);
    }
    made.add_headings(core);
    for (const auto& run : runs) {
        if (with_operation) {
            made.add_headings(run.columns);
        }
        made.add(run, core, added, with_operation);
    }
    made.add_headings(added);
    if (how.skip_unchanged) {
        made.drop_unchanged();
    }
    if (!how.min.empty() || !how.max.empty()) {
        made.sort(how.min.empty() ? how.max : how.min, how.min.empty());
    }
    return made.take(how.limit);
}

} // namespace outrider
