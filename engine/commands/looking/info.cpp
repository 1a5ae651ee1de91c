#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/run_details.hpp"
#include "engine/commands/choosing/run_facts.hpp"
#include "engine/commands/choosing/run_scalars.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/runs/opref.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <algorithm>

namespace outrider {
namespace {

constexpr const char* prototype = ".guild/proto/.guild/";

std::vector<std::string> attributes_for(const info_command& what) {
    auto names = detail_attributes();
    const auto also = [&](bool wanted, const char* name) {
        if (wanted) {
            names.emplace_back(name);
        }
    };
    names.emplace_back("opdef_attrs");
    also(what.environment, "env");
    also(what.dependencies, "deps");
    also(what.plugins, "plugins");
    also(what.private_attrs, "op");
    return names;
}

/// One `info`: the facts of the run first, then what only some runs or some people ask for.
class description {
  public:
    description(command_session& session, info_command what, target at)
        : session_(session), what_(std::move(what)), at_(std::move(at)) {}

    awaitable<result<outcome>> run() {
        if (auto found = co_await find(); !found) {
            co_return found.error();
        }
        if (auto read = co_await add_prototype(); !read) {
            co_return read.error();
        }
        if (what_.manifest) {
            auto manifest = co_await file(".guild/manifest");
            if (!manifest) {
                co_return manifest.error();
            }
            add_manifest(detail_, manifest->value_or(""));
        }
        if (auto read = co_await add_logged(); !read) {
            co_return read.error();
        }
        session_.emit(run_described{.remote = at_.remote,
                                    .run = std::move(detail_),
                                    .user_home = at_.over->hello().machine.home});
        co_return outcome{};
    }

  private:
    awaitable<result<>> find() {
        auto chosen = co_await choose_runs(
            session_, at_, {.selection = what_.selection, .newest = 1, .deleted = what_.deleted});
        if (!chosen) {
            co_return chosen.error();
        }
        if (chosen->rows.empty()) {
            co_return failure(errc::not_found, "no matching runs");
        }
        if (chosen->rows.size() > 1 && !what_.selection.runs.empty()) {
            co_return failure(errc::bad_input, "this command takes one run, but several are named");
        }
        home_ = what_.deleted ? chosen->home + "/trash" : chosen->home;
        protocol::list_runs request;
        request.home = chosen->home;
        request.trash = what_.deleted;
        request.ids = {chosen->rows.front().id};
        request.attributes = attributes_for(what_);
        auto facts = co_await fetch_facts(session_, at_, std::move(request));
        if (!facts) {
            co_return facts.error();
        }
        if (facts->empty()) {
            co_return failure(errc::not_found,
                              "run " + chosen->rows.front().id + " was deleted meanwhile");
        }
        detail_ = detail_of(facts->front());
        const auto& recorded = facts->front().attributes;
        if (const auto declared = recorded.find("opdef_attrs"); declared != recorded.end()) {
            detail_.declared_attributes = flags_in(declared->second);
        }
        co_return result<>();
    }

    awaitable<result<std::optional<std::string>>> file(std::string path) {
        co_return co_await fetch_run_file(
            session_, at_, {.home = home_, .run_id = detail_.row.id, .path = std::move(path)});
    }

    // A batch has the run that it makes variants of inside.
    awaitable<result<>> add_prototype() {
        auto opref = co_await file(std::string(prototype) + "opref");
        if (!opref) {
            co_return opref.error();
        }
        if (!*opref) {
            co_return result<>();
        }
        detail_.batch = detail_.row.directory + "/.guild/proto";
        auto flags = co_await file(std::string(prototype) + "attrs/flags");
        if (!flags) {
            co_return flags.error();
        }
        detail_.proto_flags = flags_in(flags->value_or(""));
        const auto of = parse_opref(**opref);
        if (of && !detail_.row.operation.starts_with(operation_text(*of) + "+")) {
            const auto& own = detail_.row.operation;
            detail_.row.operation = operation_text(*of) + (own.starts_with('+') ? "" : "+") + own;
        }
        co_return result<>();
    }

    awaitable<result<>> add_logged() {
        auto logged =
            co_await fetch_logged(session_, at_, std::vector{detail_.row.id}, what_.deleted);
        if (!logged) {
            co_return logged.error();
        }
        auto& of_run = (*logged)[detail_.row.id];
        for (auto& scalar : of_run.scalars) {
            if (!what_.all_scalars && !is_shown_by_default(scalar.tag)) {
                continue;
            }
            // One from the run's directory has the name of one from its output.
            const auto same = std::ranges::find(detail_.scalars, scalar.tag, &scalar_summary::tag);
            if (same != detail_.scalars.end()) {
                *same = std::move(scalar);
            } else {
                detail_.scalars.push_back(std::move(scalar));
            }
        }
        detail_.attributes = std::move(of_run.attributes);
        co_return result<>();
    }

    command_session& session_;
    info_command what_;
    target at_;
    std::string home_; // where `runs/ID` stands
    run_detail detail_;
};

} // namespace

awaitable<result<outcome>> perform(command_session& session, info_command what) {
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    description described(session, std::move(what), std::move(*at));
    co_return co_await described.run();
}

} // namespace outrider
