// Transfers that are cut off, wherever: a copy tells no lie and is whole in the end.
#include "tests/e2e/killing.hpp"

#include <signal.h>

#include <functional>
#include <utility>

using namespace outrider::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {
/// A completed run with so much to copy that a pull can be met in the middle.
std::string run_with_large_file(const scene<over_ssh>& at) {
    at.me.write_project_file(
        "guild.yml", "big:\n  exec: sh -c \"head -c 40000000 /dev/urandom > big; echo done\"\n");
    const auto ran = at.me.run({"run", "big", "-r", "gpu1", "-y"});
    check_exit(ran, 0);
    return run_id_in(ran.err);
}

/// A pull of it that has begun to write.
running_program pull_in_the_middle(const scene<over_ssh>& at, const std::string& id) {
    auto pull = at.me.start({"pull", "gpu1", id, "-y"});
    pull.wait_for_err("Copying " + id);
    const std::string here = at.me.run_directory(id);
    eventually("a part of the file is here", [&] {
        std::error_code none;
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::recursive_directory_iterator(here, none)) {
            bytes += entry.is_regular_file(none) ? entry.file_size(none) : 0;
        }
        return bytes > 500'000;
    });
    return pull;
}

void check_whole_copy(const scene<over_ssh>& at, const std::string& id) {
    check_exit(at.me.run({"pull", "gpu1", id, "-y"}), 0);
    BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
    BOOST_TEST(has(at.row(id, false), "completed"));
    for (const auto& entry : fs::recursive_directory_iterator(at.me.run_directory(id))) {
        BOOST_TEST(!has(entry.path().filename(), "tmp"), entry.path().string());
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(kill_transfers)

BOOST_AUTO_TEST_CASE(large_pulls_do_not_stall) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    for (int pulls = 0; pulls < 6; ++pulls) {
        fs::remove_all(at.me.run_directory(id));
        check_exit(at.me.run({"pull", "gpu1", id, "-y"}), 0);
    }
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_killed_in_the_middle_tells_no_lie_and_is_completed_by_another) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    auto pull = pull_in_the_middle(at, id);
    pull.signal(SIGKILL);
    pull.finish();
    BOOST_TEST(!has(at.me.run({"runs"}).out, "completed"));
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_that_is_interrupted_leaves_nothing_half_done) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    auto pull = pull_in_the_middle(at, id);
    pull.signal(SIGINT);
    const auto ended = pull.finish();
    BOOST_TEST(ended.exit_code == 130);
    BOOST_TEST(!has(at.me.run({"runs"}).out, "completed"));
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_goes_on_when_its_agent_or_its_link_dies) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    const std::pair<const char*, std::function<void()>> accidents[] = {
        {"the agents are killed", [&] { kill_agents(at); }},
        {"the sessions are killed", [&] { at.place.server.kill_sessions(); }},
        {"the sessions hang", [&] { at.place.server.freeze_sessions(); }}};
    for (const auto& [what, happens] : accidents) {
        BOOST_TEST_CONTEXT(what) {
            fs::remove_all(at.me.run_directory(id));
            auto pull = pull_in_the_middle(at, id);
            happens();
            const auto ended = pull.finish(60s);
            check_exit(ended, 0);
            BOOST_TEST(count_of("trying again", ended.err) == 1);
            BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
        }
    }
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(two_pulls_of_one_run_at_once_give_one_whole_copy) {
    scene<over_ssh> at;
    const auto id = run_with_large_file(at);
    auto one = at.me.start({"pull", "gpu1", id, "-y"});
    auto other = at.me.start({"pull", "gpu1", id, "-y"});
    check_exit(one.finish(), 0);
    check_exit(other.finish(), 0);
    BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
    check_whole_copy(at, id);
}

BOOST_AUTO_TEST_CASE(a_pull_while_the_run_writes_is_true_and_a_later_one_is_whole) {
    scene<over_ssh> at;
    const auto id = at.start({"lines", "count=2000", "pause=0.002"});
    for (int pulls = 0; pulls < 3; ++pulls) {
        check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
        const auto copied = at.copied_file(id, ".guild/output");
        BOOST_TEST(numbered_lines(2000).starts_with(copied));
    }
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST((at.copied_file(id, ".guild/output") == numbered_lines(2000)));
    BOOST_TEST(has(at.row(id, false), "completed"));
}

BOOST_AUTO_TEST_SUITE_END()
