#include "engine/agent/machine/machine.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

using namespace outrider;
using namespace outrider::testing;
using protocol::process_state;

namespace {

/// A process that lives until the test ends it.
struct living_process {
    pid_t pid = ::fork();
    process_mark mark;
    living_process() {
        if (pid == 0) {
            ::execl("/bin/sleep", "sleep", "60", nullptr);
            ::_exit(127);
        }
        mark = read_process(pid)->mark();
    }
    void make_zombie() {
        ::kill(pid, SIGKILL);
        BOOST_REQUIRE(eventually([&] { return read_process(pid)->is_gone(); }));
    }
    void end() {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        pid = -1;
    }
    ~living_process() {
        if (pid > 0) {
            end();
        }
    }
};

struct evidence {
    run_home at;
    protocol::machine_facts machine = agent::describe_machine();
    living_process operation;
    living_process supervisor;
    run_paths run = at.make_run("r1", {});

    evidence() {
        record(identity_here(machine, supervisor.mark, operation.mark));
        write(run.lock(), std::to_string(operation.mark.pid));
    }
    void record(const run_identity& identity) {
        fs::create_directories(run.ours());
        BOOST_REQUIRE(!!write_identity(run, run.identity(), identity));
    }
    run_identity recorded() const { return *read_identity(run.identity()); }
};

struct evidence_case {
    const char* name;
    std::function<void(evidence&)> happens;
    run_state state;
    process_state operation;
    process_state supervisor;
};

const evidence_case cases[] = {
    {"both live", [](evidence&) {}, run_state::running, process_state::alive, process_state::alive},
    {"supervisor killed, operation lives", [](evidence& e) { e.supervisor.end(); },
     run_state::running, process_state::alive, process_state::gone},
    {"operation killed, supervisor writes", [](evidence& e) { e.operation.end(); },
     run_state::running, process_state::gone, process_state::alive},
    {"both killed",
     [](evidence& e) {
         e.supervisor.end();
         e.operation.end();
     },
     run_state::error, process_state::gone, process_state::gone},
    {"both are zombies",
     [](evidence& e) {
         e.supervisor.make_zombie();
         e.operation.make_zombie();
     },
     run_state::error, process_state::gone, process_state::gone},
    {"pids were reused",
     [](evidence& e) {
         auto identity = e.recorded();
         --identity.operation.start;
         --identity.supervisor.start;
         e.record(identity);
     },
     run_state::error, process_state::gone, process_state::gone},
    {"the machine was rebooted",
     [](evidence& e) {
         auto identity = e.recorded();
         identity.boot_id = "another";
         e.record(identity);
     },
     run_state::error, process_state::gone, process_state::gone},
    {"another machine",
     [](evidence& e) {
         auto identity = e.recorded();
         identity.machine_id = identity.boot_id = "another";
         identity.host_name = "gpu7";
         e.record(identity);
     },
     run_state::running, process_state::elsewhere, process_state::elsewhere},
    {"a clone of this machine with the same id",
     [](evidence& e) {
         auto identity = e.recorded();
         identity.boot_id = "another";
         identity.host_name = "clone";
         e.record(identity);
     },
     run_state::running, process_state::elsewhere, process_state::elsewhere},
    {"another pid namespace",
     [](evidence& e) {
         auto identity = e.recorded();
         identity.pid_namespace = "pid:[1]";
         e.record(identity);
     },
     run_state::running, process_state::elsewhere, process_state::elsewhere},
    {"exit status and LOCK: the end is being written",
     [](evidence& e) { write(e.run.attribute("exit_status"), "0\n"); }, run_state::completed,
     process_state::alive, process_state::alive},
    {"the exit status came after the processes went",
     [](evidence& e) {
         e.supervisor.end();
         e.operation.end();
         write(e.run.attribute("exit_status"), "-15\n");
     },
     run_state::terminated, process_state::gone, process_state::gone},
    {"the identity is broken: only LOCK counts",
     [](evidence& e) { write(e.run.identity(), "{\"operation\":"); }, run_state::running,
     process_state::alive, process_state::none},
    {"no identity, a process older than LOCK: a run of Guild",
     [](evidence& e) { fs::remove(e.run.identity()); }, run_state::running, process_state::alive,
     process_state::none},
    {"no identity, LOCK older than the process: a reused pid",
     [](evidence& e) {
         fs::remove(e.run.identity());
         const timespec times[2] = {{.tv_sec = 1000, .tv_nsec = 0}, {.tv_sec = 1000, .tv_nsec = 0}};
         ::utimensat(AT_FDCWD, e.run.lock().c_str(), times, 0);
     },
     run_state::error, process_state::gone, process_state::none},
    {"no identity, the process is gone, written by another host",
     [](evidence& e) {
         fs::remove(e.run.identity());
         e.operation.end();
         write(e.run.attribute("host"), "gpu7.example.org\n");
     },
     run_state::running, process_state::elsewhere, process_state::none},
    {"LOCK is empty",
     [](evidence& e) {
         fs::remove(e.run.identity());
         write(e.run.lock(), "");
     },
     run_state::error, process_state::none, process_state::none},
    {"Guild restarted a run of ours",
     [](evidence& e) {
         write(e.run.lock(), std::to_string(e.supervisor.mark.pid));
         e.operation.end();
     },
     run_state::running, process_state::alive, process_state::none},
    {"nothing but opref",
     [](evidence& e) {
         fs::remove(e.run.identity());
         fs::remove(e.run.lock());
     },
     run_state::error, process_state::none, process_state::none},
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_evidence)

BOOST_AUTO_TEST_CASE(the_status_follows_from_evidence_alone) {
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            evidence e;
            c.happens(e);
            const auto facts = facts_of(e.run, e.machine);
            BOOST_CHECK(status_of(facts).state == c.state);
            BOOST_CHECK(facts.operation == c.operation);
            BOOST_CHECK(facts.supervisor == c.supervisor);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_reboot_is_the_reason_of_what_it_ended) {
    evidence e;
    auto identity = e.recorded();
    identity.boot_id = "another";
    e.record(identity);
    const auto facts = facts_of(e.run, e.machine);
    BOOST_REQUIRE(facts.reason.has_value());
    BOOST_TEST(facts.reason->kind == "rebooted");
}

BOOST_AUTO_TEST_CASE(a_pending_run_is_interrupted_only_if_its_starter_is_gone) {
    evidence e;
    fs::remove(e.run.identity());
    fs::remove(e.run.lock());
    write(e.run.pending(), "");
    const auto state = [&] { return status_of(facts_of(e.run, e.machine)).state; };
    BOOST_CHECK(state() == run_state::pending);
    BOOST_REQUIRE(
        !!write_identity(e.run, e.run.starting(), identity_here(e.machine, e.supervisor.mark, {})));
    BOOST_CHECK(state() == run_state::pending);
    e.supervisor.end();
    BOOST_CHECK(state() == run_state::error);
}

BOOST_AUTO_TEST_CASE(attributes_that_are_no_small_files_are_not_reported) {
    evidence e;
    fs::create_directories(e.run.attribute("directory"));
    write(e.run.attribute("huge"), std::string((std::size_t{1} << 20) + 1, 'x'));
    BOOST_REQUIRE(::mkfifo(e.run.attribute("pipe").c_str(), 0600) == 0);
    write(e.run.attribute("label"), "x\n");
    const auto facts =
        facts_of(e.run, e.machine, {"directory", "huge", "pipe", "label", "../opref", "missing"});
    BOOST_TEST(facts.attributes.size() == 2U); // a pipe without a writer is at its end: empty
    BOOST_TEST(facts.attributes.at("label") == "x\n");
}

BOOST_AUTO_TEST_CASE(a_suspended_operation_runs_and_the_reason_says_why_it_does_not_get_on) {
    evidence e;
    BOOST_TEST(status_of(facts_of(e.run, e.machine)).reason == "");
    ::kill(e.operation.pid, SIGSTOP);
    BOOST_REQUIRE(eventually([&] { return read_process(e.operation.pid)->is_suspended(); }));
    const auto status = status_of(facts_of(e.run, e.machine));
    BOOST_CHECK(status.state == run_state::running);
    BOOST_TEST(status.reason == "suspended by a signal; 'kill -CONT " +
                                    std::to_string(e.operation.pid) + "' lets it go on");
    ::kill(e.operation.pid, SIGCONT);
    BOOST_TEST(eventually([&] { return status_of(facts_of(e.run, e.machine)).reason.empty(); }));
}

BOOST_AUTO_TEST_SUITE_END()
