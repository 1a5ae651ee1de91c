// Batches and pipelines whose parts are killed, one after the other, at every child: no child runs
// twice, none is left out, and what they show is true.
#include "engine/runs/run_identity.hpp"
#include "tests/support/children_scene.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;

namespace {

constexpr int fault_children = 3;

/// A run with children that wait, each at a gate of its own, until `open_all`.
struct fault_scene : children_scene {
    explicit fault_scene(protocol::children_kind kind = protocol::children_kind::trials) {
        head.kind = kind;
        head.proto = kind == protocol::children_kind::trials;
        for (int i = 0; i < fault_children; ++i) {
            const std::string script =
                "echo x >> ../count$RUN_ID; test -e ../open && exit 0; mkfifo gate; cat gate";
            child(script);
            if (!head.proto) {
                auto& last = children.back();
                last.whole = at.start(last.id, script);
                last.whole->flags.clear();
                last.link = last.title = last.id;
            }
        }
    }
    std::string id(int child) const { return "c" + std::to_string(child); }
    std::string runs_of(int child) const { return content(at.home / ("runs/count" + id(child))); }
    bool waits(int child) const {
        return fs::exists(at.run(id(child)).directory / "gate") &&
               status(id(child)).state == run_state::running;
    }
    // What waits goes on, unless it does not read any more.
    void open(int child) const {
        const auto gate = at.run(id(child)).directory / "gate";
        eventually("it reads or has ended", [&] {
            const int fd = ::open(gate.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
            ::close(fd);
            return fd >= 0 || status(id(child)).state != run_state::running;
        });
    }
    void open_all() const {
        write(at.home / "runs/open", "");
        for (int i = 0; i < fault_children; ++i) {
            if (fs::exists(at.run(id(i)).directory / "gate")) {
                open(i);
            }
        }
    }
    pid_t operation_of(const std::string& run) const {
        return static_cast<pid_t>(read_identity(at.run(run).identity())->operation.pid);
    }
    pid_t supervisor_of(const std::string& run) const {
        return static_cast<pid_t>(read_identity(at.run(run).identity())->supervisor.pid);
    }
    /// Starts, and goes on until that child waits.
    void reach(int child) {
        pack();
        agent.call(parent());
        for (int i = 0; i <= child; ++i) {
            eventually("a child waits", [&] { return waits(i); });
            if (i < child) {
                open(i);
            }
        }
    }
    bool is_over(const std::string& run) const {
        const auto facts = facts_of(at.run(run), agent.hello.machine);
        return status_of(facts).state != run_state::running &&
               facts.supervisor != protocol::process_state::alive &&
               facts.operation != protocol::process_state::alive;
    }
    /// Starts again whatever is left, until the run has gone through.
    void complete() {
        open_all();
        for (int tries = 0; tries < 4; ++tries) {
            eventually("it has ended", [&] { return is_over("p"); });
            if (status("p").state == run_state::completed) {
                return;
            }
            agent.call(again("again" + std::to_string(tries)));
        }
        BOOST_FAIL("it does not get through");
    }
};

struct fault_victim {
    const char* name;
    bool supervisor = false;
    bool operation = false;
    bool of_child = false;
    const char* state_of_child; ///< at the end, of the child that waited
    const char* runs_of_child;  ///< how often that one ran
};

const fault_victim fault_victims[] = {
    {"operation of the parent", false, true, false, "c", "x\n"},
    {"supervisor of the parent", true, false, false, "c", "x\n"},
    {"both of the parent", true, true, false, "c", "x\n"},
    {"operation of the child", false, true, true, "t", "x\n"},
    {"supervisor of the child", true, false, true, "c", "x\nx\n"},
    {"both of the child", true, true, true, "c", "x\nx\n"},
};

void kill_victim(fault_scene& scene, const fault_victim& victim, int child) {
    const std::string run = victim.of_child ? scene.id(child) : "p";
    // Both are known before one is gone.
    const pid_t operation = scene.operation_of(run);
    const pid_t supervisor = scene.supervisor_of(run);
    if (victim.supervisor) {
        ::kill(supervisor, SIGKILL);
    }
    if (victim.operation) {
        ::kill(operation, SIGKILL);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_children_faults)

BOOST_AUTO_TEST_CASE(a_batch_goes_on_whatever_is_killed_at_any_trial) {
    for (const auto& victim : fault_victims) {
        for (int k = 0; k < fault_children; ++k) {
            BOOST_TEST_CONTEXT(victim.name << ", trial " << k) {
                fault_scene scene;
                scene.reach(k);
                kill_victim(scene, victim, k);
                scene.complete();
                // A trial that was lost shows it until somebody asks for it again.
                if (scene.states()[static_cast<std::size_t>(k)] == 'e') {
                    BOOST_TEST(!scene.status(scene.id(k)).exit_status.has_value());
                    scene.agent.call(scene.again("lost"));
                    scene.complete();
                }
                std::string wanted(fault_children, 'c');
                wanted[static_cast<std::size_t>(k)] = victim.state_of_child[0];
                BOOST_TEST(scene.states() == wanted);
                for (int i = 0; i < fault_children; ++i) {
                    BOOST_TEST(scene.runs_of(i) == (i == k ? victim.runs_of_child : "x\n"));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_pipeline_goes_on_whatever_is_killed_at_any_step) {
    for (const auto& victim : fault_victims) {
        for (int k = 0; k < fault_children; ++k) {
            BOOST_TEST_CONTEXT(victim.name << ", step " << k) {
                fault_scene scene(protocol::children_kind::steps);
                scene.reach(k);
                kill_victim(scene, victim, k);
                if (victim.of_child) {
                    // Nothing that needs what this step makes is started without it.
                    scene.open(k);
                    eventually("the pipeline has ended", [&] { return scene.is_over("p"); });
                    BOOST_TEST((scene.status("p").state == run_state::error));
                    for (int i = k + 1; i < fault_children; ++i) {
                        BOOST_TEST(!fs::exists(scene.at.run(scene.id(i)).opref()));
                    }
                }
                scene.complete();
                BOOST_TEST(scene.states() == std::string(fault_children, 'c'));
                for (int i = 0; i < fault_children; ++i) {
                    const bool twice = victim.of_child && i == k;
                    BOOST_TEST(scene.runs_of(i) == (twice ? "x\nx\n" : "x\n"));
                }
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(the_agent_that_started_it_has_no_part_in_it, fault_scene) {
    reach(0);
    agent.kill_now();
    open_all();
    eventually("it has ended", [&] { return is_over("p"); });
    BOOST_TEST(states() == "ccc");
    BOOST_TEST((status("p").state == run_state::completed));
}

// Whoever runs the children is killed again and again, wherever it is.
BOOST_FIXTURE_TEST_CASE(no_trial_runs_twice_however_often_the_batch_is_cut_off, children_scene) {
    constexpr int many = 24;
    for (int i = 0; i < many; ++i) {
        child("echo x >> ../count$RUN_ID");
    }
    pack();
    agent.call(parent());
    const auto over = [&] {
        return !fs::exists(at.run("p").lock()) || status("p").state != run_state::running;
    };
    for (int cut = 0; cut < many; ++cut) {
        const std::string line = "Running trial c" + std::to_string(cut) + ":";
        eventually("it comes so far", [&] {
            return over() || content(at.run("p").output()).find(line) != std::string::npos ||
                   status("c" + std::to_string(cut)).state == run_state::completed;
        });
        if (const auto identity = read_identity(at.run("p").identity()); identity && !over()) {
            ::kill(static_cast<pid_t>(identity->operation.pid), SIGKILL);
        }
        eventually("it has ended", [&] {
            const auto facts = facts_of(at.run("p"), agent.hello.machine);
            return status_of(facts).state != run_state::running &&
                   facts.supervisor != protocol::process_state::alive;
        });
        agent.call(again("cut" + std::to_string(cut)));
    }
    std::ignore = follow("p");
    BOOST_TEST(states() == std::string(many, 'c'));
    for (int i = 0; i < many; ++i) {
        BOOST_TEST(content(at.home / ("runs/countc" + std::to_string(i))) == "x\n");
    }
}

BOOST_FIXTURE_TEST_CASE(two_clients_that_start_it_again_start_it_once, fault_scene) {
    reach(0);
    std::ignore = stop("p");
    agent_process other(at.cache);
    const auto first = agent.send(again("one"));
    const auto second = other.send(again("two"));
    const auto answers = {agent.finish(first), other.finish(second)};
    int refused = 0;
    for (const auto& answer : answers) {
        refused += answer.failure ? 1 : 0;
    }
    BOOST_TEST(refused == 1);
    eventually("the next trial runs", [&] { return waits(1); });
    open_all();
    eventually("it has ended", [&] { return is_over("p"); });
    BOOST_TEST(states() == "tcc");
    for (int i = 0; i < fault_children; ++i) {
        BOOST_TEST(runs_of(i) == "x\n");
    }
}

// As after a reboot: what ran has another boot id, and its processes are gone.
BOOST_FIXTURE_TEST_CASE(what_ran_when_the_machine_went_down_is_lost_and_runs_again, fault_scene) {
    reach(1);
    for (const std::string run : {"p", "c1"}) {
        const auto identity = *read_identity(at.run(run).identity());
        ::kill(static_cast<pid_t>(identity.supervisor.pid), SIGKILL);
        ::kill(static_cast<pid_t>(identity.operation.pid), SIGKILL);
        auto before = identity;
        before.boot_id = "another";
        BOOST_REQUIRE(!!write_identity(at.run(run), at.run(run).identity(), before));
        fs::remove(at.run(run).attribute("exit_status"));
    }
    eventually("nothing of it lives", [&] { return is_over("p") && is_over("c1"); });
    BOOST_TEST(states() == "cep");
    BOOST_TEST(status("p").reason == "the machine was rebooted while it ran");
    complete();
    BOOST_TEST(states() == "ccc");
    BOOST_TEST(runs_of(0) == "x\n");
    BOOST_TEST(runs_of(1) == "x\nx\n");
    BOOST_TEST(runs_of(2) == "x\n");
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_stops_it_with_its_trials_pending, fault_scene) {
    if (::mount("outrider-test", at.home.c_str(), "tmpfs", 0, "size=1m") != 0) {
        BOOST_TEST_MESSAGE("skipped: mounting is not permitted");
        return;
    }
    reach(0);
    {
        std::ofstream out(at.home / "ballast", std::ios::binary | std::ios::app);
        const std::string page(4096, 'x');
        while (out.write(page.data(), 4096).flush()) {
        }
    }
    open(0);
    eventually("it has ended", [&] { return is_over("p"); });
    BOOST_TEST(states() == "cpp");
    BOOST_TEST((status("p").state == run_state::error));
    fs::remove(at.home / "ballast");
    agent.call(again("space"));
    complete();
    BOOST_TEST(states() == "ccc");
    for (int i = 0; i < fault_children; ++i) {
        BOOST_TEST(runs_of(i) == "x\n");
    }
    ::umount2(at.home.c_str(), MNT_DETACH);
}

BOOST_FIXTURE_TEST_CASE(the_plan_does_not_stay_in_the_cache, children_scene) {
    child("true");
    std::ignore = perform();
    BOOST_TEST(!fs::exists(at.cache / "outrider/packages/plan"));
    BOOST_TEST(fs::exists(at.run("p").children()));
}

BOOST_AUTO_TEST_SUITE_END()
