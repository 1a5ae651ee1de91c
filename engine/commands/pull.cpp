#include "engine/commands/choose_runs.hpp"
#include "engine/commands/file_listing.hpp"
#include "engine/commands/perform.hpp"
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

/// The two agents between which the files of a pull travel, each on a channel of its own.
struct transfer_ends {
    std::shared_ptr<agent_client> far;
    std::shared_ptr<agent_client> here;
};

/// Copies runs of one remote to this machine, one after the other.
class pull_job {
  public:
    pull_job(command_session& session, target far, target here, bool delete_extra)
        : session_(session), far_(std::move(far)), here_(std::move(here)),
          delete_extra_(delete_extra) {}

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
            if (auto copied = co_await copy_run(rows_[next_]); !copied) {
                co_return copied;
            }
        }
        co_return result<>();
    }

    awaitable<result<>> open() {
        auto far = co_await session_.bulk_agent(far_);
        if (!far) {
            co_return far.error();
        }
        ends_.far = std::move(*far);
        auto here = co_await session_.bulk_agent(here_);
        if (!here) {
            co_return here.error();
        }
        ends_.here = std::move(*here);
        co_return result<>();
    }

    // A run that ends while it is copied is copied once more, so that its end is not missed.
    awaitable<result<>> copy_run(run_row row) {
        session_.emit(run_copying{.remote = far_.remote, .run_id = row.id});
        for (int pass = 0; pass < 2; ++pass) {
            if (auto copied = co_await copy_once(row); !copied) {
                co_return copied;
            }
            auto now = co_await look_up_run(session_, far_, row.id);
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

    awaitable<result<>> copy_once(const run_row& row) {
        auto far_files =
            co_await fetch_file_list(*ends_.far, {.home = far_.home, .run_id = row.id});
        if (!far_files) {
            co_return far_files.error();
        }
        std::vector<protocol::file_entry> here_files;
        auto local = co_await fetch_file_list(*ends_.here, {.home = here_.home, .run_id = row.id});
        if (local) {
            here_files = std::move(local->entries);
        } else if (local.error().kind() != errc::not_found) {
            co_return local.error();
        }
        const auto plan = plan_transfer(far_files->entries, here_files, delete_extra_);
        co_return co_await carry_out(row, plan, here_files);
    }

    awaitable<result<>> carry_out(const run_row& row, const transfer_plan& plan,
                                  const std::vector<protocol::file_entry>& here_files) {
        // Until everything is here, a copy that was not final says "running there", its last known
        // state; a final copy of a run that was restarted says so as well.
        const bool exists = has(here_files, ".guild/opref");
        const bool was_final =
            has(here_files, ".guild/attrs/exit_status") && !has(here_files, ".guild/LOCK.remote");
        if (exists && !plan.nothing_to_copy() && (!was_final || row.state == run_state::running)) {
            if (auto marked = co_await mark(row, {.remote_lock = far_.remote}); !marked) {
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
            final_markers.remote_lock = far_.remote;
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
        markers.home = here_.home;
        markers.run_id = row.id;
        auto marked = co_await ends_.here->call(std::move(markers), marker_limit);
        co_return marked ? result<>() : result<>(marked.error());
    }

    // The stream of files of the far agent is passed on, frame by frame, to the local one.
    awaitable<result<>> copy_files(const std::string& run_id,
                                   const std::vector<std::string>& paths) {
        // A request names a bounded number of paths, so that it fits into a frame.
        constexpr std::size_t batch = 1000;
        for (std::size_t at = 0; at < paths.size(); at += batch) {
            const auto end = paths.begin() + std::min(at + batch, paths.size());
            protocol::send_files wanted;
            wanted.home = far_.home;
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
        incoming.home = here_.home;
        incoming.run_id = wanted.run_id;
        exchange receiving(*ends_.here, incoming);
        exchange sending(*ends_.far, wanted);
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
    target far_;
    target here_;
    bool delete_extra_;
    std::vector<run_row> rows_;
    std::size_t next_ = 0; // in rows_: those before it are copied
    transfer_ends ends_;
};

} // namespace

awaitable<result<outcome>> perform(command_session& session, pull_command what) {
    auto far = co_await session.find_target(what.remote);
    if (!far) {
        co_return far.error();
    }
    auto here = co_await session.find_target({});
    if (!here) {
        co_return here.error();
    }
    auto chosen = co_await choose_runs(session, *far, {.selection = what.selection});
    if (!chosen) {
        co_return chosen.error();
    }
    if (chosen->rows.empty()) {
        session.emit(note{.text = "No runs to copy."});
        co_return outcome{};
    }
    question asked;
    asked.kind = question_kind::pull;
    asked.remote = far->remote;
    asked.runs = chosen->rows;
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    pull_job job(session, std::move(*far), std::move(*here), what.delete_extra);
    auto pulled = co_await job.run(std::move(chosen->rows));
    if (!pulled) {
        co_return pulled.error();
    }
    co_return outcome{};
}

} // namespace outrider
