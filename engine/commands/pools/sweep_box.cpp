#include "engine/commands/pools/sweep_box.hpp"

#include "engine/commands/choosing/run_facts.hpp"
#include "engine/commands/pools/pool_machine.hpp"
#include "engine/commands/starting/package_upload.hpp"
#include "engine/commands/starting/run_planning.hpp"
#include "engine/config/slots.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/reactor/either.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ranges>

namespace outrider {
namespace {

using namespace std::chrono_literals;

/// Longest that a machine may take to tell what it has free: its driver of GPUs has 10 s twice.
constexpr auto slots_limit = 30s;
/// Longest that a trial may take to be staged: what it requires may be installed first.
constexpr auto stage_limit = std::chrono::minutes(65);
constexpr auto removal_limit = 60s;
constexpr auto stop_limit = 60s;
/// Queues that may end without having started anything, though trials wait.
constexpr int most_idle_queues = 3;
/// Until a machine is tried again that does not let us in, and has trials.
constexpr auto refused_pause = std::chrono::minutes(5);
/// Ids in one question.
constexpr std::size_t most_ids = 1000;

result<std::vector<source_file>> package_here(const std::filesystem::path& files) {
    std::vector<source_file> found;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator at(files, error), end; !error && at != end;
         at.increment(error)) {
        if (at->is_regular_file()) {
            found.push_back({.path = at->path().lexically_relative(files).native(),
                             .absolute = at->path().native(),
                             .sha1 = {}});
        }
    }
    if (error) {
        return failure(errc::not_found, "what the trials need is not here any more: " +
                                            files.native() + ": " + error.message());
    }
    auto read = read_files(std::move(found), no_limit);
    if (!read) {
        return read.error();
    }
    return std::move(read->files);
}

} // namespace

awaitable<result<const std::vector<source_file>*>> sweep_packages::files(std::string package) {
    if (const auto known = read_.find(package); known != read_.end()) {
        co_return &known->second;
    }
    const auto place = std::filesystem::path(cache_) / "packages" / package / "files";
    auto read = co_await run_blocking([place] { return package_here(place); });
    if (!read) {
        co_return read.error();
    }
    co_return &read_.insert_or_assign(package, std::move(*read)).first->second;
}

sweep_box::sweep_box(command_session& session, pool_sweep& sweep, sweep_packages& packages,
                     std::size_t index, const asio::any_io_executor& executor)
    : session_(session), sweep_(sweep), packages_(packages), index_(index), wake_(executor),
      pause_(executor) {}

const std::string& sweep_box::name() const {
    return sweep_.pool().machines[index_];
}

void sweep_box::wake() {
    woken_ = true;
    wake_.notify();
    if (sweep_.over()) {
        pause_.cancel();
    }
}

// It holds what it holds, and takes nothing more.
void sweep_box::leave(const std::string& why) {
    out_ = true;
    share().counts = false;
    share().slots = 0;
    sweep_.say(fmt::format("WARNING: [guild] {} takes no trials: {}", name(), why));
    sweep_.changed(); // others need not leave it any
}

awaitable<void> sweep_box::run() {
    auto at = co_await session_.find_target(name());
    if (!at) {
        leave(at.error().context);
        co_return;
    }
    at_.emplace(std::move(*at));
    if (at_->job) {
        leave("it is a cluster, which has a queue of its own: name it alone");
        co_return;
    }
    rules_ = needs_of(at_->to, sweep_.pool().gpus_per_trial, sweep_.pool().trials_per_gpu);
    share().slots = std::max<std::int64_t>(
        rules_.count, static_cast<std::int64_t>(rules_.gpus.size()) * rules_.trials_per_gpu);
    while (!sweep_.over() && !(out_ && sweep_.held(index_).empty())) {
        const auto ended = co_await over_one_connection();
        if (!ended && !sweep_.over()) {
            co_await after(ended.error());
        }
    }
}

// ---- one connection

awaitable<result<>> sweep_box::over_one_connection() {
    auto agent = co_await session_.agent(*at_);
    if (!agent) {
        co_return agent.error();
    }
    if (!out_) {
        if (auto looked = co_await look_at_machine(**agent); !looked) {
            co_return looked;
        }
    }
    watched_ = false;
    exchange listing(**agent, protocol::watch_listing{
                                  .home = at_->home, .newest = 1, .attributes = {"exit_status"}});
    co_return co_await either(watch(listing), work(**agent));
}

awaitable<result<>> sweep_box::watch(exchange& listing) {
    auto take = [this](const message_part& part) -> result<> {
        protocol::listing_changed told;
        if (part.type != protocol::listing_changed::name || !protocol::from_json(part.body, told)) {
            return failure(errc::protocol_violation, "unexpected part in a watch of runs");
        }
        for (const auto& facts : told.runs) {
            sweep_.found(index_, facts);
        }
        if (!told.runs.empty() || !told.gone.empty() || !std::exchange(watched_, true)) {
            wake();
        }
        // Those that go by our own hand are not held any more.
        const std::set<std::string> gone(told.gone.begin(), told.gone.end());
        for (const auto i :
             std::vector<std::size_t>(sweep_.held(index_).begin(), sweep_.held(index_).end())) {
            if (!gone.empty() && gone.contains(sweep_.trial(i).now.run)) {
                sweep_.missing(i);
            }
        }
        return {};
    };
    auto ended = co_await listing.finish<protocol::watch_end>(take);
    co_return ended ? failure(errc::connect_failed, name() + ": the watch of its runs ended")
                    : ended.error();
}

awaitable<result<>> sweep_box::work(agent_client& agent) {
    while (!watched_) {
        if (!co_await wake_.wait()) {
            co_return failure(errc::cancelled, "");
        }
    }
    // What happened before the watch began; the rest it tells.
    if (auto done = co_await refresh(); !done) {
        co_return done;
    }
    if (std::exchange(said_lost_, false)) {
        sweep_.say(fmt::format("INFO: [guild] {} is back", name()));
    }
    retries_.succeeded();
    share().counts = !out_;
    const auto has_work = [this] {
        return !sweep_.over() && !(out_ && sweep_.held(index_).empty());
    };
    while (has_work()) {
        woken_ = false;
        result<> done;
        if (!sweep_.stopping() && !out_) {
            std::ignore = sweep_.take(index_); // they are among those that it holds
            done = co_await place_all(agent);
            if (done) {
                done = co_await keep_queue(agent);
            }
        } else {
            done = co_await unstage(agent);
            if (done && sweep_.ends_running() && !std::exchange(told_end_, true)) {
                done = co_await end_running(agent);
            }
        }
        if (!done) {
            co_return done;
        }
        while (!woken_ && has_work()) {
            if (!co_await wake_.wait()) {
                co_return failure(errc::cancelled, "");
            }
        }
    }
    co_return result<>();
}

awaitable<result<>> sweep_box::look_at_machine(agent_client& agent) {
    auto report = co_await agent.call(protocol::read_slots{.rules = rules_}, slots_limit);
    if (!report) {
        co_return report.error();
    }
    pool_member machine{.remote = name(),
                        .prefer = 0,
                        .tags = tags_of(at_->to),
                        .rules = rules_,
                        .report = std::move(*report)};
    const auto where = placement_condition::parse(sweep_.pool().where);
    if (!machine.report.trouble.empty()) {
        leave(machine.report.trouble);
    } else if (!where || !where->holds(machine)) {
        leave("it does not meet '" + sweep_.pool().where + "'");
    } else {
        share().slots = std::max<std::int64_t>(machine.report.total, 1);
    }
    co_return result<>();
}

// What the machine has of all that it holds: it is the truth.
awaitable<result<>> sweep_box::refresh() {
    std::map<std::string, std::size_t> asked;
    for (const auto i : sweep_.held(index_)) {
        asked.emplace(sweep_.trial(i).now.run, i);
    }
    std::vector<std::string> ids;
    for (const auto& [id, i] : asked) {
        ids.push_back(id);
    }
    const std::string queue = sweep_.queue(index_);
    if (!queue.empty()) {
        ids.push_back(queue);
    }
    bool has_queue = false;
    for (std::size_t begin = 0; begin < ids.size(); begin += most_ids) {
        const auto from = ids.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto count = static_cast<std::ptrdiff_t>(std::min(most_ids, ids.size() - begin));
        auto found = co_await fetch_facts(
            session_, *at_,
            {.home = at_->home, .ids = {from, from + count}, .attributes = {"exit_status"}});
        if (!found) {
            co_return found.error();
        }
        for (const auto& facts : *found) {
            has_queue = has_queue || facts.id == queue;
            if (const auto held = asked.find(facts.id); held != asked.end()) {
                // The machine has it, so the request has arrived; a removal has not.
                const auto i = held->second;
                if (!facts.pending && sweep_.held(index_).contains(i) &&
                    sweep_.trial(i).now.state != placement_state::placed) {
                    sweep_.step(i, placement_state::placed);
                }
                asked.erase(held);
            }
            sweep_.found(index_, facts);
        }
    }
    if (!has_queue) {
        sweep_.ends_queue(index_);
    }
    for (const auto& [id, i] : asked) {
        if (sweep_.held(index_).contains(i)) {
            sweep_.missing(i);
        }
    }
    co_return result<>();
}

// ---- placing

awaitable<result<>> sweep_box::place_all(agent_client& agent) {
    const std::vector<std::size_t> held(sweep_.held(index_).begin(), sweep_.held(index_).end());
    for (const auto i : held) {
        if (sweep_.broken() || sweep_.stopping()) {
            break;
        }
        if (sweep_.held(index_).contains(i) &&
            sweep_.trial(i).now.state == placement_state::placing) {
            if (auto placed = co_await place(agent, i); !placed) {
                co_return placed;
            }
            if (auto kept = co_await keep_queue(agent); !kept) { // the first one starts at once
                co_return kept;
            }
        }
    }
    co_return result<>();
}

awaitable<result<>> sweep_box::place(agent_client& agent, std::size_t i) {
    const sweep_trial& one = sweep_.trial(i);
    auto start = protocol::start_of(sweep_.head(), one.child);
    start.home = at_->home;
    start.activation = at_->to.activation();
    start.run_id = one.now.run;
    start.attributes["id"] = yaml_text(boost::json::string(one.now.run));
    if (one.now.attempt > 1) {
        start.attributes["attempt"] = yaml_text(boost::json::string(fmt::format(
            "{} of trial {}; the one before: {}", one.now.attempt, one.now.trial, one.former)));
    }
    start.stage = true;
    start.needs = rules_;
    for (const auto& package : {start.package, start.dependency_package}) {
        if (package.empty()) {
            continue;
        }
        auto files = co_await packages_.files(package);
        if (!files) {
            sweep_.not_started(i, files.error().context);
            co_return result<>();
        }
        if (auto there = co_await ensure_package(session_, *at_, package, **files); !there) {
            co_return there;
        }
    }
    auto staged = co_await agent.call(std::move(start), stage_limit);
    if (!staged && (retry_policy::worth_a_retry(staged.error().kind()) || !agent.alive())) {
        co_return staged.error(); // it may have arrived: asked for again there, and only there
    }
    if (!sweep_.held(index_).contains(i) || sweep_.trial(i).now.state != placement_state::placing) {
        co_return result<>(); // the watch was faster
    }
    if (staged && staged->not_met.empty()) {
        sweep_.step(i, placement_state::placed);
        sweep_.found(index_, staged->run);
    } else if (!staged && staged.error().kind() == errc::no_space) {
        sweep_.give_back(i); // a start that failed has left no run
        leave(staged.error().context);
    } else {
        sweep_.not_started(i, staged ? staged->not_met : staged.error().context);
    }
    co_return result<>();
}

// One that ends after the last staged trial has begun is done; one that was there before a trial
// was staged may not have seen it.
awaitable<result<>> sweep_box::keep_queue(agent_client& agent) {
    const auto waits = [this](std::size_t i) {
        const sweep_trial& one = sweep_.trial(i);
        return one.now.state == placement_state::placed && !one.runs;
    };
    std::set<std::string> waiting;
    for (const auto i : sweep_.held(index_)) {
        if (waits(i)) {
            waiting.insert(sweep_.trial(i).now.run);
        }
    }
    if (!sweep_.queue(index_).empty() || waiting.empty()) {
        co_return result<>();
    }
    // The one before has started some of those that it found.
    if (!std::ranges::includes(waiting, waited_)) {
        idle_queues_ = 0;
    }
    if (idle_queues_ == most_idle_queues) {
        leave("its queue does not start what is staged there");
        co_return co_await unstage(agent);
    }
    ++idle_queues_;
    waited_ = std::move(waiting);
    sweep_.begins_queue(index_, new_run_id());
    auto begun = co_await begin_queue(session_, name(), sweep_.queue(index_));
    if (!begun) {
        sweep_.ends_queue(index_);
    }
    co_return begun;
}

// ---- ending

// Its queue first: what is staged then stays so, and goes.
awaitable<result<>> sweep_box::unstage(agent_client& agent) {
    const auto is_staged = [this](std::size_t i) { return !sweep_.trial(i).runs; };
    if (std::ranges::none_of(sweep_.held(index_), is_staged)) {
        co_return result<>();
    }
    if (const std::string queue = sweep_.queue(index_); !queue.empty()) {
        auto stopped = co_await agent.call(
            protocol::stop_run{.home = at_->home, .run_id = queue, .stopped_by = "its sweep"},
            stop_limit);
        if (!stopped && stopped.error().kind() != errc::not_found) {
            co_return stopped.error();
        }
        sweep_.ends_queue(index_);
    }
    if (auto done = co_await refresh(); !done) { // some have begun meanwhile
        co_return done;
    }
    const std::vector<std::size_t> held(sweep_.held(index_).begin(), sweep_.held(index_).end());
    for (const auto i : held) {
        if (!sweep_.held(index_).contains(i) || sweep_.trial(i).runs) {
            continue;
        }
        if (sweep_.trial(i).now.state == placement_state::placing) {
            // The request may still be on its way: once it has an answer nothing comes after it.
            if (auto placed = co_await place(agent, i); !placed) {
                co_return placed;
            }
            if (!sweep_.held(index_).contains(i) || sweep_.trial(i).runs) {
                continue;
            }
        }
        const std::string run = sweep_.trial(i).now.run;
        sweep_.step(i, placement_state::removing);
        auto removed = co_await agent.call(
            protocol::delete_runs{.home = at_->home, .ids = {run}, .permanent = true},
            removal_limit);
        if (!removed && removed.error().kind() != errc::conflict) {
            co_return removed.error();
        }
        if (!sweep_.held(index_).contains(i)) {
            continue; // the watch has told that it is gone
        }
        if (removed) {
            sweep_.give_back(i);
        } else {
            sweep_.step(i, placement_state::placed); // somebody has started it
        }
    }
    co_return result<>();
}

awaitable<result<>> sweep_box::end_running(agent_client& agent) {
    const std::vector<std::size_t> held(sweep_.held(index_).begin(), sweep_.held(index_).end());
    for (const auto i : held) {
        if (!sweep_.held(index_).contains(i)) {
            continue;
        }
        auto asked = co_await agent.call(protocol::stop_run{.home = at_->home,
                                                            .run_id = sweep_.trial(i).now.run,
                                                            .no_wait = true,
                                                            .stopped_by = "the stop of its batch"},
                                         stop_limit);
        if (!asked && retry_policy::worth_a_retry(asked.error().kind())) {
            co_return asked.error();
        }
    }
    co_return result<>();
}

// ---- a lost link

awaitable<void> sweep_box::after(const failure& why) {
    share().counts = false;
    sweep_.changed(); // others need not leave it any
    const auto held = sweep_.held(index_).size();
    const bool worth_it = retry_policy::worth_a_retry(why.kind());
    if (!worth_it && held == 0) {
        leave(why.context);
        co_return;
    }
    if (!std::exchange(said_lost_, true)) {
        sweep_.say(fmt::format("WARNING: [guild] {}{}", why.context,
                               held > 0 ? fmt::format("; {} of the trials stay on {}", held, name())
                                        : ""));
    }
    // What refuses us is not asked often: the account could be locked.
    pause_.expires_after(worth_it ? retries_.next_pause()
                                  : std::chrono::milliseconds(refused_pause));
    std::ignore = co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    if ((co_await asio::this_coro::cancellation_state).cancelled() !=
        asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
}

} // namespace outrider
