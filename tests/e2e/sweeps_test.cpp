// A batch over a pool: its trials on all machines, each of them once, whatever fails meanwhile.
#include "tests/e2e/scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <sstream>

using namespace outrider::testing;

namespace {

constexpr const char* count_file = R"(count:
  exec: sh count.sh ${n} ${place}
  flags-import: no
  flags:
    n:
      required: yes
    place:
      required: yes
)";

// Says that it has begun and, once the gate is open, that it has ended.
constexpr const char* count = R"(echo "$1" >> "$2/began"
while [ ! -e "$2/gate" ]; do sleep 0.05; done
echo "$1" >> "$2/ended"
[ ! -e "$2/fail-$1" ] || exit 3
)";

/// Three machines of one, two and three slots, and a pool of them.
struct sweeping_lab {
    over_ssh a;
    over_ssh b;
    over_ssh c;
    outrider_program me;

    sweeping_lab() {
        me.write_config("remotes:\n  a:\n    slots: 1\n" + a.config() + "  b:\n    slots: 2\n" +
                        b.config() + "  c:\n    slots: 3\n" + c.config() +
                        "  lab:\n    type: pool\n    remotes: [a, b, c]\n");
        me.write_project_file("guild.yml", count_file);
        me.write_project_file("count.sh", count);
    }
    [[nodiscard]] std::string place() const { return me.directory().path(); }
    void open_gate() const { write_file(place() + "/gate", ""); }
    [[nodiscard]] running_program sweep(int trials, std::vector<std::string> more = {}) const {
        std::vector<std::string> words{
            "run", "count", "n=range[1:" + std::to_string(trials) + "]", "place=" + place(), "-r",
            "lab", "-y"};
        words.insert(words.end(), more.begin(), more.end());
        return me.start(words);
    }
    [[nodiscard]] std::vector<std::string> lines_of(const std::string& name) const {
        std::istringstream in(read_file(place() + "/" + name));
        std::vector<std::string> out;
        for (std::string line; std::getline(in, line);) {
            out.push_back(line);
        }
        std::ranges::sort(out);
        return out;
    }
    [[nodiscard]] int rows(const std::string& remote, const std::string& state) const {
        return count_of(state,
                        me.run({"runs", "-r", remote, "-Fo", "count", "--limit", "100"}).out);
    }
    void wait_until_slots_are_full() const {
        eventually("all slots are taken", [&] {
            return rows("a", "running") == 1 && rows("b", "running") == 2 &&
                   rows("c", "running") == 3;
        });
    }
    /// Every trial has begun and ended so often as a set: once.
    void check_each_once(int trials) const {
        for (const char* name : {"began", "ended"}) {
            const auto found = lines_of(name);
            BOOST_TEST(found.size() == static_cast<std::size_t>(trials));
            BOOST_TEST((std::ranges::adjacent_find(found) == found.end()));
        }
    }
    /// The id of the only batch that is here.
    [[nodiscard]] std::string batch() const { return names_in(me.guild_home() + "/runs").at(0); }
    [[nodiscard]] std::string record() const {
        const auto runs = names_in(me.guild_home() + "/runs");
        return runs.empty() ? ""
                            : read_file(me.run_directory(runs[0]) + "/.guild/outrider/placements");
    }
    /// With its supervisor, so that nobody writes how it ended.
    [[nodiscard]] static bool kill_one_trial(const over_ssh& where) {
        const std::string runs = where.guild_home() + "/runs/";
        for (const auto& id : names_in(runs)) {
            const std::string guild = runs + id + "/.guild/";
            const auto lock = read_file(guild + "LOCK");
            if (lock.empty() || !has(read_file(guild + "opref"), "count")) {
                continue;
            }
            for (const auto pid : processes_with(id)) {
                ::kill(pid, SIGKILL);
            }
            return ::kill(std::stoi(lock), SIGKILL) == 0;
        }
        return false;
    }
    [[nodiscard]] std::vector<pid_t> drivers() const {
        std::vector<pid_t> out;
        const auto ours = processes_with(me.guild_home());
        std::ranges::copy_if(processes_with("builtin:sweep"), std::back_inserter(out),
                             [&](pid_t pid) { return std::ranges::find(ours, pid) != ours.end(); });
        return out;
    }
    void kill_driver() const {
        for (const auto pid : drivers()) {
            ::kill(pid, SIGKILL);
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(sweeps)

BOOST_AUTO_TEST_CASE(trials_fill_all_machines_and_each_runs_once) {
    const sweeping_lab it;
    auto sweep = it.sweep(20);
    it.wait_until_slots_are_full();
    BOOST_TEST(it.lines_of("began").size() == 6u);
    it.open_gate();
    const auto ended = sweep.finish(std::chrono::seconds(120));
    check_exit(ended, 0);
    it.check_each_once(20);
    BOOST_TEST(has(ended.out, "20 of 20 trials done, 0 of them failed"), ended.out);
    BOOST_TEST(count_of(" on a completed", ended.out) >= 2);
    BOOST_TEST(it.rows("lab", "completed") == 20);
    check_exit(it.me.run({"pull", "lab", "-y"}), 0);
    check_says(
        it.me.run({"run", "count", "n=uniform[1:2]", "place=x", "-o", "tpe", "-r", "lab", "-y"}), 1,
        {"a search that learns runs on one machine: -r MACHINE"});
}

BOOST_AUTO_TEST_CASE(a_machine_that_cannot_be_reached_for_a_while_keeps_its_trials) {
    sweeping_lab it;
    auto sweep = it.sweep(20);
    it.wait_until_slots_are_full();
    it.c.server.kill();
    sweep.wait_for_out("of the trials stay on c");
    it.open_gate();
    it.c.server.start();
    sweep.wait_for_out("c is back", std::chrono::seconds(120));
    check_exit(sweep.finish(std::chrono::seconds(120)), 0);
    it.check_each_once(20);
}

BOOST_AUTO_TEST_CASE(a_driver_that_is_killed_goes_on_where_the_machines_are) {
    for (const int lines : {1, 5, 9, 14}) {
        const sweeping_lab it;
        auto sweep = it.sweep(12);
        eventually("so much is recorded", [&] { return count_of("\n", it.record()) >= lines; });
        it.kill_driver();
        std::ignore = sweep.finish(std::chrono::seconds(60));
        it.open_gate();
        const auto again = it.me.run({"run", "--restart", it.batch(), "-y"});
        check_exit(again, 0);
        BOOST_TEST(has(again.out, "12 of 12 trials done, 0 of them failed"), again.out);
        it.check_each_once(12);
    }
}

BOOST_AUTO_TEST_CASE(a_stop_ends_what_runs_and_takes_back_what_waits) {
    const sweeping_lab it;
    auto sweep = it.sweep(20);
    it.wait_until_slots_are_full();
    check_exit(it.me.run({"stop", it.batch(), "-y"}), 0);
    std::ignore = sweep.finish(std::chrono::seconds(60));
    BOOST_TEST(it.rows("lab", "terminated") == 6);
    BOOST_TEST(it.rows("lab", "staged") == 0);
    BOOST_TEST(has(it.me.run({"runs"}).out, "terminated"));
    it.open_gate();
    check_exit(it.me.run({"run", "--restart", it.batch(), "-y"}), 0);
    BOOST_TEST(it.rows("lab", "completed") == 14);
    check_exit(it.me.run({"run", "--restart", it.batch(), "--only", "failed", "-y"}), 0);
    BOOST_TEST(it.rows("lab", "completed") == 20);
}

BOOST_AUTO_TEST_CASE(a_lost_trial_is_tried_again_and_a_failed_one_is_not) {
    const sweeping_lab it;
    write_file(it.place() + "/fail-2", "");
    auto sweep = it.sweep(6);
    it.wait_until_slots_are_full();
    BOOST_REQUIRE(it.kill_one_trial(it.a));
    sweep.wait_for_out("was lost");
    it.open_gate();
    const auto ended = sweep.finish(std::chrono::seconds(120));
    check_exit(ended, 0);
    BOOST_TEST(has(ended.out, "exited with an error (3)"), ended.out);
    BOOST_TEST(has(ended.out, "6 of 6 trials done, 1 of them failed"), ended.out);
    const auto began = it.lines_of("began");
    BOOST_TEST(began.size() == 7u);
    BOOST_TEST(it.lines_of("ended").size() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
