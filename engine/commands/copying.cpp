#include "engine/commands/copying.hpp"

#include "engine/commands/choose_runs.hpp"
#include "engine/commands/copy_verdict.hpp"
#include "engine/commands/file_listing.hpp"
#include "engine/commands/transfer_plan.hpp"
#include "engine/reactor/retry_policy.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto marker_limit = 30s;
constexpr int most_tries = 5; // over as many connections

/// The two agents between which files travel, each on a channel of its own.
struct transfer_ends {
    std::shared_ptr<agent_client> from;
    std::shared_ptr<agent_client> to;
};

/// Copies runs from one machine to another, one after the other.
class copy_job {
  public:
    copy_job(command_session& session, copy_route by) : session_(session), by_(std::move(by)) {}

    // What was copied before a link was lost is here: a further try goes on with the rest.
    awaitable<result<>> run(std::vector<run_row> rows) {
        rows_ = std::move(rows);
        retry_policy retries;
        asio::steady_timer pause(co_await asio::this_coro::executor);
        for (int tries = 1;; ++tries) {
            auto copied = co_await copy_rest();
            ends_ = {}; // a further try opens new ones
            if (copied || tries == most_tries ||
                !retry_policy::worth_a_retry(copied.error().kind())) {
                co_return copied;
            }
            session_.emit(note{.warning = true, .text = copied.error().context + "; trying again"});
            pause.expires_after(retries.next_pause());
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

  private:
    awaitable<result<>> copy_rest() {
        if (auto opened = co_await open(); !opened) {
            co_return opened;
        }
        for (; next_ < rows_.size(); ++next_) {
            auto copied = co_await copy_run(rows_[next_]);
            if (!copied && (rows_.size() == 1 || !concerns_one_run(copied.error().kind()))) {
                co_return copied;
            }
            if (!copied) {
                ++left_out_;
                session_.emit(note{.warning = true,
                                   .text = "run " + rows_[next_].id +
                                           " is not copied: " + copied.error().context});
            }
        }
        if (left_out_ > 0) {
            co_return failure(errc::conflict,
                              std::to_string(left_out_) + " run(s) could not be copied");
        }
        co_return result<>();
    }

    // It changed or went meanwhile: the others can be copied all the same.
    static bool concerns_one_run(errc kind) {
        return kind == errc::conflict || kind == errc::not_found;
    }

    awaitable<result<>> open() {
        auto from = co_await session_.bulk_agent(by_.from);
        if (!from) {
            co_return from.error();
        }
        ends_.from = std::move(*from);
        auto to = co_await session_.bulk_agent(by_.to);
        if (!to) {
            co_return to.error();
        }
        ends_.to = std::move(*to);
        co_return result<>();
    }

    // A run that ends while it is copied is copied once more, so that its end is not missed.
    awaitable<result<>> copy_run(run_row row) {
        auto allowed = co_await may_copy(row);
        if (!allowed) {
            co_return allowed.error();
        }
        if (!*allowed) {
            co_return result<>();
        }
        session_.emit(run_copying{.remote = remote_name(), .run_id = row.id});
        for (int pass = 0; pass < 2; ++pass) {
            if (auto copied = co_await copy_once(row); !copied) {
                co_return copied;
            }
            auto now = co_await look_up_run(session_, by_.from, row.id);
            if (!now) {
                co_return now.error();
            }
            if (now->state == row.state) {
                break;
            }
            row = std::move(*now);
        }
        co_return result<>();
    }

    awaitable<result<bool>> may_copy(run_row row) {
        std::optional<run_row> there;
        if (auto found = co_await look_up_run(session_, by_.to, row.id)) {
            there = std::move(*found);
        } else if (found.error().kind() != errc::not_found) {
            co_return found.error();
        }
        const auto verdict = judge_copy(row, there, by_.to.remote);
        if (verdict != copy_verdict::copy) {
            session_.emit(note{.warning = true, .text = reason_not_to(verdict, row)});
        }
        co_return verdict == copy_verdict::copy;
    }

    std::string reason_not_to(copy_verdict verdict, const run_row& row) const {
        const std::string there = by_.to.remote.empty() ? "here" : "on " + by_.to.remote;
        const std::string skipped = "run " + row.id + " is not copied: ";
        switch (verdict) {
        case copy_verdict::runs_there:
            return skipped + "it is running " + there;
        case copy_verdict::came_from_there:
            return skipped + "it is itself a copy of a run " + there +
                   ", which was running when it was copied\nTo bring it up to date use "
                   "'{program} pull " +
                   by_.to.remote + " " + row.id + "'";
        case copy_verdict::ended_there:
            return skipped + "it has ended " + there + ", and what would be copied is older";
        case copy_verdict::copy:
            break;
        }
        return {};
    }

    // Of the two machines, the one that the user named.
    [[nodiscard]] const std::string& remote_name() const {
        return by_.from.remote.empty() ? by_.to.remote : by_.from.remote;
    }

    [[nodiscard]] std::string lock_of(const run_row& row) const {
        return by_.keep_lock_name && !row.remote.empty() ? row.remote : by_.lock_name;
    }

    awaitable<result<>> copy_once(const run_row& row) {
        auto source_files =
            co_await fetch_file_list(*ends_.from, {.home = by_.from.home, .run_id = row.id});
        if (!source_files) {
            co_return source_files.error();
        }
        std::vector<protocol::file_entry> there;
        auto local = co_await fetch_file_list(*ends_.to, {.home = by_.to.home, .run_id = row.id});
        if (local) {
            there = std::move(local->entries);
        } else if (local.error().kind() != errc::not_found) {
            co_return local.error();
        }
        const auto plan = plan_transfer(source_files->entries, there, by_.delete_extra);
        co_return co_await carry_out(row, plan, there);
    }

    awaitable<result<>> carry_out(const run_row& row, const transfer_plan& plan,
                                  const std::vector<protocol::file_entry>& there) {
        // Until everything is here, a copy that was not final says "running there", its last known
        // state; a final copy of a run that was restarted says so as well.
        const bool exists = has(there, ".guild/opref");
        const bool was_final =
            has(there, ".guild/attrs/exit_status") && !has(there, ".guild/LOCK.remote");
        if (exists && !plan.nothing_to_copy() && (!was_final || row.state == run_state::running)) {
            if (auto marked = co_await mark(row, {.remote_lock = lock_of(row)}); !marked) {
                co_return marked;
            }
        }
        for (const auto* step : {&plan.files, &plan.attributes}) {
            if (auto copied = co_await copy_files(row.id, *step); !copied) {
                co_return copied;
            }
        }
        protocol::mark_copy final_markers;
        if (row.state == run_state::running) {
            final_markers.remote_lock = lock_of(row);
        }
        final_markers.pending = row.state == run_state::pending;
        final_markers.staged = row.state == run_state::staged;
        final_markers.terminated_remote = row.state == run_state::terminated;
        final_markers.remove = plan.remove;
        if (auto marked = co_await mark(row, std::move(final_markers)); !marked) {
            co_return marked;
        }
        co_return co_await copy_files(row.id, plan.opref);
    }

    static bool has(const std::vector<protocol::file_entry>& entries, std::string_view path) {
        return std::any_of(entries.begin(), entries.end(),
                           [path](const auto& entry) { return entry.path == path; });
    }

    awaitable<result<>> mark(const run_row& row, protocol::mark_copy markers) {
        markers.home = by_.to.home;
        markers.run_id = row.id;
        auto marked = co_await ends_.to->call(std::move(markers), marker_limit);
        co_return marked ? result<>() : result<>(marked.error());
    }

    // The stream of files of the one agent is passed on, frame by frame, to the other.
    awaitable<result<>> copy_files(const std::string& run_id,
                                   const std::vector<std::string>& paths) {
        // A request names a bounded number of paths, so that it fits into a frame.
        constexpr std::size_t batch = 1000;
        for (std::size_t at = 0; at < paths.size(); at += batch) {
            const auto end = paths.begin() + std::min(at + batch, paths.size());
            protocol::send_files wanted;
            wanted.home = by_.from.home;
            wanted.run_id = run_id;
            wanted.paths.assign(paths.begin() + at, end);
            if (auto copied = co_await relay(std::move(wanted)); !copied) {
                co_return copied;
            }
        }
        co_return result<>();
    }

    awaitable<result<>> relay(protocol::send_files wanted) {
        protocol::receive_files incoming;
        incoming.home = by_.to.home;
        incoming.run_id = wanted.run_id;
        exchange receiving(*ends_.to, incoming);
        exchange sending(*ends_.from, wanted);
        for (;;) {
            auto frame = co_await sending.next();
            if (!frame) {
                co_return frame.error();
            }
            const bool last = frame->kind == protocol::frame_kind::reply;
            auto passed = last ? co_await receiving.part(protocol::files_end{})
                               : co_await receiving.relay(*frame);
            if (!passed) {
                co_return passed;
            }
            if (last) {
                break;
            }
        }
        auto ignore_parts = [](const message_part&) -> result<> { return {}; };
        auto received = co_await receiving.finish<protocol::receive_reply>(ignore_parts);
        co_return received ? result<>() : result<>(received.error());
    }

    command_session& session_;
    copy_route by_;
    std::vector<run_row> rows_;
    std::size_t next_ = 0; // in rows_: those before it are copied
    std::size_t left_out_ = 0;
    transfer_ends ends_;
};

} // namespace

awaitable<result<>> copy_runs(command_session& session, copy_route by, std::vector<run_row> rows) {
    copy_job job(session, std::move(by));
    co_return co_await job.run(std::move(rows));
}

awaitable<result<>> mark_local_copy(command_session& session, const target& here,
                                    protocol::mark_copy markers) {
    auto agent = co_await session.agent(here);
    if (!agent) {
        co_return agent.error();
    }
    markers.home = here.home;
    auto marked = co_await (*agent)->call(std::move(markers), marker_limit);
    co_return marked ? result<>() : result<>(marked.error());
}

} // namespace outrider
