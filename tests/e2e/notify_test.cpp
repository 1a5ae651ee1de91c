// Notifications of a real service that is killed at the worst moment.
#include "tests/e2e/scene.hpp"

#include <csignal>

using namespace outrider::testing;

namespace {

using local_scene = scene<over_local>;

void start_service(const outrider_program& me) {
    check_exit(me.run({"serve", "--detach"}), 0);
}

void kill_service(const outrider_program& me) {
    const auto told = me.run({"serve", "status"});
    check_exit(told, 0);
    const auto pid = static_cast<pid_t>(std::stoi(told.out.substr(told.out.find("pid:") + 4)));
    ::kill(pid, SIGKILL);
    eventually("the service is gone", [pid] { return ::kill(pid, 0) != 0; });
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        out.push_back(text.substr(at, end - at));
        at = end == text.npos ? text.size() : end + 1;
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(notifying)

BOOST_AUTO_TEST_CASE(without_a_service_it_is_said_how_to_start_one) {
    const local_scene it;
    check_says(it.me.run({"jobs"}), 1, {"serve --detach"});
    check_says(it.me.run({"notify", "-r", "gpu1", "--command", "true"}), 1, {"serve --detach"});
    check_says(it.me.run({"sync", "--follow", "--standing"}), 1, {"serve --detach"});
}

BOOST_AUTO_TEST_CASE(a_service_that_is_killed_while_it_tells_tells_again_with_the_same_id) {
    const local_scene it;
    const auto told = it.me.directory() / "told";
    it.me.write_project_file("tell", "#!/bin/sh\n"
                                     "echo \"$OUTRIDER_NOTIFICATION $OUTRIDER_REPEATED "
                                     "$OUTRIDER_STATE\" >> \"$1\"\n"
                                     "while [ ! -e \"$2\" ]; do sleep 0.05; done\n");
    const auto go_on = it.me.directory() / "go on";
    start_service(it.me);
    const auto id = it.start({"gate", "file=" + it.gate()});
    const auto added = it.me.run(
        {"notify", id, "-r", "gpu1", "--command", "/bin/sh tell '" + told + "' '" + go_on + "'"});
    check_says(added, 0, {"tells of the end of 1 run(s) on gpu1", "jobs rm "});
    it.open_gate();
    eventually("the first is told", [&] { return lines_of(read_file(told)).size() == 1; });
    kill_service(it.me);
    start_service(it.me);
    eventually("it is told again", [&] { return lines_of(read_file(told)).size() == 2; });
    write_file(go_on, "");
    eventually("the job is over", [&] { return it.me.run({"jobs"}).out.empty(); });
    const auto lines = lines_of(read_file(told));
    BOOST_REQUIRE(lines.size() == 2);
    BOOST_TEST(lines[0].substr(0, 32) == lines[1].substr(0, 32));
    BOOST_TEST(lines[0].substr(32) == " 0 completed");
    BOOST_TEST(lines[1].substr(32) == " 1 completed");
    check_exit(it.me.run({"serve", "stop"}), 0);
}

BOOST_AUTO_TEST_CASE(jobs_are_listed_and_removed) {
    const local_scene it;
    start_service(it.me);
    check_exit(it.me.run({"notify", "-r", "gpu1", "--command", "true 'a b'", "--name", "mine"}), 0);
    const auto listed = it.me.run({"jobs"});
    check_exit(listed, 0);
    BOOST_TEST(has(listed.out, "notify  gpu1  active  0 told  mine: true 'a b'"));
    check_says(it.me.run({"jobs", "rm", "mine"}), 0, {"Removed job "});
    BOOST_TEST(it.me.run({"jobs"}).out == "");
    check_exit(it.me.run({"serve", "stop"}), 0);
}

BOOST_AUTO_TEST_CASE(a_listing_of_a_machine_that_is_gone_is_told_from_memory_with_its_age) {
    const scene<over_ssh> it;
    start_service(it.me);
    const auto id = it.start({"gate", "file=" + it.gate()});
    eventually("it is remembered",
               [&] { return has(it.me.run({"runs", "-r", "gpu1"}).out, "running"); });
    const_cast<over_ssh&>(it.place).server.kill();
    // Whether the link is known to be lost yet or not: it is running as far as anybody knows.
    eventually(
        "the link is lost",
        [&] {
            const auto listed = it.me.run({"runs", "-r", "gpu1"});
            check_exit(listed, 0);
            BOOST_TEST(has(listed.out, "running"));
            return has(listed.err, "gpu1: shown as last confirmed ");
        },
        40);
    check_exit(it.me.run({"runs", "-r", "gpu1", "--fresh"}), 1);
    check_exit(it.me.run({"serve", "stop"}), 0);
    BOOST_TEST(!id.empty());
}

BOOST_AUTO_TEST_SUITE_END()
