#include "engine/commands/copying/copying.hpp"

#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/copying/copy_report.hpp"
#include "engine/commands/copying/copy_rules.hpp"
#include "engine/reactor/both.hpp"
#include "engine/reactor/retry_policy.hpp"
#include "engine/sync/compare_runs.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr int most_tries = 5; // over as many connections
// Over the runs: those that changed meanwhile are compared and copied again.
constexpr int most_passes = 4;

bool may_still_change(run_state state) {
    return state == run_state::running || state == run_state::pending || state == run_state::staged;
}

std::string not_copied(const std::string& run_id, const std::string& why) {
    return "run " + run_id + " is not copied: " + why;
}

std::string reason_not_to(copy_verdict verdict, const run_row& row, const std::string& remote) {
    const std::string there = remote.empty() ? "here" : "on " + remote;
    switch (verdict) {
    case copy_verdict::runs_there:
        return not_copied(row.id, "it is running " + there);
    case copy_verdict::came_from_there:
        return not_copied(row.id, "it is itself a copy of a run " + there +
                                      ", which was running when it was copied\nTo bring it up to "
                                      "date use '{program} pull " +
                                      remote + " " + row.id + "'");
    case copy_verdict::ended_there:
        return not_copied(row.id, "it has ended " + there + ", and what would be copied is older");
    case copy_verdict::copy:
        break;
    }
    return {};
}

/// Copies runs from one machine to another: in passes, of which each compares all runs that are
/// left and then copies what differs in one transfer.
class copy_job {
  public:
    copy_job(command_session& session, copy_route by)
        : session_(session), by_(std::move(by)),
          report_(session, by_.from.remote.empty() ? by_.to.remote : by_.from.remote) {}

    // What was copied before a link was lost is equal then: a further try goes on with the rest.
    awaitable<result<>> run(std::vector<run_row> rows) {
        rows_ = std::move(rows);
        only_one_ = rows_.size() == 1;
        retry_policy retries;
        asio::steady_timer pause(co_await asio::this_coro::executor);
        for (int tries = 1;; ++tries) {
            auto copied = co_await copy_all();
            if (copied || tries == most_tries ||
                !retry_policy::worth_a_retry(copied.error().kind())) {
                report_.finish();
                co_return copied ? verdict() : copied;
            }
            session_.emit(note{.warning = true, .text = copied.error().context + "; trying again"});
            pause.expires_after(retries.next_pause());
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

  private:
    awaitable<result<>> copy_all() {
        for (int pass = 0; pass < most_passes && !rows_.empty(); ++pass) {
            auto copied = co_await copy_pass();
            if (!copied) {
                co_return copied;
            }
            if (by_.dry_run) {
                co_return result<>();
            }
            if (auto renewed = co_await keep_what_changed(); !renewed) {
                co_return renewed;
            }
        }
        for (const auto& row : rows_) {
            if (conflicts_.contains(row.id)) {
                leave_out(row.id, conflicts_.at(row.id));
            }
        }
        rows_.clear();
        co_return result<>();
    }

    [[nodiscard]] result<> verdict() const {
        if (report_.count_left_out() == 0) {
            return {};
        }
        return only_one_ && last_left_out_
                   ? result<>(*last_left_out_)
                   : result<>(
                         failure(errc::conflict, std::to_string(report_.count_left_out()) +
                                                     " run(s) could not be copied as a whole"));
    }

    // A single run's failure is the command's; of several, each is said.
    void leave_out(const std::string& run_id, const failure& why) {
        last_left_out_ = why;
        report_.left_out(only_one_ ? std::string() : not_copied(run_id, why.context));
    }

    // ---- one pass

    // The copies are looked up while both ends are compared: neither needs the other.
    awaitable<result<>> copy_pass() {
        conflicts_.clear();
        ends_ = {}; // those of a pass that failed may be dead
        auto [copies, plans] = co_await both(look_up_copies(), compare());
        if (!copies || !plans) {
            co_return copies ? plans.error() : copies.error();
        }
        const auto runs = runs_to_copy(std::move(*copies), *plans);
        if (by_.dry_run) {
            for (std::size_t i = 0; i < runs.size(); ++i) {
                report_.planned((*plans)[i], is_up_to_date(runs[i], (*plans)[i]));
            }
            co_return result<>();
        }
        auto copied = co_await carry_out(runs, std::move(*plans));
        ends_ = {}; // a further pass opens new ones
        co_return copied;
    }

    using rows_by_id = std::map<std::string, run_row>;

    [[nodiscard]] std::vector<std::string> ids() const {
        std::vector<std::string> out;
        std::ranges::transform(rows_, std::back_inserter(out), &run_row::id);
        return out;
    }

    // What is new has to travel for certain: the agents for that start at once.
    awaitable<result<rows_by_id>> look_up_copies() {
        auto copies = co_await look_up_runs(session_, by_.to, ids());
        if (copies && copies->size() < rows_.size() && !by_.dry_run) {
            if (auto opened = co_await open(); !opened) {
                co_return opened.error();
            }
        }
        co_return copies;
    }

    // On the control agents: where nothing differs no other is needed.
    awaitable<result<std::vector<copy_plan>>> compare() {
        auto from = co_await session_.agent(by_.from);
        if (!from) {
            co_return from.error();
        }
        auto to = co_await session_.agent(by_.to);
        if (!to) {
            co_return to.error();
        }
        co_return co_await compare_runs(**from, **to,
                                        {.from_home = by_.from.home,
                                         .to_home = by_.to.home,
                                         .run_ids = ids(),
                                         .delete_extra = by_.delete_extra});
    }

    // Those that may be copied, with their plans; of the others is said why not.
    std::vector<run_and_copy> runs_to_copy(rows_by_id copies, std::vector<copy_plan>& plans) {
        std::vector<run_and_copy> runs;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            auto& row = rows_[i];
            auto found = copies.extract(row.id);
            auto copy = found ? std::optional(std::move(found.mapped())) : std::nullopt;
            const auto judged = judge_copy(row, copy, by_.to.remote);
            if (judged != copy_verdict::copy) {
                session_.emit(
                    note{.warning = true, .text = reason_not_to(judged, row, by_.to.remote)});
                continue;
            }
            name_left_out(row, plans[i]);
            std::swap(plans[runs.size()], plans[i]);
            auto lock = lock_of(row);
            runs.push_back({std::move(row), std::move(copy), std::move(lock)});
        }
        plans.resize(runs.size());
        rows_.clear();
        std::ranges::transform(runs, std::back_inserter(rows_), &run_and_copy::source);
        return runs;
    }

    // Once for each run, however often it is compared.
    void name_left_out(const run_row& row, const copy_plan& plan) {
        if (plan.no_files_count == 0 || (by_.repeats && may_still_change(row.state)) ||
            !named_.insert(row.id).second) {
            return;
        }
        std::string text = "run " + row.id + " is copied without " +
                           std::to_string(plan.no_files_count) +
                           " FIFO(s), socket(s) or device(s):";
        for (const auto& path : plan.no_files) {
            text += " " + path;
        }
        session_.emit(note{.warning = true, .text = std::move(text)});
    }

    [[nodiscard]] std::string lock_of(const run_row& row) const {
        return by_.keep_lock_name && !row.remote.empty() ? row.remote : by_.lock_name;
    }

    awaitable<result<>> open() {
        auto [from, to] = co_await both(session_.bulk_agent(by_.from), session_.bulk_agent(by_.to));
        if (!from || !to) {
            co_return from ? to.error() : from.error();
        }
        ends_ = {.from = std::move(*from), .to = std::move(*to)};
        co_return result<>();
    }

    awaitable<result<>> carry_out(const std::vector<run_and_copy>& runs,
                                  std::vector<copy_plan> plans) {
        space_needed needed;
        transfer_request request;
        request.send.home = by_.from.home;
        request.receive.home = by_.to.home;
        std::vector<copy_report::listed_run> listed;
        std::int64_t files = 0;
        std::int64_t bytes = 0;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            auto& plan = plans[i];
            if (!plan.source_exists) {
                leave_out(plan.run_id, failure(errc::not_found,
                                               "run " + plan.run_id + " does not exist any more"));
                continue;
            }
            listed.push_back({plan.run_id, is_up_to_date(runs[i], plan)});
            if (!listed.back().unchanged) {
                files += plan.count();
                bytes += plan.bytes();
                needed.add(plan.space);
                request.runs.push_back(section_of(runs[i], std::move(plan)));
            }
        }
        request.receive.bytes = needed.bytes;
        request.receive.files = needed.files;
        report_.begin_pass(std::move(listed), files, bytes);
        if (request.runs.empty()) {
            report_.end_pass({});
            co_return result<>();
        }
        co_return co_await send(std::move(request));
    }

    awaitable<result<>> send(transfer_request request) {
        if (!ends_.from) {
            if (auto opened = co_await open(); !opened) {
                co_return opened;
            }
        }
        transfer_observer observer;
        observer.begun = [this](const std::string& run_id) { report_.begun(run_id); };
        observer.progressed = [this](const auto& ack) { report_.progressed(ack); };
        observer.received = [this](const protocol::run_received& run) {
            report_.received(run);
            note_missing(run);
            if (run.failure) {
                conflicts_.emplace(
                    run.run_id, failure(errc_from_name(run.failure->code).value_or(errc::io_failed),
                                        run.failure->context));
            }
        };
        auto copied =
            co_await transfer(ends_, std::move(request), std::move(observer), session_.transfers());
        if (!copied) {
            co_return copied.error();
        }
        report_.end_pass(*copied);
        co_return result<>();
    }

    // While a run is running files come and go; of one that is over all of them are wanted.
    void note_missing(const protocol::run_received& run) {
        const auto row = std::ranges::find(rows_, run.run_id, &run_row::id);
        if (run.missing_count == 0 || row == rows_.end() || may_still_change(row->state)) {
            return;
        }
        std::string text = "run " + run.run_id + " is copied without " +
                           std::to_string(run.missing_count) +
                           " file(s) that cannot be read there, or are gone:";
        for (const auto& path : run.missing) {
            text += " " + path;
        }
        last_left_out_ = failure(errc::io_failed, text);
        report_.left_out(only_one_ ? std::string() : text);
    }

    // ---- between passes

    // Leaves the rows of those runs that another pass has to look at: their state has changed since
    // it was read, or the destination was not as it had been compared.
    awaitable<result<>> keep_what_changed() {
        std::vector<std::string> ids;
        for (const auto& row : rows_) {
            if (may_still_change(row.state) || conflicts_.contains(row.id)) {
                ids.push_back(row.id);
            }
        }
        auto now = co_await look_up_runs(session_, by_.from, std::move(ids));
        if (!now) {
            co_return now.error();
        }
        std::vector<run_row> again;
        for (const auto& row : rows_) {
            const auto found = now->find(row.id);
            if (found != now->end() &&
                (found->second.state != row.state || conflicts_.contains(row.id))) {
                again.push_back(found->second);
            }
        }
        rows_ = std::move(again);
        co_return result<>();
    }

    command_session& session_;
    copy_route by_;
    copy_report report_;
    std::vector<run_row> rows_; // that are still to be compared and copied
    bool only_one_ = false;
    std::optional<failure> last_left_out_;
    std::set<std::string> named_;              // runs of which was said what cannot travel
    std::map<std::string, failure> conflicts_; // of this pass, by run
    transfer_ends ends_;
};

} // namespace

awaitable<result<>> confirm_copy(command_session& session, question_kind kind, const copy_route& by,
                                 std::vector<run_row> rows) {
    if (by.dry_run) {
        co_return result<>();
    }
    question asked;
    asked.kind = kind;
    asked.remote = kind == question_kind::pull ? by.from.remote : by.to.remote;
    asked.runs = std::move(rows);
    asked.text = by.delete_extra ? " with delete" : "";
    co_return co_await session.confirm(std::move(asked));
}

awaitable<result<>> copy_runs(command_session& session, copy_route by, std::vector<run_row> rows) {
    copy_job job(session, std::move(by));
    co_return co_await job.run(std::move(rows));
}

} // namespace outrider
