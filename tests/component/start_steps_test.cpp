// The steps of a start as whoever starts many runs takes them: each by itself, nobody asked.
#include "engine/commands/following/following.hpp"
#include "engine/commands/starting/run_launch.hpp"
#include "engine/commands/starting/run_planning.hpp"
#include "tests/support/service_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// Two machines and a project, and somebody who starts runs in an engine and asks nobody.
struct starting_scene {
    service_scene scene;
    std::vector<run_stage> steps;
    std::vector<std::string> warnings;
    std::string output;

    starting_scene() {
        write(scene.place() / "config.yml",
              "remotes:\n  gpu1:\n    type: local\n    guild-home: " + home_of("gpu1").native() +
                  "\n  gpu2:\n    type: local\n    guild-home: " + home_of("gpu2").native() + "\n");
        write(scene.place() / "guild.yml", "say:\n"
                                           "  exec: sh -c 'cat word.txt; echo x=${x}'\n"
                                           "  sourcecode: word.txt\n"
                                           "  flags: {x: 1}\n");
        write(scene.place() / "word.txt", "hello\n");
    }
    [[nodiscard]] fs::path home_of(const std::string& remote) const {
        return scene.place() / remote;
    }
    /// Fails the test if it is asked anything.
    [[nodiscard]] command_session session() {
        auto context = scene.context();
        context.assume_yes = false;
        return {context,
                {.tell =
                     [this](const event& said, const std::string&) {
                         if (const auto* piece = std::get_if<output_bytes>(&said)) {
                             output += piece->bytes;
                         }
                     },
                 .ask =
                     [](const question&, const answer_taker& give) {
                         BOOST_ERROR("somebody is asked");
                         give(std::nullopt);
                     }},
                scene.with()};
    }
    [[nodiscard]] start_observer observer() {
        return {.step = [this](run_stage stage, const std::string&) { steps.push_back(stage); },
                .warning = [this](const std::string& text) { warnings.push_back(text); }};
    }
    [[nodiscard]] std::ptrdiff_t told(run_stage stage) const {
        return std::ranges::count(steps, stage);
    }
    [[nodiscard]] awaitable<run_plan> plan(command_session& session, const target& at,
                                           run_command what) {
        auto made = co_await make_plan(request_for(session, what, at, new_run_id()), observer());
        BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().context));
        co_return std::move(*made);
    }
    /// Follows a run to its end, which has to be a good one.
    awaitable<void> finish(command_session& session, const target& at, const std::string& id) {
        output.clear();
        const auto ended = co_await follow_run(session, at, id);
        BOOST_REQUIRE(ended.has_value());
        BOOST_REQUIRE(ended->has_value());
        BOOST_TEST(((*ended)->state == run_state::completed));
    }
};

void check_done(const result<>& done) {
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().context));
}

} // namespace

BOOST_AUTO_TEST_SUITE(start_steps)

BOOST_AUTO_TEST_CASE(one_plan_is_sent_once_and_starts_many_runs_on_machines_chosen_later) {
    starting_scene it;
    it.scene.serve([&]() -> awaitable<void> {
        auto session = it.session();
        const auto gpu1 = co_await session.find_target("gpu1");
        const auto gpu2 = co_await session.find_target("gpu2");
        BOOST_REQUIRE((gpu1 && gpu2));
        const auto plan = co_await it.plan(
            session, *gpu1, {.remote = "gpu1", .operation = "say", .flags = {"x=7"}});
        BOOST_TEST(it.steps.empty()); // no machine was needed
        for (const auto& at : {*gpu2, *gpu1}) {
            check_done(co_await send_plan(session, at, plan, it.observer()));
        }
        BOOST_TEST(it.told(run_stage::copying_package) == 2);
        fs::remove(it.scene.place() / "word.txt"); // it is there
        for (const auto& at : {*gpu1, *gpu2, *gpu2}) {
            const auto id = new_run_id();
            const auto started =
                co_await launch(session, at, request_to_start(plan, at, id), it.observer());
            BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().context));
            BOOST_TEST(started->id == id);
            BOOST_TEST(started->operation == "say");
            BOOST_TEST(started->directory == it.home_of(at.remote) / "runs" / id);
            co_await it.finish(session, at, id);
            BOOST_TEST(it.output == "hello\nx=7\n");
            BOOST_TEST(content(started->directory + "/.guild/attrs/id") == id + "\n");
        }
        BOOST_TEST(it.told(run_stage::started) == 3);
        BOOST_TEST(it.told(run_stage::copying_package) == 2);
        BOOST_TEST(it.warnings.empty());
    });
}

BOOST_AUTO_TEST_CASE(a_run_that_is_staged_is_started_when_its_turn_comes) {
    starting_scene it;
    it.scene.serve([&]() -> awaitable<void> {
        auto session = it.session();
        const auto at = co_await session.find_target("gpu1");
        BOOST_REQUIRE(at.has_value());
        const auto plan =
            co_await it.plan(session, *at, {.remote = "gpu1", .operation = "say", .stage = true});
        check_done(co_await send_plan(session, *at, plan, it.observer()));
        const auto& id = plan.start.run_id;
        BOOST_REQUIRE(
            (co_await launch(session, *at, request_to_start(plan, *at, id), it.observer())));
        const auto run = it.home_of("gpu1") / "runs" / id;
        BOOST_TEST(fs::exists(run / ".guild/STAGED"));
        const protocol::start_staged turn{
            .home = at->home, .run_id = id, .token = new_run_id(), .only_staged = true};
        const auto started = co_await launch(session, *at, turn, plan.operation, it.observer());
        BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().context));
        BOOST_TEST(started->directory == run);
        co_await it.finish(session, *at, id);
        BOOST_TEST(it.output == "hello\nx=1\n");
    });
}

BOOST_AUTO_TEST_CASE(an_id_that_is_taken_is_not_started_over) {
    starting_scene it;
    it.scene.serve([&]() -> awaitable<void> {
        auto session = it.session();
        const auto at = co_await session.find_target("gpu1");
        BOOST_REQUIRE(at.has_value());
        const auto plan = co_await it.plan(session, *at, {.remote = "gpu1", .operation = "say"});
        check_done(co_await send_plan(session, *at, plan, it.observer()));
        const auto request = request_to_start(plan, *at, plan.start.run_id);
        BOOST_TEST((co_await launch(session, *at, request, it.observer())).has_value());
        const auto again = co_await launch(session, *at, request, it.observer());
        BOOST_REQUIRE(again.has_error());
        BOOST_TEST((again.error().kind() == errc::conflict));
        BOOST_TEST(it.told(run_stage::started) == 1);
    });
}

BOOST_AUTO_TEST_CASE(who_has_not_heard_of_starting_knows_that_the_run_was_not_started) {
    starting_scene it;
    it.scene.serve([&]() -> awaitable<void> {
        auto session = it.session();
        const auto at = co_await session.find_target("gpu1");
        BOOST_REQUIRE(at.has_value());
        const auto plan = co_await it.plan(session, *at, {.remote = "gpu1", .operation = "say"});
        it.scene.open = false;
        const auto started = co_await launch(
            session, *at, request_to_start(plan, *at, plan.start.run_id), it.observer());
        BOOST_REQUIRE(started.has_error());
        BOOST_TEST((started.error().kind() == errc::connect_failed));
        BOOST_TEST(it.told(run_stage::starting) == 0);
        BOOST_TEST(!fs::exists(it.home_of("gpu1") / "runs" / plan.start.run_id));
    });
}

BOOST_AUTO_TEST_SUITE_END()
