#include "engine/commands/copying/remote_copies.hpp"

#include "engine/api/events.hpp"
#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/copying/copying.hpp"
#include "engine/commands/session/session.hpp"

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto marker_write_limit = 30s;

// The trash of a home has the layout of a home.
target trash_of(target far) {
    far.home += "/trash";
    return far;
}

awaitable<result<>> abandon(command_session& session, const target& here, const std::string& run_id,
                            const std::string& why) {
    auto agent = co_await session.agent(here);
    if (!agent) {
        co_return agent.error();
    }
    const protocol::abandon_copy request{
        .home = here.home, .run_id = run_id, .reason = {.kind = "deleted", .detail = why}};
    auto done = co_await (*agent)->call(request, marker_write_limit);
    co_return done ? result<>() : result<>(done.error());
}

/// Brings a local copy up to date whose run, last known to be running, is not on its remote any
/// more. From the trash there its last state is copied. If it is gone altogether its end is not
/// known: the copy becomes an error that says so, unless all runs are gone there, which is no
/// evidence (the home may not be mounted). Gives the state of the copy afterwards.
awaitable<result<run_state>> sync_lost_run(command_session& session, const target& here, target far,
                                           run_row copy) {
    auto deleted = co_await look_up_run(session, trash_of(far), copy.id);
    if (deleted) {
        session.emit(note{.warning = true,
                          .text = "run " + copy.id + " was deleted on " + far.remote +
                                  "; its last state is copied from the trash there"});
        const auto state = deleted->state;
        copy_route by{.from = trash_of(far), .to = here, .lock_name = far.remote};
        auto copied = co_await copy_runs(session, std::move(by), {std::move(*deleted)});
        co_return copied ? result<run_state>(state) : result<run_state>(copied.error());
    }
    if (deleted.error().kind() != errc::not_found) {
        co_return deleted.error();
    }
    auto others = co_await choose_runs(session, far, {.newest = 1});
    if (!others) {
        co_return others.error();
    }
    if (others->total == 0) {
        session.emit(note{.warning = true,
                          .text = "run " + copy.id + " is not on " + far.remote +
                                  ", where no runs are at all: its copy here stays as it is"});
        co_return failure(errc::not_found, "run " + copy.id + " is not on " + far.remote);
    }
    const std::string why = "deleted on " + far.remote + " before its end was copied";
    session.emit(note{.warning = true,
                      .text = "run " + copy.id + " was " + why + ": how it ended is not known"});
    auto abandoned = co_await abandon(session, here, copy.id, why);
    co_return abandoned ? result<run_state>(run_state::error)
                        : result<run_state>(abandoned.error());
}

/// After so many failures in succession a run that has ended is left out, and one that is running
/// is not tried again before it changes.
constexpr int most_failures = 3;

// It changed, went, or is copied by somebody else: the others can be copied all the same.
bool concerns_runs(errc kind) {
    return kind == errc::conflict || kind == errc::not_found;
}

} // namespace

remote_copies::remote_copies(command_session& session, target here, std::string remote,
                             std::vector<run_row> copies, bool dry_run)
    : session_(session), here_(std::move(here)), remote_(std::move(remote)),
      copies_(std::move(copies)), dry_run_(dry_run) {}

std::set<std::string> remote_copies::ids() const {
    std::set<std::string> out;
    std::ranges::transform(copies_, std::inserter(out, out.end()), &run_row::id);
    return out;
}

std::set<std::string> remote_copies::behind() const {
    std::set<std::string> out;
    for (const auto& [id, times] : failed_) {
        if (times < most_failures) {
            out.insert(id);
        }
    }
    return out;
}

awaitable<result<>> remote_copies::update(std::set<std::string> ids, bool said) {
    auto from = co_await session_.find_target(remote_);
    if (!from) {
        co_return from.error();
    }
    std::vector<run_row> wanted;
    for (const auto& copy : copies_) {
        if (ids.contains(copy.id)) {
            wanted.push_back(copy);
        }
    }
    for (const auto& copy : wanted) {
        if (said) {
            session_.emit(run_resolving{.remote = remote_, .run_id = copy.id});
        }
    }
    auto found = co_await look_up_runs(session_, *from, {ids.begin(), ids.end()});
    if (!found) {
        co_return found.error();
    }
    std::vector<run_row> due;
    std::vector<run_row> lost;
    for (auto& copy : wanted) {
        const auto there = found->find(copy.id);
        if (there != found->end()) {
            due.push_back(there->second);
        } else {
            lost.push_back(std::move(copy));
        }
    }
    if (auto copied = co_await copy_all(*from, std::move(due)); !copied) {
        co_return copied;
    }
    for (auto& copy : lost) {
        if (auto copied = co_await copy_lost(*from, std::move(copy)); !copied) {
            co_return copied;
        }
    }
    co_return result<>();
}

// Together. Where that failed before, each for itself: then the others do not fail with it.
awaitable<result<>> remote_copies::copy_all(const target& from, std::vector<run_row> rows) {
    std::vector<run_row> together;
    for (auto& row : rows) {
        if (!failed_.contains(row.id)) {
            together.push_back(std::move(row));
        } else if (auto copied = co_await copy(from, {std::move(row)}); !copied) {
            co_return copied;
        }
    }
    co_return together.empty() ? result<>() : co_await copy(from, std::move(together));
}

awaitable<result<>> remote_copies::copy(const target& from, std::vector<run_row> rows) {
    copy_route by{.from = from, .to = here_, .lock_name = remote_};
    by.dry_run = dry_run_;
    by.repeats = true;
    auto copied = co_await copy_runs(session_, std::move(by), rows);
    if (!copied && !concerns_runs(copied.error().kind())) {
        co_return copied;
    }
    if (!copied) {
        fell_behind(rows, copied.error());
        co_return result<>();
    }
    for (const auto& row : rows) {
        is_up_to_date(row);
    }
    co_return result<>();
}

awaitable<result<>> remote_copies::copy_lost(const target& from, run_row copy) {
    if (dry_run_) {
        session_.emit(note{.text = "run " + copy.id + " is not on " + remote_ + " any more"});
        co_return result<>();
    }
    auto state = co_await sync_lost_run(session_, here_, from, copy);
    if (!state && !concerns_runs(state.error().kind())) {
        co_return state.error();
    }
    if (!state) {
        leave_out(copy.id); // it was said why
        co_return result<>();
    }
    copy.state = *state;
    is_up_to_date(copy);
    co_return result<>();
}

awaitable<result<std::set<std::string>>> remote_copies::ended() {
    auto from = co_await session_.find_target(remote_);
    if (!from) {
        co_return from.error();
    }
    auto out = ids();
    auto found = co_await look_up_runs(session_, *from, {out.begin(), out.end()});
    if (!found) {
        co_return found.error();
    }
    for (const auto& [id, row] : *found) {
        if (row.state == run_state::running) {
            out.erase(id);
        }
    }
    co_return out;
}

void remote_copies::is_up_to_date(const run_row& row) {
    failed_.erase(row.id);
    if (row.state != run_state::running) {
        std::erase_if(copies_, [&](const run_row& copy) { return copy.id == row.id; });
    }
}

// Which of several it was is not known here: copying the others once more costs little.
void remote_copies::fell_behind(const std::vector<run_row>& rows, const failure& why) {
    for (const auto& row : rows) {
        const int times = ++failed_[row.id];
        if (times == 1 && rows.size() == 1) {
            session_.emit(note{.warning = true,
                               .text = "run " + row.id + " is not synchronized: " + why.context});
        }
        if (times >= most_failures && row.state != run_state::running) {
            leave_out(row.id);
        }
    }
}

void remote_copies::leave_out(const std::string& id) {
    failed_.erase(id);
    left_out_ += std::erase_if(copies_, [&](const run_row& copy) { return copy.id == id; });
}

void remote_copies::give_up(const failure& why) {
    session_.emit(
        note{.warning = true, .text = "cannot synchronize with " + remote_ + ": " + why.context});
    left_out_ += copies_.size();
    copies_.clear();
    failed_.clear();
}

} // namespace outrider
