// A pool: a run on the machine that has room for it, and everything else on all of them.
#include "tests/e2e/scene.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider::testing;

namespace {

/// Machines `a` (one slot) and `b` (two), the pool `lab` of both, and `dark`, which adds one that
/// does not answer.
struct lab {
    over_ssh a;
    over_ssh b;
    outrider_program me;

    lab() {
        me.write_config("remotes:\n  a:\n    slots: 1\n    tags: [small]\n    prefer: 1\n" +
                        a.config() + "  b:\n    slots: 2\n    tags: [big, fast]\n" + b.config() +
                        "  gone:\n    type: ssh\n    host: 127.0.0.1\n    port: 1\n"
                        "    ssh-config: none\n"
                        "  lab:\n    type: pool\n    description: both\n    remotes: [a, b]\n"
                        "  dark:\n    type: pool\n    remotes: [lab, gone]\n");
        write_test_project(me);
    }
    [[nodiscard]] std::string gate() const { return me.directory() / "gate"; }
    program_result start(std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"run", "gate", "file=" + gate(), "-r",
                                       "lab", "-y",   "--no-wait"};
        words.insert(words.end(), more.begin(), more.end());
        return me.run(words);
    }
    [[nodiscard]] int rows(const std::string& remote, const std::string& state) const {
        return count_of(state, me.run({"runs", "-r", remote}).out);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(pools)

BOOST_AUTO_TEST_CASE(runs_fill_the_slots_and_then_wait_for_one) {
    const lab it;
    check_says(it.start(), 0, {"a of lab: 1 of 1 slots are free."});
    check_says(it.start(), 0, {"b of lab: 2 of 2 slots are free."});
    check_says(it.start(), 0, {"b of lab: 1 of 2 slots are free."});
    BOOST_TEST(it.rows("a", "running") == 1);
    BOOST_TEST(it.rows("b", "running") == 2);
    check_says(it.start({"--no-queue"}), 1,
               {"no slot of lab is free", "a: 0 of 1 slots are free", "b: 0 of 2 slots are free"});
    const auto waits = it.start({"--where", "tag:big"});
    check_says(waits, 0, {"No slot of lab is free: the run waits in the queue of b."});
    BOOST_TEST(it.rows("b", "staged") == 1);
    write_file(it.gate(), "");
    eventually("all have ended", [&] {
        const auto listed = it.me.run({"runs", "-r", "lab", "-Fo", "gate"});
        return count_of("completed", listed.out) == 4;
    });
    BOOST_TEST(it.rows("lab", "staged") == 0);
}

BOOST_AUTO_TEST_CASE(a_condition_chooses_and_what_no_machine_meets_is_said) {
    const lab it;
    check_says(it.start({"--where", "tag:fast"}), 0, {"b of lab: 2 of 2 slots are free."});
    check_says(it.start({"--where", "slots > 2"}), 1, {"no machine of lab meets 'slots > 2'"});
    check_says(it.start({"--where", "slots >"}), 1, {"--where 'slots >'"});
    check_says(it.start({"--gpus-per-trial", "1"}), 1, {"no machine of lab can take this run"});
    write_file(it.gate(), "");
}

BOOST_AUTO_TEST_CASE(other_commands_address_all_members_and_one_run_is_found_where_it_is) {
    const lab it;
    for (const char* remote : {"a", "b"}) {
        check_exit(it.me.run({"run", "hello", "msg=hi", "times=1", "-r", remote, "-y"}), 0);
    }
    const auto listed = it.me.run({"runs", "-r", "lab"});
    check_exit(listed, 0);
    BOOST_TEST(count_of("]  a  ", listed.out) == 1);
    BOOST_TEST(count_of("]  b  ", listed.out) == 1);
    BOOST_TEST(it.me.run({"runs", "-r", "any:b,a"}).out == listed.out);
    const auto id = run_id_in(it.me.run({"select", "2", "-r", "lab"}).out);
    check_says(it.me.run({"run", "--restart", id, "-r", "lab", "-y"}), 0,
               {"stopped with a status of 'completed'"});
    check_exit(it.me.run({"pull", "lab", "-y"}), 0);
    BOOST_TEST(count_of("completed", it.me.run({"runs"}).out) == 2);
    check_says(it.me.run({"run", "hello", "-r", "lab,a", "-y"}), 1, {"name the pool alone"});
    check_says(it.me.run({"run", "hello", "-r", "lab", "--needed", "-y"}), 1, {"--needed"});
}

BOOST_AUTO_TEST_CASE(a_member_that_does_not_answer_is_a_line_and_the_run_goes_elsewhere) {
    const lab it;
    check_says(it.me.run({"run", "hello", "msg=hi", "times=1", "-r", "dark", "-y"}), 0,
               {"gone: connect to 127.0.0.1 port 1: connection refused", "a of dark"});
    check_says(it.me.run({"runs", "-r", "dark"}), 3, {"1 of 3 unreachable: gone"});
    check_says(it.me.run({"run", "hello", "-r", "any:gone", "-y"}), 1, {"connection refused"});
}

BOOST_AUTO_TEST_SUITE_END()
