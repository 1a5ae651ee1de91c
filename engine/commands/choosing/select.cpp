#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/run_columns.hpp"
#include "engine/commands/choosing/run_details.hpp"
#include "engine/commands/choosing/run_facts.hpp"
#include "engine/commands/choosing/run_scalars.hpp"
#include "engine/commands/session/perform.hpp"

#include <algorithm>
#include <map>

namespace outrider {
namespace {

constexpr std::size_t short_id = 8; // characters

/// A run that may be selected.
struct candidate {
    protocol::run_facts facts;
    run_detail detail;
    std::size_t place = 0;    // in the listing
    boost::json::value value; // in the column that is compared
};

result<> check_options(const select_command& what) {
    const std::tuple<bool, bool, const char*, const char*> pairs[] = {
        {!what.min.empty(), !what.max.empty(), "--min", "--max"},
        {what.short_id, !what.attribute.empty(), "--short-id", "--attr"},
        {what.short_id, what.path, "--short-id", "--path"},
        {what.path, !what.attribute.empty(), "--path", "--attr"}};
    for (const auto& [first, second, first_name, second_name] : pairs) {
        if (first && second) {
            return failure(
                errc::bad_input,
                std::string(first_name) + " and " + second_name +
                    " cannot both be specified\nTry '{program} {command} --help' for more "
                    "information.");
        }
    }
    return {};
}

/// One `select`.
class selection {
  public:
    selection(command_session& session, select_command what, target at)
        : session_(session), what_(std::move(what)), at_(std::move(at)) {}

    awaitable<result<outcome>> run() {
        if (auto found = co_await find(); !found) {
            co_return found.error();
        }
        const bool compared = !what_.min.empty() || !what_.max.empty();
        if (compared) {
            if (auto sorted = co_await sort(); !sorted) {
                co_return sorted.error();
            }
        }
        // Runs that are named are all meant, unless they are compared.
        const bool all = what_.all || (!compared && !what_.selection.runs.empty());
        if (runs_.empty() && !all) {
            co_return failure(errc::not_found, "no matching runs");
        }
        if (!all && runs_.size() > 1) {
            runs_.resize(1);
        }
        co_return print();
    }

  private:
    awaitable<result<>> find() {
        const bool newest_only =
            !what_.all && what_.min.empty() && what_.max.empty() && what_.selection.runs.empty();
        auto chosen = co_await choose_runs(
            session_, at_,
            {.selection = what_.selection, .newest = newest_only ? 1 : 0, .repeats = true});
        if (!chosen) {
            co_return chosen.error();
        }
        protocol::list_runs request;
        request.home = chosen->home;
        request.attributes = detail_attributes();
        if (!what_.attribute.empty()) {
            request.attributes.push_back(what_.attribute);
        }
        for (const auto& row : chosen->rows) {
            request.ids.push_back(row.id);
        }
        if (request.ids.empty()) {
            co_return result<>(); // no ids would mean all runs
        }
        auto facts = co_await fetch_facts(session_, at_, std::move(request));
        if (!facts) {
            co_return facts.error();
        }
        std::map<std::string_view, const protocol::run_facts*> by_id;
        for (const auto& each : *facts) {
            by_id.emplace(each.id, &each);
        }
        for (const auto& row : chosen->rows) {
            const auto found = by_id.find(row.id);
            if (found != by_id.end()) { // otherwise it was deleted meanwhile
                runs_.push_back({.facts = *found->second,
                                 .detail = detail_of(*found->second),
                                 .place = runs_.size()});
            }
        }
        co_return result<>();
    }

    awaitable<result<>> sort() {
        const bool least = !what_.min.empty();
        const std::string& text = least ? what_.min : what_.max;
        auto column = parse_column(text);
        if (!column) {
            co_return column.error();
        }
        if (column->kind == column_kind::scalar) {
            if (auto read = co_await add_scalars(); !read) {
                co_return read.error();
            }
        }
        fill(*column);
        // Who does not say which kind means a flag or an attribute where nothing logged it.
        for (const auto kind : {column_kind::flag, column_kind::attribute}) {
            if (column->plain && no_values()) {
                column->kind = kind;
                fill(*column);
            }
        }
        if (no_values() && !runs_.empty()) {
            co_return failure(errc::not_found, "no run has a value for '" + text + "'");
        }
        std::erase_if(runs_, [](const candidate& each) { return each.value.is_null(); });
        std::ranges::sort(runs_, [&](const candidate& a, const candidate& b) {
            if (column_less(a.value, b.value)) {
                return least;
            }
            return column_less(b.value, a.value) ? !least : a.place < b.place;
        });
        co_return result<>();
    }

    void fill(const run_column& column) {
        for (auto& each : runs_) {
            each.value = value_in(column, each.detail);
        }
    }

    bool no_values() const {
        return std::ranges::all_of(runs_,
                                   [](const candidate& each) { return each.value.is_null(); });
    }

    awaitable<result<>> add_scalars() {
        std::vector<std::string> ids;
        for (const auto& each : runs_) {
            ids.push_back(each.facts.id);
        }
        auto scalars = co_await fetch_scalars(session_, at_, std::move(ids), false);
        if (!scalars) {
            co_return scalars.error();
        }
        for (auto& each : runs_) {
            each.detail.scalars = std::move((*scalars)[each.facts.id]);
        }
        co_return result<>();
    }

    result<outcome> print() {
        runs_selected out;
        for (const auto& each : runs_) {
            if (!what_.attribute.empty()) {
                auto text = attribute_text(each.detail, each.facts, what_.attribute,
                                           at_.over->hello().machine.home);
                if (!text) {
                    return failure(errc::not_found,
                                   "no such run attribute '" + what_.attribute + "'");
                }
                out.values.push_back(std::move(*text));
            } else if (what_.path) {
                out.values.push_back(each.facts.directory);
            } else {
                const auto& id = each.facts.id;
                out.values.push_back(what_.short_id ? id.substr(0, short_id) : id);
            }
        }
        session_.emit(std::move(out));
        return outcome{};
    }

    command_session& session_;
    select_command what_;
    target at_;
    std::vector<candidate> runs_; // as they were chosen, then in the order of the column
};

} // namespace

awaitable<result<outcome>> perform(command_session& session, select_command what) {
    if (auto good = check_options(what); !good) {
        co_return good.error();
    }
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    selection selected(session, std::move(what), std::move(*at));
    co_return co_await selected.run();
}

} // namespace outrider
