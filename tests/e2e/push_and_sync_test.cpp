// Copies between machines: push, pull back, sync; over SSH and over the local transport.
#include "tests/e2e/scene.hpp"

#include <boost/mp11/list.hpp>

#include <signal.h>
#include <sys/stat.h>

#include <map>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

/// What a run directory holds: type, mode, time and content by path; less what belongs to a
/// machine.
std::map<std::string, std::string> tree(const std::string& run) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(run)) {
        const auto name = fs::relative(entry.path(), run).native();
        if (name.starts_with(".guild/outrider") && !name.ends_with("/reason")) {
            continue;
        }
        struct stat info{};
        BOOST_REQUIRE_EQUAL(::lstat(entry.path().c_str(), &info), 0);
        std::string text = std::to_string(info.st_mode);
        if (entry.is_symlink()) {
            text += " -> " + fs::read_symlink(entry.path()).native();
        } else if (entry.is_regular_file()) {
            text += " " + std::to_string(info.st_mtim.tv_sec) + " " + read_file(entry.path());
        }
        out.emplace(name, std::move(text));
    }
    return out;
}

/// A run on this machine that has ended; gives its id.
template <class Place>
std::string run_here(const scene<Place>& at, const std::string& operation) {
    check_exit(at.me.run({"run", operation, "-y"}), 0);
    const auto names = names_in(at.me.guild_home() + "/runs");
    BOOST_REQUIRE_EQUAL(names.size(), 1U);
    return names.front();
}

/// A second remote that nobody answers from, before the first one in every order.
template <class Place>
void add_dead_remote(const scene<Place>& at) {
    at.me.write_config(read_file(at.me.config()) +
                       "  dead:\n    type: ssh\n    host: 127.0.0.1\n    port: " +
                       std::to_string(free_port()) + "\n    ssh-config: none\n");
}

/// What a copy of a run that runs on `remote` looks like.
template <class Place>
std::string fake_copy(const scene<Place>& at, const std::string& id, const std::string& remote) {
    const auto run = at.me.run_directory(id);
    fs::create_directories(run + "/.guild/attrs");
    write_file(run + "/.guild/opref", "guildfile:/x/guild.yml 0 '' gate");
    write_file(run + "/.guild/attrs/started", "1700000000000000\n");
    write_file(run + "/.guild/LOCK.remote", remote);
    return run;
}

/// A run on this machine with so much to copy that a push can be met in the middle.
std::string run_large_here(const scene<over_ssh>& at) {
    at.me.write_project_file(
        "guild.yml", "big:\n  exec: sh -c \"head -c 40000000 /dev/urandom > big; echo done\"\n");
    return run_here(at, "big");
}

/// A push of it that has begun to write.
running_program push_in_the_middle(const scene<over_ssh>& at, const std::string& id) {
    auto push = at.me.start({"push", "gpu1", "-y"});
    push.wait_for_err("Copying " + id);
    eventually("a part of the file is there", [&] {
        std::error_code none;
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::recursive_directory_iterator(at.far_run(id), none)) {
            bytes += entry.is_regular_file(none) ? entry.file_size(none) : 0;
        }
        return bytes > 500'000;
    });
    return push;
}

} // namespace

BOOST_AUTO_TEST_SUITE(push_and_sync)

BOOST_AUTO_TEST_CASE_TEMPLATE(push_then_pull_back_gives_the_same_tree, Place, places) {
    scene<Place> at;
    const auto id = run_here(at, "files");
    const auto before = tree(at.me.run_directory(id));
    const auto pushed = at.me.run({"push", "gpu1", "-y"});
    check_exit(pushed, 0);
    BOOST_TEST(has(pushed.err, "Copying " + id + "\n"));
    BOOST_TEST(has(at.row(id), "completed"));
    BOOST_TEST(!fs::exists(at.far_run(id) + "/.guild/LOCK"));
    BOOST_TEST(!fs::exists(at.far_run(id) + "/.guild/LOCK.remote"));
    BOOST_TEST(!fs::exists(at.far_run(id) + "/.guild/outrider/identity"));
    BOOST_TEST((tree(at.far_run(id)) == before));

    fs::remove_all(at.me.run_directory(id));
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST((tree(at.me.run_directory(id)) == before));
    BOOST_TEST(has(at.row(id, false), "completed"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(push_sends_what_changed_and_deletes_when_asked, Place, places) {
    scene<Place> at;
    const auto id = run_here(at, "files");
    check_exit(at.me.run({"push", "gpu1", "-y"}), 0);
    const auto inode = [&](const char* name) {
        struct stat info{};
        BOOST_REQUIRE_EQUAL(::lstat((at.far_run(id) + "/" + name).c_str(), &info), 0);
        return info.st_ino;
    };
    const auto large = inode("large");
    write_file(at.me.run_directory(id) + "/deep/er/file", "changed\n");
    fs::remove(at.me.run_directory(id) + "/with blank");
    write_file(at.far_run(id) + "/extra", "of that machine");
    check_exit(at.me.run({"push", "gpu1", id.substr(0, 8), "-y"}), 0);
    BOOST_TEST(at.far_file(id, "deep/er/file") == "changed\n");
    BOOST_TEST(inode("large") == large);
    BOOST_TEST(fs::exists(at.far_run(id) + "/with blank"));
    BOOST_TEST(fs::exists(at.far_run(id) + "/extra"));

    const auto asked = at.me.run({"push", "gpu1", "--delete"});
    check_says(asked, 4,
               {"You are about to copy (push with delete) the following runs to gpu1:\n", "files",
                "Continue? (Y/n)", "-y"});
    BOOST_TEST(fs::exists(at.far_run(id) + "/extra"));
    check_exit(at.me.run({"push", "gpu1", "-n", "-y"}), 0);
    BOOST_TEST(!fs::exists(at.far_run(id) + "/with blank"));
    BOOST_TEST(!fs::exists(at.far_run(id) + "/extra"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(push_asks_and_has_nothing_to_do_without_runs, Place, places) {
    scene<Place> at;
    const auto none = at.me.run({"push", "no-such-remote"});
    check_says(none, 0, {"No runs to copy."});
    run_here(at, "files");
    check_says(at.me.run({"push", "gpu1"}, "n\n"), 4,
               {"You are about to copy (push) the following runs to gpu1:\n"});
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").empty());
    check_says(at.me.run({"push", "no-such-remote", "-y"}), 1,
               {"remote no-such-remote is not defined"});
    check_says(at.me.run({"push", "gpu1", "9999999", "-y"}), 1,
               {"could not find a run matching '9999999'"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_pushed_run_that_runs_here_claims_nothing_there, Place, places) {
    scene<Place> at;
    auto running = at.me.start({"run", "gate", "file=" + at.gate(), "-y"});
    running.wait_for_out("waiting\n");
    const auto id = names_in(at.me.guild_home() + "/runs").front();
    check_exit(at.me.run({"push", "gpu1", "-y"}), 0);
    BOOST_TEST(!fs::exists(at.far_run(id) + "/.guild/LOCK"));
    BOOST_TEST(has(at.row(id), "running (")); // on this machine
    BOOST_TEST(!has(at.row(id), "running (gpu1)"));

    // A pull must not make a copy of what is the original.
    const auto pulled = at.me.run({"pull", "gpu1", "-y"});
    check_says(pulled, 0, {"WARNING: run " + id + " is not copied: it is running here"});
    at.open_gate();
    check_exit(running.finish(), 0);
    check_says(at.me.run({"pull", "gpu1", "-y"}), 0,
               {"run " + id + " is not copied: it has ended here, and what would be copied is"});
    BOOST_TEST(has(at.row(id, false), "completed"));
    check_exit(at.me.run({"push", "gpu1", "-y"}), 0);
    BOOST_TEST(has(at.row(id), "completed"));
    BOOST_TEST(!fs::exists(at.far_run(id) + "/.guild/LOCK.remote"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_push_never_takes_the_place_of_a_run_of_the_remote, Place, places) {
    scene<Place> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    check_says(at.me.run({"push", "gpu1", "-y"}), 0,
               {"run " + id + " is not copied: it is running on gpu1"});
    BOOST_TEST(has(at.row(id), "running"));
    at.open_gate();
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    check_says(at.me.run({"push", "gpu1", "-y"}), 0,
               {"run " + id + " is not copied: ", "use 'outrider pull gpu1 " + id + "'"});
    BOOST_TEST(has(at.row(id), "completed"));
    BOOST_TEST(at.far_file(id, ".guild/attrs/exit_status") == "0\n");
}

BOOST_AUTO_TEST_CASE(a_push_killed_in_the_middle_shows_no_half_run_and_is_completed_by_another) {
    scene<over_ssh> at;
    const auto id = run_large_here(at);
    auto push = push_in_the_middle(at, id);
    push.signal(SIGKILL);
    push.finish();
    BOOST_TEST(at.me.run({"runs", "-r", "gpu1"}).out == "");
    check_exit(at.me.run({"push", "gpu1", "-y"}), 0);
    BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
    BOOST_TEST(has(at.row(id), "completed"));
    for (const auto& entry : fs::recursive_directory_iterator(at.far_run(id))) {
        BOOST_TEST(!has(entry.path().filename(), "tmp"), entry.path().string());
    }
}

BOOST_AUTO_TEST_CASE(a_push_goes_on_when_its_link_dies) {
    scene<over_ssh> at;
    const auto id = run_large_here(at);
    auto push = push_in_the_middle(at, id);
    at.place.server.kill_sessions();
    const auto ended = push.finish();
    check_exit(ended, 0);
    BOOST_TEST(count_of("trying again", ended.err) == 1);
    BOOST_TEST((at.copied_file(id, "big") == at.far_file(id, "big")));
    BOOST_TEST(has(at.row(id), "completed"));
}

BOOST_AUTO_TEST_CASE(an_older_copy_there_says_that_it_runs_while_it_is_replaced) {
    scene<over_ssh> at;
    const auto id = run_large_here(at);
    check_exit(at.me.run({"push", "gpu1", "-y"}), 0);
    // What was pushed while it ran: no end yet.
    write_file(at.far_run(id) + "/.guild/LOCK.remote", "laptop");
    fs::remove(at.far_run(id) + "/.guild/attrs/exit_status");
    fs::remove(at.far_run(id) + "/big");
    auto push = push_in_the_middle(at, id);
    push.signal(SIGKILL);
    push.finish();
    BOOST_TEST(has(at.row(id), "running ("));
    check_exit(at.me.run({"push", "gpu1", "-y"}), 0);
    BOOST_TEST(has(at.row(id), "completed"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sync_brings_running_copies_up_to_date, Place, places) {
    scene<Place> at;
    const auto quiet = at.me.run({"sync"});
    check_exit(quiet, 0);
    BOOST_TEST(quiet.out + quiet.err == "");
    const auto id = at.start({"gate", "file=" + at.gate()});
    const auto other = at.start({"hello"});
    eventually("the short one has ended",
               [&] { return fs::exists(at.far_run(other) + "/.guild/attrs/stopped"); });
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    const auto first = at.me.run({"sync"});
    check_exit(first, 0);
    BOOST_TEST(first.err == "Resolving run on gpu1\nSyncing " + id + "\nCopying " + id + "\n");
    BOOST_TEST(has(at.row(id, false), "running (gpu1)"));
    at.open_gate();
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    check_exit(at.me.run({"sync", id.substr(0, 8)}), 0);
    BOOST_TEST(has(at.row(id, false), "completed"));
    BOOST_TEST(at.copied_file(id, ".guild/output") == "waiting\npassed\n");
    BOOST_TEST(at.me.run({"sync"}).err == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sync_watch_ends_when_nothing_runs_any_more, Place, places) {
    scene<Place> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    auto sync = at.me.start({"sync", "-w", "-n", "1"});
    sync.wait_for_err("Resolving run on gpu1\nSyncing " + id);
    write_file(at.far_run(id) + "/new", "text");
    eventually("it is copied again", [&] { return at.copied_file(id, "new") == "text"; });
    at.open_gate();
    const auto ended = sync.finish();
    check_exit(ended, 0);
    BOOST_TEST(count_of("Syncing " + id, ended.err) == 1);
    BOOST_TEST(has(at.row(id, false), "completed"));
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_a_sync_that_repeats) {
    scene<over_local> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    auto sync = at.me.start({"sync", "-w", "-n", "600"});
    sync.wait_for_err("Syncing " + id);
    eventually("the copy was marked again", [&] {
        return at.copied_file(id, ".guild/LOCK.remote") == "gpu1" &&
               at.copied_file(id, ".guild/output") == at.far_file(id, ".guild/output");
    });
    sync.signal(SIGINT);
    const auto ended = sync.finish();
    BOOST_TEST((ended.exit_code == 0 || ended.exit_code == 130)); // between two rounds, or within
    BOOST_TEST(has(at.row(id, false), "running (gpu1)"));
    at.open_gate();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_remote_down_does_not_stop_the_others, Place, places) {
    scene<Place> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    add_dead_remote(at);
    const std::string one(32, 'a');
    const std::string two(32, 'b');
    const std::string gone(32, 'c');
    fake_copy(at, one, "dead");
    fake_copy(at, two, "dead");
    fake_copy(at, gone, "not-there-any-more");
    at.open_gate();
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    const auto synced = at.me.run({"sync"});
    check_says(synced, 1,
               {"Syncing " + id, "WARNING: cannot synchronize with dead: dead: connect to",
                "WARNING: cannot synchronize with not-there-any-more: remote not-there-any-more is "
                "not defined",
                "outrider: 3 run(s) could not be synchronized"});
    BOOST_TEST(count_of("cannot synchronize with dead", synced.err) == 1);
    BOOST_TEST(has(at.row(id, false), "completed"));
    for (const auto& copy : {one, two}) {
        BOOST_TEST(has(at.row(copy, false), "running (dead)")); // the last known state stays
    }
    BOOST_TEST(has(at.row(gone, false), "running (not-there-any-more)"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_deleted_there_is_known_from_its_trash, Place, places) {
    scene<Place> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    at.open_gate();
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    check_exit(at.me.run({"runs", "rm", "-r", "gpu1", "-y"}), 0);
    check_says(at.me.run({"sync"}), 0,
               {"run " + id + " was deleted on gpu1; its last state is copied from the trash"});
    BOOST_TEST(has(at.row(id, false), "completed"));
    BOOST_TEST(at.copied_file(id, ".guild/output") == "waiting\npassed\n");
    BOOST_TEST(at.me.run({"sync"}).err == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_gone_for_ever_has_an_end_that_is_not_known, Place, places) {
    scene<Place> at;
    const std::string id(32, 'd');
    fake_copy(at, id, "gpu1");
    // Without a single run there, the home may not be mounted: nothing is concluded.
    check_says(at.me.run({"sync"}), 1, {"its copy here stays as it is"});
    BOOST_TEST(has(at.row(id, false), "running (gpu1)"));
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    check_says(
        at.me.run({"sync"}), 0,
        {"run " + id + " was deleted on gpu1 before its end was copied: how it ended is not"});
    BOOST_TEST(has(at.row(id, false), "error"));
    BOOST_TEST(has(at.copied_file(id, ".guild/outrider/reason"), "deleted on gpu1"));
    BOOST_TEST(at.me.run({"sync"}).err == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pull_asks_with_its_own_words, Place, places) {
    scene<Place> at;
    check_says(at.me.run({"pull", "gpu1", "-y"}), 0, {"No runs to copy."});
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    check_says(at.me.run({"pull", "gpu1", "-d"}), 4,
               {"You are about to copy (pull with delete) the following runs from gpu1:\n",
                "Continue? (Y/n)"});
    check_says(at.me.run({"pull", "gpu1"}, "no\n"), 4,
               {"You are about to copy (pull) the following runs from gpu1:\n"});
    BOOST_TEST(names_in(at.me.guild_home() + "/runs").empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(filters_choose_what_is_copied, Place, places) {
    scene<Place> at;
    check_exit(at.me.run({"run", "hello", "-y"}), 0);
    check_exit(at.me.run({"run", "fail", "-y"}), 3);
    check_exit(at.me.run({"push", "gpu1", "-Se", "-y"}), 0);
    const auto far = names_in(at.place.guild_home() + "/runs");
    BOOST_REQUIRE_EQUAL(far.size(), 1U);
    BOOST_TEST(has(at.row(far.front()), "error"));
    check_says(at.me.run({"push", "gpu1", "-Fo", "no-such-operation", "-y"}), 0,
               {"No runs to copy."});
    check_exit(at.me.run({"push", "gpu1", "-Fo", "hello", "-y"}), 0);
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() == 2U);
    check_exit(at.me.run({"runs", "rm", "-p", "-y"}), 0);
    check_exit(at.me.run({"pull", "gpu1", "-Sc", "-y"}), 0);
    const auto here = names_in(at.me.guild_home() + "/runs");
    BOOST_REQUIRE_EQUAL(here.size(), 1U);
    BOOST_TEST(has(at.row(here.front(), false), "completed"));
}

BOOST_AUTO_TEST_CASE(copies_work_where_the_server_gives_one_channel_only) {
    scene<over_ssh> at(ssh_server_options{.config_lines = {"MaxSessions 1"}, .environment = {}});
    const auto id = run_here(at, "files");
    check_exit(at.me.run({"push", "gpu1", "-y"}), 0);
    const auto before = tree(at.me.run_directory(id));
    BOOST_TEST((tree(at.far_run(id)) == before));
    fs::remove_all(at.me.run_directory(id));
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST((tree(at.me.run_directory(id)) == before));
}

BOOST_AUTO_TEST_SUITE_END()
