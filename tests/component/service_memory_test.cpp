// What a service knows of a machine, with the real agent there.
#include "engine/fleet/machine_watch.hpp"
#include "engine/runs/run_identity.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/service_scene.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <signal.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A service, and somebody else on the same machine: an agent that the service knows nothing of.
struct shared_machine {
    service_scene scene;
    agent_process other{scene.far.cache};

    void start(const std::string& id) { other.call(scene.far.start(id, "exec sleep 1000")); }
    void stop(const std::string& id) {
        other.call(protocol::stop_run{.home = scene.far.home.native(), .run_id = id});
    }
    void kill_all_of(const std::string& id) const {
        const auto identity = read_identity(scene.far.run(id).identity());
        BOOST_REQUIRE(identity.has_value());
        ::kill(static_cast<pid_t>(identity->supervisor.pid), SIGKILL);
        ::kill(static_cast<pid_t>(identity->operation.pid), SIGKILL);
    }
};

std::function<bool(const runs_listed&)> is(const std::string& id, run_state state) {
    return [=](const runs_listed& listed) {
        return std::ranges::any_of(
            listed.rows, [&](const auto& row) { return row.id == id && row.state == state; });
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(memory_of_a_service)

BOOST_AUTO_TEST_CASE(a_machine_that_was_asked_for_is_known_and_what_happens_there_is_seen) {
    shared_machine it;
    it.start("first");
    it.scene.serve([&]() -> awaitable<void> {
        const auto asked = co_await it.scene.list();
        BOOST_TEST(asked.remembered.empty()); // nothing was known yet
        BOOST_REQUIRE(asked.rows.size() == 1);
        const auto known =
            co_await it.scene.listed_when("it runs", is("first", run_state::running));
        BOOST_TEST(known.remembered.front().remote == "gpu1");
        BOOST_TEST(known.remembered.front().trouble == "");
        it.start("second");
        std::ignore =
            co_await it.scene.listed_when("the other one", is("second", run_state::running));
        it.stop("second");
        std::ignore = co_await it.scene.listed_when("its end", is("second", run_state::terminated));
    });
}

BOOST_AUTO_TEST_CASE(a_run_whose_processes_were_all_killed_is_an_error) {
    shared_machine it;
    it.start("run");
    it.scene.serve([&]() -> awaitable<void> {
        std::ignore = co_await it.scene.listed_when("it runs", is("run", run_state::running));
        it.kill_all_of("run");
        std::ignore = co_await it.scene.listed_when("it is an error", is("run", run_state::error));
    });
}

BOOST_AUTO_TEST_CASE(a_machine_of_which_nobody_asks_any_more_is_forgotten) {
    shared_machine it;
    it.start("run");
    it.scene.options.idle_limit = std::chrono::milliseconds(400);
    it.scene.serve([&]() -> awaitable<void> {
        const auto known = [&] { return !it.scene.with().machines->memory.machines().empty(); };
        std::ignore = co_await it.scene.listed_when("it is known", is("run", run_state::running));
        BOOST_TEST(known());
        co_await it.scene.until("it is forgotten", [&] { return !known(); });
        // Asked for, it is known again.
        const auto asked = co_await it.scene.list();
        BOOST_TEST(asked.remembered.empty());
        BOOST_TEST(known());
    });
    it.stop("run");
}

BOOST_AUTO_TEST_CASE(a_lost_link_is_told_with_the_age_and_no_end_is_made_up) {
    shared_machine it;
    it.start("run");
    it.scene.serve([&]() -> awaitable<void> {
        const auto before = co_await it.scene.listed_when("it runs", is("run", run_state::running));
        it.scene.open = false;
        it.scene.kill_agent();
        const auto lost =
            co_await it.scene.listed_when("the trouble is told", [](const runs_listed& listed) {
                return !listed.remembered.front().trouble.empty();
            });
        const auto confirmed = lost.remembered.front().confirmed_us;
        BOOST_TEST(confirmed >= before.remembered.front().confirmed_us);
        // What happens now nobody here can know.
        it.stop("run");
        const auto later = co_await it.scene.list();
        BOOST_TEST(is("run", run_state::running)(later));
        BOOST_TEST(later.remembered.front().confirmed_us == confirmed);
        list_command fresh;
        fresh.fresh = true;
        fresh.remote = "gpu1";
        const auto refused = co_await it.scene.perform(fresh);
        BOOST_REQUIRE(refused.error.has_value());
        BOOST_TEST((refused.error->kind() == errc::connect_failed));
        it.scene.open = true;
        const auto back =
            co_await it.scene.listed_when("its end", is("run", run_state::terminated));
        BOOST_TEST(back.remembered.front().trouble == "");
        BOOST_TEST(back.remembered.front().confirmed_us > confirmed);
    });
}

BOOST_AUTO_TEST_CASE(what_a_command_has_done_is_never_hidden_by_memory) {
    shared_machine it;
    it.start("run");
    it.scene.serve([&]() -> awaitable<void> {
        std::ignore = co_await it.scene.listed_when("it runs", is("run", run_state::running));
        for (int i = 0; i < 20; ++i) {
            label_command label;
            label.remote = "gpu1";
            label.selection.runs = {"run"};
            label.text = "label " + std::to_string(i);
            const auto done = co_await it.scene.perform(label);
            BOOST_TEST(!done.error.has_value());
            const auto listed = co_await it.scene.list();
            BOOST_TEST(listed.rows.front().label == label.text);
        }
        stop_command stop;
        stop.remote = "gpu1";
        stop.selection.runs = {"run"};
        std::ignore = co_await it.scene.perform(stop);
        BOOST_TEST(is("run", run_state::terminated)(co_await it.scene.list()));
        // And it is remembered again soon.
        std::ignore = co_await it.scene.listed_when("the memory", is("run", run_state::terminated));
    });
}

BOOST_AUTO_TEST_CASE(an_end_that_a_command_has_told_is_in_the_next_listing) {
    shared_machine it;
    it.scene.serve([&]() -> awaitable<void> {
        for (int i = 0; i < 5; ++i) {
            const auto id = "run" + std::to_string(i);
            it.start(id);
            std::ignore = co_await it.scene.listed_when("it runs", is(id, run_state::running));
            asio::steady_timer soon(co_await asio::this_coro::executor);
            soon.expires_after(std::chrono::milliseconds(10));
            soon.async_wait([&](auto) { it.stop(id); });
            wait_command wait;
            wait.remote = "gpu1";
            wait.selection.runs = {id};
            std::ignore = co_await it.scene.perform(wait);
            BOOST_TEST(is(id, run_state::terminated)(co_await it.scene.list()));
        }
    });
}

BOOST_AUTO_TEST_CASE(filters_limits_and_arguments_are_answered_as_the_machine_does) {
    shared_machine it;
    for (int i = 1; i <= 5; ++i) {
        it.scene.far.make_run("run" + std::to_string(i), {{"started", std::to_string(i) + "000"},
                                                          {"stopped", std::to_string(i) + "500"},
                                                          {"exit_status", i % 2 == 0 ? "0" : "1"},
                                                          {"label", "l" + std::to_string(i)}});
    }
    std::vector<list_command> queries(6);
    queries[1].limit = 2;
    queries[2].selection.runs = {"2:3"};
    queries[3].selection.runs = {"run4"};
    queries[4].selection.filter.states = {run_state::completed};
    queries[4].limit = 1;
    queries[5].selection.filter.labels = {"l3"};
    it.scene.serve([&]() -> awaitable<void> {
        std::ignore = co_await it.scene.listed_when("all of them",
                                                    [](const auto& l) { return l.total == 5; });
        for (auto query : queries) {
            const auto known = co_await it.scene.list(query);
            BOOST_TEST(known.remembered.size() == 1);
            query.fresh = true;
            auto asked = co_await it.scene.list(query);
            BOOST_TEST(asked.remembered.empty());
            BOOST_TEST(protocol::encode(asked) ==
                       protocol::encode(runs_listed{.rows = known.rows, .total = known.total}));
        }
        // The memory has no flags, so an expression asks the machine.
        list_command flags;
        flags.selection.filter.expressions = {"x = 1"};
        BOOST_TEST((co_await it.scene.list(flags)).remembered.empty());
        list_command none;
        none.selection.runs = {"nothing"};
        none.remote = "gpu1";
        const auto refused = co_await it.scene.perform(none);
        BOOST_REQUIRE(refused.error.has_value());
        BOOST_TEST((refused.error->kind() == errc::not_found));
    });
}

BOOST_AUTO_TEST_CASE(a_machine_that_could_not_be_reached_is_watched_when_it_comes_up) {
    shared_machine it;
    it.scene.open = false;
    it.start("run");
    it.scene.serve([&]() -> awaitable<void> {
        list_command what;
        what.remote = "gpu1";
        const auto refused = co_await it.scene.perform(what);
        BOOST_TEST(refused.error.has_value());
        it.scene.open = true;
        co_await it.scene.until("it is watched", [&] {
            const auto& known = it.scene.with().machines->memory.machines();
            return !known.empty() && known.begin()->second.watched;
        });
        std::ignore = co_await it.scene.listed_when("it runs", is("run", run_state::running));
    });
}

BOOST_AUTO_TEST_CASE(several_remotes_are_answered_from_memory_together) {
    shared_machine it;
    it.start("run");
    it.scene.serve([&]() -> awaitable<void> {
        std::ignore = co_await it.scene.listed_when("it runs", is("run", run_state::running));
        list_command all;
        all.remote = "all";
        const auto told = co_await it.scene.perform(all);
        const auto* listed = told.find<runs_listed>();
        BOOST_REQUIRE(listed != nullptr);
        BOOST_TEST(listed->remembered.size() == 1);
        BOOST_TEST(listed->rows.front().held_by == "gpu1");
    });
}

BOOST_AUTO_TEST_CASE(runs_that_appear_and_end_are_news) {
    shared_machine it;
    it.scene.far.make_run("old", {{"started", "1"}, {"exit_status", "0"}});
    it.scene.serve([&]() -> awaitable<void> {
        std::ignore = co_await it.scene.listed_when("it is known",
                                                    [](const auto& l) { return l.total == 1; });
        const auto heard = it.scene.with().news.subscribe({.kinds = {news_kind::run}}, {});
        it.start("run");
        std::ignore = co_await it.scene.listed_when("it runs", is("run", run_state::running));
        it.stop("run");
        std::ignore = co_await it.scene.listed_when("its end", is("run", run_state::terminated));
        std::vector<run_change> changes;
        while (const auto each = heard->take()) {
            const auto& told = std::get<run_news>((*each)->what);
            BOOST_TEST(told.run.id == "run");
            BOOST_TEST(told.remote == "gpu1");
            changes.push_back(told.change);
        }
        BOOST_REQUIRE(changes.size() >= 2);
        BOOST_TEST((changes.front() == run_change::appeared));
        BOOST_TEST((changes.back() == run_change::ended));
    });
}

BOOST_AUTO_TEST_SUITE_END()
