#include "engine/protocol/edit_messages.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

BOOST_AUTO_TEST_SUITE(agent_delete)

BOOST_AUTO_TEST_CASE(deleted_runs_are_in_the_trash_also_a_second_time) {
    run_home at;
    agent_process agent(at.cache);
    const protocol::delete_runs request{.home = at.home.native(), .ids = {"a"}};
    at.make_run("a", {{"label", "first"}});
    BOOST_TEST(agent.call(request).deleted.size() == 1U);
    at.make_run("a", {{"label", "second"}});
    BOOST_TEST(agent.call(request).deleted.size() == 1U);
    BOOST_TEST(!fs::exists(at.run("a").directory));
    const fs::path trash = at.home / "trash" / "runs";
    BOOST_TEST(content(trash / "a" / ".guild" / "attrs" / "label") == "second");
    std::size_t kept = 0;
    for (const auto& entry : fs::directory_iterator(trash)) {
        kept += entry.path().filename().native().starts_with("a_") ? 1 : 0;
    }
    BOOST_TEST(kept == 1U);
    const auto listed = agent.call(protocol::list_runs{.home = at.home.native(), .trash = true});
    BOOST_TEST(listed.total == 2);
}

BOOST_AUTO_TEST_CASE(permanent_deletion_does_not_follow_links) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {});
    write(at.root / "precious" / "file", "x");
    fs::create_directory_symlink(at.root / "precious", run.directory / "link");
    agent.call(protocol::delete_runs{.home = at.home.native(), .ids = {"a"}, .permanent = true});
    BOOST_TEST(!fs::exists(run.directory));
    BOOST_TEST(!fs::exists(at.home / "trash" / "runs" / "a"));
    BOOST_TEST(content(at.root / "precious" / "file") == "x");
}

// A run on a larger disk, say, with a link in its place.
fs::path make_linked_run(run_home& at, const fs::path& target) {
    const auto run = at.make_run("a", {{"label", "mine"}});
    fs::rename(run.directory, at.root / "data");
    fs::create_directory_symlink(target, run.directory);
    return at.root / "data";
}

BOOST_AUTO_TEST_CASE(of_a_run_that_is_a_link_the_link_is_removed_and_the_rest_named) {
    for (const bool by_purge : {false, true}) {
        run_home at;
        agent_process agent(at.cache);
        const auto data = make_linked_run(at, at.root / "data");
        protocol::delete_reply done;
        if (by_purge) {
            agent.call(protocol::delete_runs{.home = at.home.native(), .ids = {"a"}});
            done = agent.call(protocol::purge_runs{.home = at.home.native(), .ids = {"a"}});
        } else {
            done = agent.call(
                protocol::delete_runs{.home = at.home.native(), .ids = {"a"}, .permanent = true});
        }
        BOOST_TEST(done.deleted.empty());
        BOOST_TEST_REQUIRE(done.links.size() == 1U);
        BOOST_TEST(done.links[0].run_id == "a");
        BOOST_TEST(done.links[0].target == data.native());
        for (const fs::path& place : {at.home / "runs" / "a", at.home / "trash" / "runs" / "a"}) {
            BOOST_TEST(!fs::exists(fs::symlink_status(place)));
        }
        BOOST_TEST(content(data / ".guild" / "attrs" / "label") == "mine");
        BOOST_TEST(fs::exists(data / ".guild" / "opref")); // it is a run still
    }
}

BOOST_AUTO_TEST_CASE(a_relative_link_leads_to_its_run_from_the_trash_and_back) {
    run_home at;
    agent_process agent(at.cache);
    make_linked_run(at, fs::path("../..") / "data");
    const fs::path label = fs::path("a") / ".guild" / "attrs" / "label";
    BOOST_REQUIRE(content(at.home / "runs" / label) == "mine");
    BOOST_TEST(
        agent.call(protocol::delete_runs{.home = at.home.native(), .ids = {"a"}}).deleted.size() ==
        1U);
    BOOST_TEST(content(at.home / "trash" / "runs" / label) == "mine");
    BOOST_TEST(!fs::exists(fs::symlink_status(at.home / "runs" / "a")));
    agent.call(protocol::restore_runs{.home = at.home.native(), .ids = {"a"}});
    BOOST_TEST(content(at.home / "runs" / label) == "mine");
}

BOOST_AUTO_TEST_CASE(nothing_is_deleted_if_one_of_the_runs_is_running) {
    run_home at;
    agent_process agent(at.cache);
    at.make_run("ended", {{"exit_status", "0\n"}});
    agent.call(at.start("r1", "exec sleep 60"));
    const auto failed =
        agent.refuse(protocol::delete_runs{.home = at.home.native(), .ids = {"ended", "r1"}});
    BOOST_TEST(failed.code == "conflict");
    BOOST_TEST(failed.context.find("r1") != std::string::npos);
    BOOST_TEST(fs::exists(at.run("ended").directory));
    BOOST_TEST(fs::exists(at.run("r1").directory));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_gone_already_is_no_error) {
    run_home at;
    agent_process agent(at.cache);
    BOOST_TEST(
        agent.call(protocol::delete_runs{.home = at.home.native(), .ids = {"a"}}).deleted.empty());
    const auto failed =
        agent.refuse(protocol::delete_runs{.home = at.home.native(), .ids = {"../runs"}});
    BOOST_TEST(failed.code == "bad_input");
}

BOOST_AUTO_TEST_CASE(other_requests_are_answered_while_a_big_tree_is_removed) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {});
    for (int folder = 0; folder < 20; ++folder) {
        for (int file = 0; file < 1000; ++file) {
            write(run.directory / std::to_string(folder) / std::to_string(file), "");
        }
    }
    fs::permissions(run.directory / "0", fs::perms::owner_read); // no obstacle for its owner
    const auto removal = agent.send(
        protocol::delete_runs{.home = at.home.native(), .ids = {"a"}, .permanent = true});
    agent.call(protocol::ping{});
    BOOST_TEST(!agent.receive(removal, 0).ended());
    const auto reply = agent_process::reply_of<protocol::delete_runs>(agent.finish(removal));
    BOOST_TEST(reply.deleted.size() == 1U);
    BOOST_TEST(!fs::exists(run.directory));
}

BOOST_AUTO_TEST_SUITE_END()
