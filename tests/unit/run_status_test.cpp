#include "engine/protocol/slurm_messages.hpp"
#include "engine/runs/run_status.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace outrider;
using namespace outrider::protocol;

namespace {

struct status_case {
    const char* name;
    run_facts facts;
    run_state state;
};

run_facts with_exit(const char* text) {
    return {.attributes = {{"exit_status", text}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_status_rules)

BOOST_AUTO_TEST_CASE(the_first_rule_that_matches_decides) {
    auto remote_and_exit = with_exit("0\n");
    remote_and_exit.remote_lock = "lab";
    auto copy_terminated = run_facts{.terminated_remote = true};
    auto exit_wins = with_exit("1\n");
    exit_wins.terminated_remote = true;
    const status_case cases[] = {
        {"LOCK.remote before exit status", remote_and_exit, run_state::running},
        {"pending", {.pending = true, .staged = true}, run_state::pending},
        {"start interrupted", {.pending = true, .starter = process_state::gone}, run_state::error},
        {"staged", {.staged = true}, run_state::staged},
        {"exit 0", with_exit("0\n"), run_state::completed},
        {"exit 1", with_exit("1"), run_state::error},
        {"signal", with_exit("-15\n"), run_state::terminated},
        {"exit status is no number", with_exit("null\n"), run_state::error},
        {"copy that was terminated", copy_terminated, run_state::terminated},
        {"exit status wins over TERMINATED.remote", exit_wins, run_state::error},
        {"alive", {.lock = "1", .operation = process_state::alive}, run_state::running},
        {"supervisor still writes",
         {.lock = "1", .operation = process_state::gone, .supervisor = process_state::alive},
         run_state::running},
        {"supervisor killed, operation goes on",
         {.lock = "1", .operation = process_state::alive, .supervisor = process_state::gone},
         run_state::running},
        {"both gone",
         {.lock = "1", .operation = process_state::gone, .supervisor = process_state::gone},
         run_state::error},
        {"another machine holds it",
         {.lock = "1", .operation = process_state::elsewhere, .owner_host = "gpu1"},
         run_state::running},
        {"nothing at all", {}, run_state::error},
    };
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_CHECK(status_of(c.facts).state == c.state);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_remote_is_named_without_what_follows_a_colon) {
    BOOST_TEST(status_of({.remote_lock = "lab:type: ssh\n"}).remote == "lab");
    BOOST_TEST(status_of({.remote_lock = "lab\n"}).remote == "lab");
}

BOOST_AUTO_TEST_CASE(a_killed_supervisor_is_named_as_the_reason) {
    const auto got = status_of(
        {.lock = "1", .operation = process_state::gone, .supervisor = process_state::gone});
    BOOST_TEST(got.reason == "its supervisor ended without writing an exit status");
}

BOOST_AUTO_TEST_CASE(a_job_that_waits_says_why) {
    const run_facts queued{.pending = true,
                           .starter = process_state::gone,
                           .reason = end_reason{slurm_queued_kind, "waits: Resources"}};
    BOOST_CHECK(status_of(queued).state == run_state::pending);
    BOOST_TEST(status_of(queued).reason == "waits: Resources");
    const run_facts queued_again{.lock = "1",
                                 .operation = process_state::none,
                                 .reason = end_reason{slurm_queued_kind, "queued again"}};
    BOOST_CHECK(status_of(queued_again).state == run_state::running);
    BOOST_TEST(status_of(queued_again).reason == "queued again");
    const run_facts suspended{.lock = "1",
                              .operation = process_state::alive,
                              .reason = end_reason{slurm_queued_kind, "suspended by Slurm"}};
    BOOST_CHECK(status_of(suspended).state == run_state::running);
    BOOST_TEST(status_of(suspended).reason == "suspended by Slurm");
}

BOOST_AUTO_TEST_CASE(a_silent_slurm_ends_nothing) {
    run_facts unconfirmed{.pending = true,
                          .starter = process_state::gone,
                          .reason = end_reason{slurm_unconfirmed_kind, "not confirmed for 1h"}};
    BOOST_CHECK(status_of(unconfirmed).state == run_state::pending);
    BOOST_TEST(status_of(unconfirmed).reason == "not confirmed for 1h");
    unconfirmed.pending = false;
    for (const auto state : {process_state::none, process_state::alive, process_state::gone,
                             process_state::elsewhere}) {
        unconfirmed.operation = state;
        unconfirmed.lock = "1";
        BOOST_CHECK(status_of(unconfirmed).state == run_state::running);
        BOOST_TEST(status_of(unconfirmed).reason == "not confirmed for 1h");
    }
    unconfirmed.attributes["exit_status"] = "0\n";
    BOOST_CHECK(status_of(unconfirmed).state == run_state::completed);
}

BOOST_AUTO_TEST_SUITE_END()
