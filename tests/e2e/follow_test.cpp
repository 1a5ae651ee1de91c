// `sync --follow` from a person's seat: copies of running runs stay up to date, whatever happens to
// the link.
#include "tests/e2e/killing.hpp"

#include <boost/mp11/list.hpp>

#include <signal.h>

#include <optional>
#include <thread>

using namespace outrider::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

/// What a copy of a run that runs on `remote` looks like.
void write_running_copy(const outrider_program& me, const std::string& id,
                        const std::string& remote) {
    const auto run = me.run_directory(id);
    fs::create_directories(run + "/.guild/attrs");
    write_file(run + "/.guild/opref", "guildfile:/x/guild.yml 0 '' gate");
    write_file(run + "/.guild/attrs/started", "1700000000000000\n");
    write_file(run + "/.guild/LOCK.remote", remote);
}

/// A run that waits at the gate, its copy here, and a sync that follows it.
template <class Place>
struct followed : scene<Place> {
    std::string id = this->start({"gate", "file=" + this->gate()});
    std::optional<running_program> sync;

    void pull() { check_exit(this->me.run({"pull", "gpu1", "-y"}), 0); }
    running_program& follow(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"sync", "--follow"});
        write_far("first", "1");
        sync.emplace(this->me.start(more));
        // What is written once the first copy is here is told of.
        arrives("first", "1");
        return *sync;
    }
    void write_far(const std::string& name, const std::string& text) const {
        const auto path = fs::path(this->far_run(id)) / name;
        fs::create_directories(path.parent_path());
        write_file(path, text);
    }
    /// Gives how long it took.
    std::chrono::milliseconds arrives(const std::string& name, const std::string& text) {
        const auto start = std::chrono::steady_clock::now();
        if (!eventually([&] { return this->copied_file(id, name) == text; }, 30s)) {
            sync->signal(SIGINT);
            BOOST_FAIL("no copy of " + name + "; the sync said: " + sync->finish().err);
        }
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - start);
    }
    void ends_well() {
        this->open_gate();
        check_exit(sync->finish(60s), 0);
        BOOST_TEST(has(this->row(id, false), "completed"));
        BOOST_TEST(this->copied_file(id, ".guild/output") == "waiting\npassed\n");
        BOOST_TEST(!fs::exists(this->me.run_directory(id) + "/.guild/LOCK.remote"));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(following_syncs)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_follows_its_run_to_the_end, Place, places) {
    followed<Place> at;
    at.pull();
    at.follow();
    auto slowest = 0ms;
    std::string text;
    for (int i = 0; i < 4; ++i) {
        text += "step " + std::to_string(i) + "\n";
        at.write_far("log", text);
        slowest = std::max(slowest, at.arrives("log", text));
        const auto deep = "new/" + std::to_string(i) + "/deep";
        at.write_far(deep, text);
        slowest = std::max(slowest, at.arrives(deep, text));
    }
    BOOST_TEST_MESSAGE("the slowest change was here after " << slowest.count() << " ms");
    BOOST_TEST(slowest < 4s); // two on a machine that is not busy
    BOOST_TEST(has(at.row(at.id, false), "running (gpu1)"));
    at.ends_well();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(output_comes_as_it_is_written, Place, places) {
    scene<Place> at;
    const auto id = at.start({"lines", "count=40", "pause=0.1"});
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    auto sync = at.me.start({"sync", "-w"});
    eventually("some of the output is here while it runs", [&] {
        const auto here = at.copied_file(id, ".guild/output");
        return has(here, "line 000005\n") && !has(here, "line 000039\n");
    });
    check_exit(sync.finish(60s), 0);
    BOOST_TEST(at.copied_file(id, ".guild/output") == numbered_lines(40));
    BOOST_TEST(has(at.row(id, false), "completed"));
}

BOOST_AUTO_TEST_CASE(a_killed_link_is_made_anew) {
    followed<over_ssh> at;
    at.pull();
    auto& sync = at.follow();
    at.place.server.kill_sessions();
    sync.wait_for_err("; trying again");
    at.write_far("meanwhile", "2");
    sync.wait_for_err("The link to gpu1 is back");
    at.arrives("meanwhile", "2");
    at.write_far("later", "3");
    at.arrives("later", "3");
    kill_agents(at);
    at.write_far("at last", "4");
    at.arrives("at last", "4");
    at.ends_well();
}

BOOST_AUTO_TEST_CASE(a_frozen_link_is_noticed_and_made_anew) {
    followed<over_ssh> at;
    at.pull();
    auto& sync = at.follow();
    at.place.server.freeze_sessions();
    at.write_far("meanwhile", "2");
    sync.wait_for_err("; trying again");
    at.arrives("meanwhile", "2");
    at.ends_well();
    at.place.server.thaw_sessions();
}

BOOST_AUTO_TEST_CASE(a_machine_that_is_away_for_long_is_waited_for_and_said_once) {
    followed<over_ssh> at;
    at.pull();
    auto& sync = at.follow();
    at.place.server.kill();
    sync.wait_for_err("; trying again");
    at.open_gate(); // it ends meanwhile
    eventually("the run has ended",
               [&] { return fs::exists(at.far_run(at.id) + "/.guild/attrs/stopped"); });
    at.place.server.start();
    const auto ended = sync.finish(60s);
    check_exit(ended, 0);
    BOOST_TEST(count_of("trying again", ended.err) == 1);
    BOOST_TEST(count_of("The link to gpu1 is back", ended.err) == 1);
    BOOST_TEST(has(at.row(at.id, false), "completed"));
}

BOOST_AUTO_TEST_CASE(a_remote_that_does_not_answer_holds_up_no_other) {
    followed<over_ssh> at;
    at.pull();
    at.me.write_config(read_file(at.me.config()) +
                       "  dead:\n    type: ssh\n    host: 127.0.0.1\n    port: " +
                       std::to_string(free_port()) + "\n    ssh-config: none\n");
    const std::string lost(32, 'a');
    write_running_copy(at.me, lost, "dead");
    auto& sync = at.follow();
    sync.wait_for_err("dead: connect to");
    at.open_gate();
    eventually("the end is here", [&] { return has(at.row(at.id, false), "completed"); });
    sync.signal(SIGINT); // or it would wait for the other for ever
    const auto ended = sync.finish();
    check_exit(ended, 0);
    BOOST_TEST(count_of("dead: connect to", ended.err) == 1);
    BOOST_TEST(has(at.row(lost, false), "running (dead)"));
}

BOOST_AUTO_TEST_CASE(a_refused_login_is_never_tried_again) {
    followed<over_ssh> at;
    at.pull();
    const auto key = at.place.server.directory() / "other_key";
    make_key(key);
    auto refused = at.place.config();
    const auto right = at.place.server.user_key();
    refused.replace(refused.find(right), right.size(), key);
    at.me.write_config(read_file(at.me.config()) + "  locked:\n" + refused);
    const std::string locked(32, 'a');
    const std::string gone(32, 'b');
    write_running_copy(at.me, locked, "locked");
    write_running_copy(at.me, gone, "not-there-any-more");
    auto& sync = at.follow();
    sync.wait_for_err("cannot synchronize with locked");
    const auto logins = count_of("Connection from", at.place.server.log());
    at.write_far("later", "2");
    at.arrives("later", "2");
    BOOST_TEST(count_of("Connection from", at.place.server.log()) == logins);
    at.open_gate();
    check_says(sync.finish(60s), 1,
               {"cannot synchronize with not-there-any-more: remote not-there-any-more is not",
                "2 run(s) could not be synchronized"});
    BOOST_TEST(has(at.row(at.id, false), "completed"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_whose_processes_were_all_killed_is_noticed, Place, places) {
    followed<Place> at;
    at.pull();
    auto& sync = at.follow({"-n", "600"}); // nor does its end wait for that
    for (const pid_t each : processes_with(at.gate())) {
        ::kill(each, SIGKILL);
    }
    check_exit(sync.finish(60s), 0);
    BOOST_TEST(!has(at.row(at.id, false), "running"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_that_is_stopped_and_deleted_there_is_known_here, Place,
                              places) {
    followed<Place> at;
    at.pull();
    auto& sync = at.follow({"-n", "600"});
    check_exit(at.me.run({"stop", at.id, "-r", "gpu1", "-y"}), 0);
    check_exit(at.me.run({"runs", "rm", at.id, "-r", "gpu1", "-y"}), 0);
    check_exit(sync.finish(60s), 0);
    BOOST_TEST(has(at.row(at.id, false), "terminated"));
}

BOOST_AUTO_TEST_CASE(an_interrupt_in_the_middle_of_a_copy_ends_it_in_an_orderly_way) {
    followed<over_ssh> at;
    at.pull();
    auto& sync = at.follow();
    at.write_far("large", std::string(std::size_t{64} << 20, 'x'));
    eventually("it is on its way", [&] {
        return !names_in(at.me.run_directory(at.id) + "/.guild/outrider/incoming").empty() ||
               fs::exists(at.me.run_directory(at.id) + "/large");
    });
    sync.signal(SIGINT);
    check_exit(sync.finish(), 0);
    BOOST_TEST(has(at.row(at.id, false), "running (gpu1)"));
    at.open_gate();
    check_exit(at.me.run({"watch", at.id, "-r", "gpu1"}), 0);
    check_exit(at.me.run({"sync"}), 0);
    BOOST_TEST(has(at.row(at.id, false), "completed"));
    BOOST_TEST(at.copied_file(at.id, "large").size() == std::size_t{64} << 20);
}

// Also in the moment in which a copy is just ending, where it is easily lost.
BOOST_AUTO_TEST_CASE(an_interrupt_ends_a_follow_in_whatever_moment_it_comes) {
    followed<over_local> at;
    at.pull();
    for (int i = 0; i < 20; ++i) {
        auto& sync = at.follow();
        const auto file = "file" + std::to_string(i);
        at.write_far(file, "text");
        const auto here = fs::path(at.me.run_directory(at.id)) / file;
        BOOST_REQUIRE(eventually([&] { return fs::exists(here); }, 30s));
        std::this_thread::sleep_for(std::chrono::microseconds(200) * i);
        sync.signal(SIGINT);
        check_exit(sync.finish(10s), 0);
    }
    at.open_gate();
}

BOOST_AUTO_TEST_SUITE_END()
