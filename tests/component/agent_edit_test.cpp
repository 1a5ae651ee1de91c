#include "engine/agent/files/run_lock.hpp"
#include "engine/protocol/edit_messages.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;
using protocol::attribute_change;

namespace {

using ids = std::vector<std::string>;

protocol::change_attributes change(const run_home& at, std::vector<attribute_change> changes) {
    return {.home = at.home.native(), .changes = std::move(changes)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_edit)

BOOST_AUTO_TEST_CASE(attributes_are_set_replaced_and_removed) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {{"label", "old\n"}, {"marked", "true\n"}});
    const auto reply = agent.call(
        change(at, {{.run_id = "a", .name = "label", .before = "old\n", .after = "new\n"},
                    {.run_id = "a", .name = "tags", .before = {}, .after = "- x\n"},
                    {.run_id = "a", .name = "marked", .before = "true\n", .after = {}}}));
    BOOST_TEST(reply.changed == 3);
    BOOST_TEST(reply.conflicts.empty());
    BOOST_TEST(content(run.attribute("label")) == "new\n");
    BOOST_TEST(content(run.attribute("tags")) == "- x\n");
    BOOST_TEST(!fs::exists(run.attribute("marked")));
}

BOOST_AUTO_TEST_CASE(a_run_without_attributes_gets_its_first) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {});
    fs::remove_all(run.attributes());
    agent.call(change(at, {{.run_id = "a", .name = "marked", .before = {}, .after = "true\n"}}));
    BOOST_TEST(content(run.attribute("marked")) == "true\n");
}

BOOST_AUTO_TEST_CASE(what_somebody_else_changed_is_left_and_named) {
    run_home at;
    agent_process agent(at.cache);
    const auto a = at.make_run("a", {{"label", "other\n"}});
    const auto b = at.make_run("b", {});
    const auto reply =
        agent.call(change(at, {{.run_id = "a", .name = "tags", .before = {}, .after = "- x\n"},
                               {.run_id = "a", .name = "label", .before = {}, .after = "new\n"},
                               {.run_id = "b", .name = "label", .before = {}, .after = "new\n"},
                               {.run_id = "c", .name = "label", .before = {}, .after = "new\n"}}));
    BOOST_TEST(reply.conflicts == ids{"a"}, boost::test_tools::per_element());
    BOOST_TEST(reply.missing == ids{"c"}, boost::test_tools::per_element());
    BOOST_TEST(content(a.attribute("label")) == "other\n");
    BOOST_TEST(!fs::exists(a.attribute("tags"))); // nothing of that run
    BOOST_TEST(content(b.attribute("label")) == "new\n");
    BOOST_TEST(!fs::exists(at.run("c").directory)); // and no directory is made
}

BOOST_AUTO_TEST_CASE(an_edit_waits_for_the_lock_of_the_run) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {});
    auto lock = agent::try_lock_run(run);
    BOOST_REQUIRE(lock.has_value() && lock->has_value());
    const auto request =
        agent.send(change(at, {{.run_id = "a", .name = "label", .before = {}, .after = "x\n"}}));
    agent.call(protocol::ping{});
    agent.call(protocol::ping{});
    BOOST_TEST(!agent.receive(request, 0).ended());
    BOOST_TEST(!fs::exists(run.attribute("label")));
    lock->reset();
    const auto reply = agent_process::reply_of<protocol::change_attributes>(agent.finish(request));
    BOOST_TEST(reply.changed == 1);
    BOOST_TEST(content(run.attribute("label")) == "x\n");
}

BOOST_AUTO_TEST_CASE(a_running_run_may_be_edited) {
    run_home at;
    agent_process agent(at.cache);
    agent.call(at.start("r1", "exec sleep 60"));
    agent.call(change(at, {{.run_id = "r1", .name = "label", .before = {}, .after = "x\n"}}));
    BOOST_TEST(content(at.run("r1").attribute("label")) == "x\n");
}

BOOST_AUTO_TEST_CASE(only_four_attributes_of_a_run_of_the_home_are_changed) {
    run_home at;
    agent_process agent(at.cache);
    at.make_run("a", {});
    const attribute_change bad[] = {
        {.run_id = "a", .name = "exit_status", .before = {}, .after = "0\n"},
        {.run_id = "a", .name = "../opref", .before = {}, .after = "x"},
        {.run_id = "a", .name = "", .before = {}, .after = "x"},
        {.run_id = "../runs/a", .name = "label", .before = {}, .after = "x"},
        {.run_id = "..", .name = "label", .before = {}, .after = "x"},
        {.run_id = "a", .name = "label", .before = {}, .after = std::string(300 << 10, 'x')},
    };
    for (const auto& each : bad) {
        BOOST_TEST_CONTEXT(each.run_id << " " << each.name) {
            BOOST_TEST(agent.refuse(change(at, {each})).code == "bad_input");
        }
    }
    BOOST_TEST(fs::is_empty(at.run("a").attributes()));
    const std::vector<attribute_change> many(
        1001, {.run_id = "a", .name = "label", .before = {}, .after = {}});
    BOOST_TEST(agent.refuse(change(at, many)).code == "bad_input");
}

BOOST_AUTO_TEST_CASE(an_attribute_that_cannot_be_read_is_not_replaced) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {});
    fs::create_directory(run.attribute("label"));
    const auto failed =
        agent.refuse(change(at, {{.run_id = "a", .name = "label", .before = {}, .after = "x\n"}}));
    BOOST_TEST(failed.code == "io_failed");
    BOOST_TEST(failed.context.find("label") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(deleted_runs_are_restored) {
    run_home at;
    agent_process agent(at.cache);
    at.make_run("a", {{"label", "kept\n"}});
    agent.call(protocol::delete_runs{.home = at.home.native(), .ids = {"a"}});
    fs::remove(at.home / "runs"); // a home without runs
    const protocol::restore_runs request{.home = at.home.native(), .ids = {"a", "never"}};
    BOOST_TEST(agent.call(request).restored == ids{"a"}, boost::test_tools::per_element());
    BOOST_TEST(content(at.run("a").attribute("label")) == "kept\n");
    BOOST_TEST(!fs::exists(at.home / "trash" / "runs" / "a"));
    BOOST_TEST(agent.refuse(request).code == "conflict"); // it is there
}

BOOST_AUTO_TEST_CASE(nothing_is_restored_if_one_of_the_runs_is_there) {
    run_home at;
    agent_process agent(at.cache);
    for (const char* id : {"a", "b"}) {
        at.make_run(id, {});
    }
    agent.call(protocol::delete_runs{.home = at.home.native(), .ids = {"a", "b"}});
    at.make_run("b", {});
    const auto failed =
        agent.refuse(protocol::restore_runs{.home = at.home.native(), .ids = {"a", "b"}});
    BOOST_TEST(failed.code == "conflict");
    BOOST_TEST(failed.context.find("run b") != std::string::npos);
    BOOST_TEST(!fs::exists(at.run("a").directory));
    BOOST_TEST(
        agent.refuse(protocol::restore_runs{.home = at.home.native(), .ids = {"../x"}}).code ==
        "bad_input");
}

BOOST_AUTO_TEST_CASE(purged_runs_are_gone_and_nothing_else) {
    run_home at;
    agent_process agent(at.cache);
    const auto run = at.make_run("a", {});
    at.make_run("b", {});
    write(at.root / "precious" / "file", "x");
    fs::create_directory_symlink(at.root / "precious", run.directory / "link");
    agent.call(protocol::delete_runs{.home = at.home.native(), .ids = {"a", "b"}});
    at.make_run("a", {}); // another one of that id lives
    const protocol::purge_runs request{.home = at.home.native(), .ids = {"a", "never"}};
    BOOST_TEST(agent.call(request).deleted == ids{"a"}, boost::test_tools::per_element());
    BOOST_TEST(!fs::exists(at.home / "trash" / "runs" / "a"));
    BOOST_TEST(fs::exists(at.home / "trash" / "runs" / "b"));
    BOOST_TEST(fs::exists(run.opref()));
    BOOST_TEST(content(at.root / "precious" / "file") == "x");
    BOOST_TEST(agent.refuse(protocol::purge_runs{.home = at.home.native(), .ids = {"../../runs/a"}})
                   .code == "bad_input");
}

BOOST_AUTO_TEST_SUITE_END()
