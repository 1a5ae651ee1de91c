// Whoever asks for a batch may die at any step of its start: there is a whole batch or none, each
// of its trials runs once, and the next command finds nothing in its way.
#include "tests/e2e/killing.hpp"

#include <algorithm>
#include <functional>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// A batch of three trials, each of which leaves a line.
struct batch_scene : scene<over_ssh> {
    batch_scene() {
        me.write_project_file("guild.yml", "once:\n"
                                           "  exec: sh -c 'echo $RUN_ID >> " +
                                               done() +
                                               "; echo did ${n}'\n"
                                               "  flags: {n: 0}\n");
    }
    [[nodiscard]] std::string done() const { return me.directory() / "done"; }
    [[nodiscard]] static std::vector<std::string> batch(const std::string& remote) {
        std::vector<std::string> out{"run", "once", "n=[1,2,3]", "-y"};
        if (!remote.empty()) {
            out.insert(out.end(), {"-r", remote});
        }
        return out;
    }
    /// All that is there: nothing is left half, and nothing ran twice.
    void check_whole(const std::string& remote, const std::string& home) const {
        std::vector<std::string> words{"runs", "--all"};
        if (!remote.empty()) {
            words.insert(words.end(), {"-r", remote});
        }
        std::string listed;
        eventually("what was started has ended", [&] {
            listed = me.run(words).out;
            return !has(listed, "running") && !has(listed, "pending");
        });
        BOOST_TEST(!has(listed, "error"), listed);
        BOOST_TEST(!has(listed, "terminated"), listed);
        int batches = 0;
        int trials = 0;
        for (const std::string& place : {home + "/runs", home + "/trash/runs"}) {
            for (const auto& id : names_in(place)) {
                const bool is_batch = fs::exists(place + "/" + id + "/.guild/proto");
                batches += is_batch ? 1 : 0;
                trials += is_batch ? 0 : 1;
            }
        }
        BOOST_TEST(trials == 3 * batches);
        const auto lines = read_file(done());
        BOOST_TEST(count_of("\n", lines) == trials);
        for (const auto& id : names_in(home + "/runs")) {
            BOOST_TEST(count_of(id, lines) <= 1);
        }
    }
};

// Those of a remote start, in their order.
constexpr const char* steps[] = {"Building package",   "Initializing remote run", "Copying package",
                                 "Installing package", "Successfully installed",  "Starting once"};

} // namespace

BOOST_AUTO_TEST_SUITE(batches)

BOOST_AUTO_TEST_CASE(a_batch_command_killed_at_any_step_leaves_a_whole_batch_or_none) {
    batch_scene at;
    for (const char* step : steps) {
        auto running = at.me.start(batch_scene::batch("gpu1"));
        running.wait_for_err(step);
        running.signal(SIGKILL);
        running.finish();
    }
    for (const char* line : {"Running trial", "did 1", "did 3"}) {
        auto running = at.me.start(batch_scene::batch("gpu1"));
        running.wait_for_out(line);
        running.signal(SIGKILL);
        running.finish();
    }
    at.check_whole("gpu1", at.place.guild_home());
    check_exit(at.me.run(batch_scene::batch("gpu1")), 0);
    at.check_whole("gpu1", at.place.guild_home());
}

BOOST_AUTO_TEST_CASE(a_batch_here_goes_on_without_the_command_that_started_it) {
    batch_scene at;
    for (const char* line : {"Running trial", "did 1", "did 2"}) {
        auto running = at.me.start(batch_scene::batch({}));
        running.wait_for_out(line);
        running.signal(SIGKILL);
        running.finish();
    }
    at.check_whole({}, at.me.guild_home());
    check_exit(at.me.run(batch_scene::batch({})), 0);
    at.check_whole({}, at.me.guild_home());
}

BOOST_AUTO_TEST_CASE(a_batch_whose_agents_are_killed_at_any_step_is_whole_or_none) {
    batch_scene at;
    for (const char* step : steps) {
        auto running = at.me.start(batch_scene::batch("gpu1"));
        running.wait_for_err(step);
        for (const pid_t each : serving_agents(at.place.server.home())) {
            ::kill(each, SIGKILL);
        }
        const auto ended = running.finish();
        // It connects again, or says that the link is gone.
        BOOST_TEST((ended.exit_code == 0 || has(ended.err, "gpu1: ")),
                   step << ": exit code " << ended.exit_code << "\n"
                        << ended.err);
        at.check_whole("gpu1", at.place.guild_home());
    }
}

BOOST_AUTO_TEST_CASE(two_commands_that_finish_one_batch_run_nothing_twice) {
    batch_scene at;
    at.me.write_project_file("guild.yml", "once:\n"
                                          "  exec: sh -c 'echo $RUN_ID >> " +
                                              at.done() + "; [ -e " + at.gate() +
                                              " ]'\n"
                                              "  flags: {n: 0}\n");
    auto words = batch_scene::batch("gpu1");
    words.emplace_back("--fail-on-trial-error");
    const auto id = run_id_in(at.me.run(words).err);
    BOOST_TEST(count_of("\n", read_file(at.done())) == 1);
    at.open_gate();
    auto one = at.me.start({"run", "--restart", id, "-y", "-r", "gpu1"});
    auto other = at.me.start({"run", "--restart", id, "-y", "-r", "gpu1"});
    const auto first = one.finish();
    const auto second = other.finish();
    BOOST_TEST((first.exit_code == 0 || second.exit_code == 0), first.err << second.err);
    for (const auto* ended : {&first, &second}) {
        BOOST_TEST((ended->exit_code == 0 || has(ended->err, "running") ||
                    has(ended->err, "being started")),
                   ended->err);
    }
    const auto lines = read_file(at.done());
    BOOST_TEST(count_of("\n", lines) == 3, lines);
    for (const auto& each : names_in(at.place.guild_home() + "/runs")) {
        BOOST_TEST(count_of(each, lines) <= 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
