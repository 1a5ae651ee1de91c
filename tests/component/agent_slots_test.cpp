// Slots: what of a machine its batches give out to their trials, and never twice.
#include "engine/agent/slots/slot_file.hpp"
#include "engine/protocol/slot_messages.hpp"
#include "engine/runs/run_identity.hpp"
#include "tests/support/children_scene.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A machine with GPUs that a stand-in for its driver tells of, and batches `p`, `q`, ….
struct slot_scene : children_scene {
    slot_scene() {
        fs::create_directories(tools());
        write(tools() / "nvidia-smi",
              "#!/bin/sh\ncase \"$1\" in\n*query-gpu*) cat '" + (at.root / "gpus").native() +
                  "';;\n*compute-apps*) cat '" + (at.root / "apps").native() + "';;\nesac\n");
        ::chmod((tools() / "nvidia-smi").c_str(), 0755);
        write(at.root / "gpus", "0, GPU-a\n1, GPU-b\n2, GPU-c\n");
        write(at.root / "apps", "");
        head.parallel = 100;
    }
    fs::path tools() const { return at.root / "tools"; }

    /// Each trial says what it sees, and waits for its gate.
    void waiting_trials(int count) {
        for (int i = 0; i < count; ++i) {
            child("echo sees $CUDA_VISIBLE_DEVICES $CUDA_DEVICE_ORDER; mkfifo gate; cat gate");
        }
    }
    void begin(const std::string& id = "p") {
        pack("plan" + id);
        auto request = parent();
        request.run_id = id;
        request.attributes["id"] = id + "\n";
        request.children = "plan" + id;
        request.environment["PATH"] = tools().native() + ":" + std::getenv("PATH");
        agent.call(request);
    }
    void open(const std::string& id) { write(at.run(id).directory / "gate", "\n"); }
    bool runs(const std::string& id) const {
        // What it said first is recorded by its supervisor, which may be later than the gate.
        return fs::exists(at.run(id).directory / "gate") && !seen(id).empty() &&
               status(id).state == run_state::running;
    }
    int running() const {
        int out = 0;
        for (const auto& each : children) {
            out += fs::exists(at.run(each.id).opref()) && runs(each.id) ? 1 : 0;
        }
        return out;
    }
    std::string seen(const std::string& id) const {
        const auto text = content(at.run(id).output());
        return text.substr(0, text.find('\n'));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_slots)

BOOST_FIXTURE_TEST_CASE(a_slot_is_held_by_one_until_it_ends_however, run_home) {
    const protocol::held_slot one{.name = "slot-1"};
    const protocol::held_slot shared{.name = "GPU-a", .shared = true};
    const protocol::held_slot whole{.name = "GPU-a"};
    std::string by;
    BOOST_TEST(agent::is_slot_free(cache, one, by));
    auto held = agent::take_slot(cache, one).value();
    agent::sign_slot(held, "/runs/a");
    BOOST_TEST(!agent::is_slot_free(cache, one, by));
    BOOST_TEST((agent::take_slot(cache, one).error().kind() == errc::no_free_slot));
    auto first = agent::take_slot(cache, shared).value();
    BOOST_TEST(agent::take_slot(cache, shared).has_value());
    BOOST_TEST(!agent::take_slot(cache, whole).has_value());
    held.reset();
    BOOST_TEST(agent::is_slot_free(cache, one, by));
    BOOST_TEST(by == "/runs/a");
    BOOST_TEST(!agent::take_slot(cache, {.name = "../x"}).has_value());
}

BOOST_FIXTURE_TEST_CASE(two_batches_share_the_slots_of_their_machine, slot_scene) {
    head.slots.count = 2;
    waiting_trials(3);
    begin("p");
    eventually("both slots are held", [&] { return runs("c0") && runs("c1"); });
    const auto first = children;
    children.clear();
    child("true");
    children[0].id = "d0";
    children[0].attributes["id"] = "d0\n";
    begin("q");
    eventually("the other batch is there", [&] { return fs::exists(at.run("d0").opref()); });
    BOOST_TEST((status("d0").state == run_state::pending));
    children = first;
    BOOST_TEST(running() == 2);
    BOOST_TEST((status("c2").state == run_state::pending));
    open("c1");
    eventually("one of those that wait has its slot",
               [&] { return runs("c2") || status("d0").state == run_state::completed; });
    eventually("the third runs",
               [&] { return runs("c2") || status("d0").state == run_state::completed; });
    open("c0");
    eventually("the third runs at last", [&] { return runs("c2"); });
    open("c2");
    std::ignore = follow("p");
    std::ignore = follow("q");
    BOOST_TEST(states() == "ccc");
    BOOST_TEST((status("d0").state == run_state::completed));
}

// Whose supervisor was killed still computes: its slot is not free.
BOOST_FIXTURE_TEST_CASE(a_slot_of_a_killed_supervisor_is_free_when_the_operation_ends, slot_scene) {
    head.slots.count = 1;
    waiting_trials(2);
    begin();
    eventually("the first runs", [&] { return runs("c0"); });
    const auto identity = read_identity(at.run("c0").identity());
    const auto facts = facts_of(at.run("c0"), agent.hello.machine);
    BOOST_REQUIRE(identity.has_value());
    ::kill(static_cast<pid_t>(identity->supervisor.pid), SIGKILL);
    eventually("it is gone", [&] {
        return facts_of(at.run("c0"), agent.hello.machine).supervisor ==
               protocol::process_state::gone;
    });
    BOOST_TEST((status("c0").state == run_state::running));
    BOOST_TEST((status("c1").state == run_state::pending));
    ::kill(static_cast<pid_t>(facts.operation_pid), SIGKILL);
    eventually("the second has the slot", [&] { return runs("c1"); });
    open("c1");
    std::ignore = follow("p");
    BOOST_TEST(states() == "ec");
}

BOOST_FIXTURE_TEST_CASE(each_trial_sees_its_own_gpus_in_the_order_that_was_asked_for, slot_scene) {
    head.slots = {.gpus = {2, 0, 1}, .gpus_per_trial = 1};
    waiting_trials(4);
    begin();
    eventually("all GPUs are in use", [&] { return running() == 3; });
    BOOST_TEST(seen("c0") == "sees 2 PCI_BUS_ID");
    BOOST_TEST(seen("c1") == "sees 0 PCI_BUS_ID");
    BOOST_TEST(seen("c2") == "sees 1 PCI_BUS_ID");
    BOOST_TEST((status("c3").state == run_state::pending));
    BOOST_TEST(content(at.run("c1").directory / ".guild/outrider/start.json")
                   .find("\"gpu\":0,\"gpu_uuid\":\"GPU-a\"") != std::string::npos);
    open("c1");
    eventually("the last runs", [&] { return runs("c3"); });
    BOOST_TEST(seen("c3") == "sees 0 PCI_BUS_ID");
    for (const char* id : {"c0", "c2", "c3"}) {
        open(id);
    }
    std::ignore = follow("p");
    BOOST_TEST(states() == "cccc");
}

BOOST_FIXTURE_TEST_CASE(as_many_run_as_there_are_gpus_where_nobody_says_how_many, slot_scene) {
    head.parallel = 0;
    head.slots = {.gpus_per_trial = 1};
    waiting_trials(4);
    begin();
    eventually("all GPUs are in use", [&] { return running() == 3; });
    BOOST_TEST((status("c3").state == run_state::pending));
    for (const char* id : {"c0", "c1", "c2"}) {
        open(id);
    }
    eventually("the last runs", [&] { return runs("c3"); });
    open("c3");
    std::ignore = follow("p");
    BOOST_TEST(states() == "cccc");
}

BOOST_FIXTURE_TEST_CASE(a_batch_can_be_given_gpus_when_it_goes_on, slot_scene) {
    head.parallel = 1;
    head.stop_on_failure = true;
    child("exit 3");
    waiting_trials(2);
    begin();
    std::ignore = follow("p");
    BOOST_TEST(states() == "epp");
    auto rest = again("rest");
    rest.environment["PATH"] = tools().native() + ":" + std::getenv("PATH");
    rest.chosen = protocol::children_choice{.parallel = 0,
                                            .slots = protocol::slot_rules{.gpus_per_trial = 1}};
    agent.call(rest);
    eventually("both run", [&] { return runs("c1") && runs("c2"); });
    BOOST_TEST(seen("c1") == "sees 0 PCI_BUS_ID");
    BOOST_TEST(seen("c2") == "sees 1 PCI_BUS_ID");
    open("c1");
    open("c2");
    std::ignore = follow("p");
    BOOST_TEST(states() == "ecc");
}

BOOST_FIXTURE_TEST_CASE(a_gpu_on_which_others_compute_is_not_given_out, slot_scene) {
    head.slots = {.gpus_per_trial = 1};
    write(at.root / "apps", "GPU-a, 1\nGPU-c, [N/A]\n");
    waiting_trials(2);
    begin();
    eventually("the first runs", [&] { return runs("c0"); });
    BOOST_TEST(seen("c0") == "sees 1 PCI_BUS_ID");
    BOOST_TEST((status("c1").state == run_state::pending));
    write(at.root / "apps.new", "GPU-c, 1\n");
    fs::rename(at.root / "apps.new", at.root / "apps");
    eventually("the second runs", [&] { return runs("c1"); });
    BOOST_TEST(seen("c1") == "sees 0 PCI_BUS_ID");
    open("c0");
    open("c1");
    std::ignore = follow("p");
}

BOOST_FIXTURE_TEST_CASE(trials_can_share_a_gpu_or_have_several, slot_scene) {
    head.slots = {.gpus = {0}, .gpus_per_trial = 1, .trials_per_gpu = 2};
    waiting_trials(3);
    begin();
    eventually("two share it", [&] { return running() == 2; });
    BOOST_TEST(seen("c0") == "sees 0 PCI_BUS_ID");
    BOOST_TEST(seen("c1") == "sees 0 PCI_BUS_ID");
    BOOST_TEST((status("c2").state == run_state::pending));
    const auto shared = children;
    children.clear();
    head.slots = {.gpus_per_trial = 2};
    child("echo sees $CUDA_VISIBLE_DEVICES");
    children[0].id = "d0";
    children[0].attributes["id"] = "d0\n";
    begin("q");
    std::ignore = follow("q");
    BOOST_TEST(seen("d0") == "sees 1,2");
    children = shared;
    open("c0");
    eventually("the third shares it", [&] { return runs("c2"); });
    open("c1");
    open("c2");
    std::ignore = follow("p");
    BOOST_TEST(states() == "ccc");
}

BOOST_FIXTURE_TEST_CASE(gpus_that_are_not_there_are_said_before_any_trial_runs, slot_scene) {
    waiting_trials(1);
    head.slots = {.gpus = {0, 7}, .gpus_per_trial = 1};
    begin("p");
    BOOST_TEST(follow("p") == "ERROR: [guild] there is no GPU 7 here\n");
    BOOST_TEST(status("p").exit_status.value() == 1);
    head.slots = {.gpus_per_trial = 4};
    begin("q");
    BOOST_TEST(follow("q") == "ERROR: [guild] a trial needs 4 GPUs, and 3 may be used here\n");
    write(tools() / "nvidia-smi", "#!/bin/sh\necho driver mismatch; exit 9\n");
    begin("r");
    BOOST_TEST(follow("r") == "ERROR: [guild] trials cannot be given GPUs: nvidia-smi failed: "
                              "driver mismatch\n");
}

BOOST_FIXTURE_TEST_CASE(a_look_counts_what_is_free, slot_scene) {
    protocol::read_slots look{.rules = {.count = 2}};
    BOOST_TEST(agent.call(look).total == 2);
    BOOST_TEST(agent.call(look).free == 2);
    auto held = agent::take_slot(at.cache / "outrider", {.name = "slot-1"}).value();
    BOOST_TEST(agent.call(look).free == 1);
    held.reset();
    BOOST_TEST(agent.call(look).free == 2);
    BOOST_TEST(agent.call(protocol::read_slots{}).total == 0);
    BOOST_TEST(agent.call(look).processors > 0);
}

BOOST_FIXTURE_TEST_CASE(a_look_asks_the_driver_of_gpus, slot_scene) {
    write(at.root / "gpus", "0, GPU-a, 24576, A10\n1, GPU-b, 81920, A100\n2, GPU-c, 1, X\n");
    write(at.root / "apps", "GPU-a, 1\n");
    agent_process other(at.cache, {{"PATH", tools().native() + ":" + std::getenv("PATH")}});
    protocol::read_slots look{.rules = {.gpus_per_trial = 1}};
    const auto found = other.call(look);
    BOOST_TEST(found.total == 3);
    BOOST_TEST(found.free == 2);
    BOOST_TEST(found.gpus == std::vector<std::int64_t>{1}, boost::test_tools::per_element());
    BOOST_TEST(found.gpu_memory_mib == 81920);
    BOOST_TEST(found.gpu_name == "A100");
    look.rules = {.gpus_per_trial = 1, .trials_per_gpu = 2};
    BOOST_TEST(other.call(look).total == 6);
    look.rules = {.gpus_per_trial = 4};
    BOOST_TEST(other.call(look).trouble == "a trial needs 4 GPUs, and 3 may be used here");
}

BOOST_FIXTURE_TEST_CASE(a_run_that_needs_a_slot_starts_where_one_is_free, run_home) {
    agent_process agent(cache);
    const auto request = [&](const std::string& id) {
        auto out = start(id, "mkfifo gate; cat gate");
        out.needs = {.count = 1};
        return out;
    };
    agent.call(request("a"));
    BOOST_TEST(agent.refuse(request("b")).code == "no_free_slot");
    BOOST_TEST(!fs::exists(run("b").directory));
    BOOST_TEST(agent.call(protocol::read_slots{.rules = {.count = 1}}).free == 0);
    eventually("it has its gate", [&] { return fs::exists(run("a").directory / "gate"); });
    write(run("a").directory / "gate", "\n");
    eventually("the slot is free",
               [&] { return agent.call(protocol::read_slots{.rules = {.count = 1}}).free == 1; });
    agent.call(request("b"));
    protocol::stop_run stop{.home = home.native(), .run_id = "b"};
    agent.call(stop);
}

BOOST_AUTO_TEST_SUITE_END()
