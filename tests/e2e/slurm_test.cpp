// Runs that are jobs of a real Slurm, behind a login node that is a real OpenSSH server: the link
// is cut, the controller dies and comes back, and nobody is told what is not so.
#include "tests/e2e/scene.hpp"
#include "tests/support/slurm_bed.hpp"

#include <signal.h>

using namespace outrider::testing;
using namespace std::chrono_literals;

namespace {

/// A private cluster, and a server whose sessions are on its login node.
struct over_slurm {
    slurm_bed bed{std::map<std::string, std::string>{{"BED_MINJOBAGE", "60"}}};
    over_ssh login{ssh_server_options{.environment = bed.variables()}};

    [[nodiscard]] ssh_server& server() { return login.server; }
    [[nodiscard]] std::string guild_home() const { return login.guild_home(); }
    [[nodiscard]] std::string config() const {
        std::string text = login.config();
        text.replace(text.find("type: ssh"), 9, "type: slurm");
        return text + "    work: " + login.server.home() + "\n    poll: 1\n";
    }
};

/// A person with that cluster as `gpu1`.
struct cluster_scene : scene<over_slurm> {
    [[nodiscard]] std::string info(const std::string& id) const {
        const auto told = me.run({"runs", "info", id, "-r", "gpu1", "--json"});
        check_exit(told, 0);
        return told.out;
    }
    /// Starts an operation that waits for the gate; gives its id once it has begun.
    [[nodiscard]] std::string waiting_run() const {
        const auto id = start({"gate", "file=" + gate()});
        eventually(
            "the job has begun", [&] { return has(far_file(id, ".guild/output"), "waiting"); }, 60);
        return id;
    }
    void wait_for_state(const std::string& id, const std::string& state) const {
        eventually(
            state.c_str(), [&] { return has(info(id), "\"status\":\"" + state + "\""); }, 60);
    }
    [[nodiscard]] std::string held_run() const {
        return start({"gate", "file=" + gate(), "--sbatch", "--hold"});
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(slurm_jobs)

BOOST_AUTO_TEST_CASE(a_job_is_watched_to_its_end_over_a_link_that_is_cut) {
    cluster_scene at;
    const auto id = at.waiting_run();
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("waiting", 60s);
    at.place.server().kill_sessions();
    at.open_gate();
    const auto ended = watch.finish(120s);
    check_says(ended, 0, {"stopped with a status of 'completed'"});
    BOOST_TEST(ended.out == "waiting\npassed\n");
    BOOST_TEST(has(at.row(id), "completed"));
}

BOOST_AUTO_TEST_CASE(a_controller_that_is_gone_ends_nothing) {
    cluster_scene at;
    const auto runs = at.waiting_run();
    const auto waits = at.held_run();
    at.place.bed.end("ctld", "TERM"); // killed, it forgets what is younger than some seconds
    for (const auto& [id, state] : {std::pair(runs, "running"), std::pair(waits, "pending")}) {
        const auto told = at.info(id);
        BOOST_TEST_CONTEXT(told) {
            BOOST_TEST(has(told, std::string("\"status\":\"") + state + "\""));
        }
    }
    // The run's own exit status is told in any case.
    at.open_gate();
    at.wait_for_state(runs, "completed");
    at.place.bed.start("ctld");
    at.wait_for_state(waits, "pending");
    check_exit(at.me.run({"stop", waits, "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(has(at.row(waits), "terminated"));
    BOOST_TEST(has(at.row(runs), "completed"));
}

BOOST_AUTO_TEST_CASE(a_job_that_waits_says_why_and_is_one_job) {
    cluster_scene at;
    const auto id = at.held_run();
    const auto told = at.info(id);
    BOOST_TEST(has(told, "\"status\":\"pending\""));
    BOOST_TEST(has(told, "JobHeldUser"));
    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_err("JobHeldUser", 60s);
    std::ignore = at.place.bed.ask("scontrol release 1");
    watch.wait_for_out("waiting", 60s);
    at.open_gate();
    check_says(watch.finish(60s), 0, {"stopped with a status of 'completed'"});
    BOOST_TEST(at.place.bed.ask("squeue -h -t all -o %j") == id + "\n");
}

// Not of an operation that ends well once its children are gone: this bed's Slurm signals those,
// too.
BOOST_AUTO_TEST_CASE(a_stop_ends_the_job) {
    cluster_scene at;
    const auto id = at.waiting_run();
    check_says(at.me.run({"stop", id, "-r", "gpu1", "-y"}), 0, {"Stopping " + id + " (job 1)"});
    BOOST_TEST(has(at.row(id), "terminated"));
    BOOST_TEST(at.far_file(id, ".guild/attrs/exit_status") == "-15\n");
}

BOOST_AUTO_TEST_CASE(a_machine_may_be_its_own_login_node) {
    over_slurm place;
    outrider_program me;
    write_test_project(me);
    me.environment.merge(place.bed.variables());
    me.write_config("remotes:\n  here:\n    type: slurm\n    local: yes\n    work: " +
                    me.directory().path().string() + "\n");
    const auto ended = me.run({"run", "hello", "-r", "here", "-y"});
    check_says(ended, 0, {"Submitted as job 1 on here", "stopped with a status of 'completed'"});
    BOOST_TEST(has(ended.out, "hi\n"));
}

BOOST_AUTO_TEST_SUITE_END()
