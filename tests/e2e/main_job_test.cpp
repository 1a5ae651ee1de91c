// The main job from a person's seat: run, watch, list, stop, look into and collect, once over SSH
// and once over the local transport.
#include "tests/e2e/scene.hpp"

#include <boost/mp11/list.hpp>

#include <signal.h>
#include <sys/stat.h>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

std::int64_t modified_ns(const std::string& path) {
    struct stat info{};
    BOOST_REQUIRE_EQUAL(::lstat(path.c_str(), &info), 0);
    return info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
}

pid_t pid_of_operation(const std::string& run) {
    return std::stoi(read_file(run + "/.guild/LOCK"));
}

pid_t parent_of(pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return std::stoi(stat.substr(stat.rfind(')') + 4));
}

} // namespace

BOOST_AUTO_TEST_SUITE(main_job)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_shows_its_steps_and_output_and_is_listed, Place, places) {
    scene<Place> at;
    const auto ran = at.me.run({"run", "hello", "msg=good morning", "times=2", "-l", "first try",
                                "-t", "blue", "-t", "red", "-r", "gpu1", "-y"});
    check_exit(ran, 0);
    BOOST_TEST(ran.out == "good morning\ngood morning\n");
    const std::string id = run_id_in(ran.err);
    std::size_t last = 0;
    for (const std::string step :
         {"Building package", "Initializing remote run", "Copying package",
          "Installing package and its dependencies", "Successfully installed gpkg.anonymous-",
          "Starting hello on gpu1 as ", "stopped with a status of 'completed'"}) {
        const auto found = ran.err.find(step, last);
        BOOST_TEST(found != std::string::npos, step + " is not in its place in:\n" + ran.err);
        last = found == std::string::npos ? last : found;
    }
    BOOST_TEST(has(at.row(id), "completed"));
    BOOST_TEST(has(at.row(id), "first try"));
    BOOST_TEST(at.far_file(id, ".guild/attrs/tags") == "- blue\n- red\n");
    BOOST_TEST(at.far_file(id, ".guild/attrs/exit_status") == "0\n");
    BOOST_TEST(has(at.far_file(id, ".guild/attrs/flags"), "times: 2"));
    BOOST_TEST(at.far_file(id, ".guild/output") == ran.out);
    BOOST_TEST(!fs::exists(at.far_run(id) + "/.guild/LOCK"));
    BOOST_TEST(names_in(at.me.guild_home() + "/runs").empty()); // nothing is here without a pull
}

BOOST_AUTO_TEST_CASE_TEMPLATE(output_comes_while_the_operation_runs, Place, places) {
    scene<Place> at;
    auto running = at.me.start({"run", "gate", "file=" + at.gate(), "-r", "gpu1", "-y"});
    running.wait_for_out("waiting\n");
    BOOST_TEST(!has(running.out(), "passed"));
    at.open_gate();
    const auto ended = running.finish();
    check_exit(ended, 0);
    BOOST_TEST(ended.out == "waiting\npassed\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_wait_returns_and_watch_comes_back_to_it, Place, places) {
    scene<Place> at;
    const auto started =
        at.me.run({"run", "gate", "file=" + at.gate(), "-r", "gpu1", "-y", "--no-wait"});
    check_exit(started, 0);
    const std::string id = run_id_in(started.out);
    BOOST_TEST(started.out ==
               id + " is running on gpu1\nTo watch use 'outrider watch " + id + " -r gpu1'\n");
    BOOST_TEST(has(at.row(id), "running"));
    auto watch = at.me.start({"watch", "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    at.open_gate();
    const auto ended = watch.finish();
    check_exit(ended, 0);
    BOOST_TEST(ended.out == "waiting\npassed\n");
    BOOST_TEST(has(ended.err, "Watching run " + id));
    BOOST_TEST(has(ended.err, "Run " + id + " stopped with a status of 'completed'"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_interrupt_detaches_and_says_how_to_come_back, Place, places) {
    scene<Place> at;
    auto running = at.me.start({"run", "gate", "file=" + at.gate(), "-r", "gpu1", "-y"});
    running.wait_for_out("waiting\n");
    running.signal(SIGINT);
    const auto detached = running.finish();
    check_exit(detached, 0);
    const std::string id = run_id_in(detached.err);
    const std::string words = "Detached from remote run " + id +
                              " (still running)\nTo re-attach use 'outrider watch " + id +
                              " -r gpu1'\n";
    BOOST_TEST(has(detached.err, words), detached.err);
    BOOST_TEST(has(at.row(id), "running"));

    auto watch = at.me.start({"watch", id, "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    watch.signal(SIGINT);
    const auto left = watch.finish();
    check_exit(left, 0);
    BOOST_TEST(has(left.err, words), left.err);
    BOOST_TEST(has(at.row(id), "running"));
    at.open_gate();
    BOOST_TEST(at.me.run({"watch", id, "-r", "gpu1"}).out == "waiting\npassed\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stop_returns_when_the_whole_family_is_gone, Place, places) {
    scene<Place> at;
    const std::string id = at.start({"family"});
    eventually("the family is born", [&] { return at.far_file(id, ".guild/output") == "born\n"; });
    const pid_t operation = pid_of_operation(at.far_run(id));
    const pid_t supervisor = parent_of(operation);
    const std::string supervisor_words =
        read_file("/proc/" + std::to_string(supervisor) + "/cmdline");
    BOOST_TEST(has(supervisor_words, "family")); // `ps` tells which run it is
    const auto of_this_run = [&] {
        int count = 0;
        for (const pid_t each : processes_with("987654")) {
            count += has(read_file("/proc/" + std::to_string(each) + "/environ"), id) ? 1 : 0;
        }
        return count;
    };
    eventually("all of it lives", [&] { return of_this_run() >= 3; });
    const auto stopped = at.me.run({"stop", id, "-r", "gpu1", "-y"});
    check_exit(stopped, 0);
    BOOST_TEST(has(stopped.err, "Stopping " + id + " (pid " + std::to_string(operation) + ")"));
    BOOST_TEST(of_this_run() == 0);
    BOOST_TEST(at.far_file(id, ".guild/attrs/exit_status") == "-15\n");
    BOOST_TEST(has(at.row(id), "terminated"));
    const auto again = at.me.run({"stop", id, "-r", "gpu1", "-y"});
    check_exit(again, 0);
    BOOST_TEST(has(again.out, "Run " + id + " is not running"));
}

BOOST_AUTO_TEST_CASE(who_does_not_stop_is_named_once) {
    scene<over_local> at;
    const std::string id = at.start({"deaf"});
    eventually("it listens no more", [&] { return at.far_file(id, ".guild/output") == "deaf\n"; });
    const auto left = at.me.run({"stop", id, "-r", "gpu1", "--timeout", "1", "-y"});
    const auto operation = std::to_string(pid_of_operation(at.far_run(id)));
    check_says(left, 1, {"The following processes did not stop as expected: " + operation});
    BOOST_TEST(count_of("did not stop as expected", left.err) == 1, left.err);
    BOOST_TEST(has(at.row(id), "running"));
    check_exit(at.me.run({"stop", id, "-r", "gpu1", "--timeout", "1", "--force", "-y"}), 0);
    BOOST_TEST(has(at.row(id), "terminated"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pull_brings_every_kind_of_file_and_then_nothing, Place, places) {
    scene<Place> at;
    check_exit(at.me.run({"run", "files", "-r", "gpu1", "-y"}), 0);
    const auto pulled = at.me.run({"pull", "gpu1", "-y"});
    check_exit(pulled, 0);
    const std::string id = run_id_in(pulled.err);
    const std::string here = at.me.run_directory(id);
    BOOST_TEST(at.copied_file(id, "deep/er/file") == "content\n");
    BOOST_TEST(modified_ns(here + "/deep/er/file") == 981173106'000000000);
    BOOST_TEST(at.copied_file(id, "large") == at.far_file(id, "large"));
    BOOST_TEST(at.copied_file(id, "with blank") == "a b");
    BOOST_TEST(at.copied_file(id, ".hidden") == ".hidden\n");
    BOOST_TEST(fs::is_directory(here + "/empty"));
    BOOST_TEST(fs::read_symlink(here + "/link") == "deep/er/file");
    BOOST_TEST(fs::read_symlink(here + "/dangling") == "/nonexistent/far/away");
    BOOST_TEST(((fs::status(here + "/nothing").permissions() & fs::perms::owner_exec) ==
                fs::perms::owner_exec));
    BOOST_TEST(!fs::exists(here + "/.guild/LOCK"));
    BOOST_TEST(!fs::exists(here + "/.guild/LOCK.remote"));

    // What is there is not sent again, and what changed is.
    const auto inode = [&](const char* name) {
        struct stat info{};
        BOOST_REQUIRE_EQUAL(::lstat((here + "/" + name).c_str(), &info), 0);
        return info.st_ino;
    };
    const auto large = inode("large");
    write_file(at.far_run(id) + "/deep/er/file", "changed\n");
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST(at.copied_file(id, "deep/er/file") == "changed\n");
    BOOST_TEST(inode("large") == large);

    // Files that are gone there stay here unless asked.
    fs::remove(at.far_run(id) + "/large");
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST(fs::exists(here + "/large"));
    check_exit(at.me.run({"pull", "gpu1", "-d", "-y"}), 0);
    BOOST_TEST(!fs::exists(here + "/large"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pull_tells_every_status_as_it_is_there, Place, places) {
    scene<Place> at;
    const auto completed = at.start({"hello"});
    const auto failed = at.start({"fail"});
    const auto terminated = at.start({"family"});
    const auto running = at.start({"gate", "file=" + at.gate()});
    eventually("the short ones have ended", [&] {
        return fs::exists(at.far_run(completed) + "/.guild/attrs/stopped") &&
               fs::exists(at.far_run(failed) + "/.guild/attrs/stopped");
    });
    check_exit(at.me.run({"stop", terminated, "-r", "gpu1", "-y"}), 0);
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST(has(at.row(completed, false), "completed"));
    BOOST_TEST(has(at.row(failed, false), "error"));
    BOOST_TEST(at.copied_file(failed, ".guild/attrs/exit_status") == "3\n");
    BOOST_TEST(has(at.row(terminated, false), "terminated"));
    BOOST_TEST(fs::exists(at.me.run_directory(terminated) + "/.guild/TERMINATED.remote"));
    BOOST_TEST(has(at.row(running, false), "running (gpu1)"));
    BOOST_TEST(at.copied_file(running, ".guild/LOCK.remote") == "gpu1");
    BOOST_TEST(!fs::exists(at.me.run_directory(running) + "/.guild/LOCK"));
    BOOST_TEST(!fs::exists(at.me.run_directory(running) + "/.guild/attrs/exit_status"));

    at.open_gate();
    check_exit(at.me.run({"watch", running, "-r", "gpu1"}), 0);
    check_exit(at.me.run({"pull", "gpu1", running, "-y"}), 0);
    BOOST_TEST(has(at.row(running, false), "completed"));
    BOOST_TEST(!fs::exists(at.me.run_directory(running) + "/.guild/LOCK.remote"));
    BOOST_TEST(at.copied_file(running, ".guild/output") == "waiting\npassed\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ls_and_cat_look_into_a_far_run, Place, places) {
    scene<Place> at;
    check_exit(at.me.run({"run", "files", "-r", "gpu1", "-y"}), 0);
    const auto plain = at.me.run({"ls", "-r", "gpu1"});
    check_exit(plain, 0);
    BOOST_TEST(has(plain.out, "\n  deep/\n  deep/er/\n  deep/er/file\n"));
    BOOST_TEST(!has(plain.out, ".hidden"));
    BOOST_TEST(at.me.run({"ls", "-n", "-p", "deep/er", "-r", "gpu1"}).out ==
               "deep/er/\ndeep/er/file\n");
    BOOST_TEST(has(at.me.run({"ls", "-nap", ".guild/attrs/exit*", "-r", "gpu1"}).out,
                   ".guild/attrs/exit_status"));
    BOOST_TEST(has(at.me.run({"ls", "-a", "-r", "gpu1"}).out, ".hidden"));
    BOOST_TEST(at.me.run({"ls", "-nap", "LOCK*", "-r", "gpu1"}).out == "");
    BOOST_TEST(at.me.run({"cat", "-p", "deep/er/file", "-r", "gpu1"}).out == "content\n");
    BOOST_TEST(at.me.run({"cat", "-p", ".guild/attrs/exit_status", "-r", "gpu1"}).out == "0\n");
    BOOST_TEST(at.me.run({"cat", "-O", "-r", "gpu1"}).out == "");
    check_says(at.me.run({"cat", "-p", "no/such", "-r", "gpu1"}), 1, {"no/such"});
    check_says(at.me.run({"cat", "-p", "../../config.yml", "-r", "gpu1"}), 1, {"../../config.yml"});
    check_says(at.me.run({"ls", "-p", "/etc", "-r", "gpu1"}), 1, {"PATH must be relative"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(runs_are_deleted_to_the_trash_or_for_ever, Place, places) {
    scene<Place> at;
    const auto first = at.start({"fail"});
    const auto second = at.start({"fail"});
    eventually("both have ended", [&] {
        return fs::exists(at.far_run(first) + "/.guild/attrs/stopped") &&
               fs::exists(at.far_run(second) + "/.guild/attrs/stopped");
    });
    check_says(at.me.run({"runs", "rm", "-r", "gpu1"}), 4, {"You are about to delete", "-y"});
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() == 2U);
    check_says(at.me.run({"runs", "rm", "1", "-r", "gpu1", "-y"}), 0, {"Deleted 1 run(s)"});
    BOOST_TEST(fs::exists(at.place.guild_home() + "/trash/runs/" + second));
    BOOST_TEST(has(at.me.run({"runs", "-d", "-r", "gpu1"}).out, second.substr(0, 8)));
    check_says(at.me.run({"runs", "rm", first, "-p", "-r", "gpu1", "-y"}), 0,
               {"Permanently deleted 1 run(s)"});
    BOOST_TEST(!fs::exists(at.place.guild_home() + "/trash/runs/" + first));
    BOOST_TEST(at.me.run({"runs", "-r", "gpu1"}).out == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(remotes_are_listed_and_asked, Place, places) {
    scene<Place> at;
    const auto listed = at.me.run({"remotes"});
    check_exit(listed, 0);
    BOOST_TEST(has(listed.out, "gpu1"));
    BOOST_TEST(has(listed.out, "the first machine"));
    const auto answer = at.me.run({"remote", "status", "gpu1"});
    check_exit(answer, 0);
    BOOST_TEST(has(answer.out, "gpu1"), answer.out);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_same_source_is_sent_once, Place, places) {
    scene<Place> at;
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    std::vector<std::string> packages;
    const std::string far = fs::path(at.place.guild_home()).parent_path();
    const auto find_packages = [&] {
        std::vector<std::string> found;
        for (const std::string& cache :
             {far + "/.cache", std::string(at.me.directory() / "cache")}) {
            for (const auto& name : names_in(cache + "/outrider/packages")) {
                found.push_back(cache + "/outrider/packages/" + name);
            }
        }
        return found;
    };
    packages = find_packages();
    BOOST_REQUIRE_EQUAL(packages.size(), 1U);
    const auto made = modified_ns(packages.front());
    check_exit(at.me.run({"run", "hello", "msg=again", "-r", "gpu1", "-y"}), 0);
    BOOST_TEST((find_packages() == packages));
    BOOST_TEST(modified_ns(packages.front()) == made);
    at.me.write_project_file("more.py", "x = 1\n");
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(find_packages().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_run_on_this_machine_exits_as_its_operation_does) {
    scene<over_local> at;
    const auto failed = at.me.run({"run", "fail", "-y"});
    BOOST_TEST(failed.exit_code == 3);
    BOOST_TEST(has(failed.out + failed.err, "broken"));
    const auto good = at.me.run({"run", "hello", "-y"});
    check_exit(good, 0);
    BOOST_TEST(good.out == "hi\n");
    check_exit(at.me.run({"run", "fail", "-r", "gpu1", "-y"}), 0);
    const auto listed = at.me.run({"runs"});
    BOOST_TEST(has(listed.out, "completed"));
    BOOST_TEST(has(listed.out, "error"));
    BOOST_TEST(count_of("\n", listed.out) == 2);
}

BOOST_AUTO_TEST_CASE(a_run_on_this_machine_is_stopped_by_an_interrupt) {
    scene<over_local> at;
    auto running = at.me.start({"run", "gate", "file=" + at.gate(), "-y"});
    running.wait_for_out("waiting\n");
    running.signal(SIGINT);
    BOOST_TEST(running.finish().exit_code == 130);
    BOOST_TEST(has(at.me.run({"runs"}).out, "terminated"));
}

BOOST_AUTO_TEST_CASE(a_question_shows_the_flags_and_an_answer_decides) {
    scene<over_local> at;
    const auto declined = at.me.run({"run", "hello", "msg=x", "-r", "gpu1"}, "n\n");
    check_says(declined, 0, {"You are about to run hello on gpu1", "  msg: x", "Continue? (Y/n)"});
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").empty());
    const auto agreed = at.me.run({"run", "hello", "msg=x", "-r", "gpu1"}, "\n");
    check_exit(agreed, 0);
    BOOST_TEST(agreed.out == "x\n");
}

BOOST_AUTO_TEST_CASE(a_link_named_guild_speaks_as_guild) {
    scene<over_local> at;
    const auto refused = at.me.run_as("guild", {"runs", "-r", "nowhere"});
    check_says(refused, 1, {"guild: remote nowhere is not defined", "'guild remotes'"});
    BOOST_TEST(!has(refused.err, "outrider"));
    const auto id = at.start({"gate", "file=" + at.gate()});
    auto watch = at.me.run_as("guild", {"run", "hello", "-r", "gpu1", "-y", "--no-wait"});
    BOOST_TEST(has(watch.out, "'guild watch "));
}

BOOST_AUTO_TEST_CASE(the_example_trains_over_ssh_and_its_model_is_pulled) {
    scene<over_ssh> at;
    at.me.working_directory = OUTRIDER_SOURCE "/cli/example/iris";
    const auto ran = at.me.run({"run", "train", "epochs=30", "-r", "gpu1", "-y"});
    check_exit(ran, 0);
    BOOST_TEST(has(ran.out, "test accuracy"));
    BOOST_TEST(has(ran.out, "wrote model.json"));
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    const auto id = run_id_in(ran.err);
    BOOST_TEST(has(at.copied_file(id, "model.json"), "\"setosa\""));
    BOOST_TEST(at.copied_file(id, "model.json") == at.far_file(id, "model.json"));
    const auto listed = at.me.run({"runs"});
    BOOST_TEST(has(listed.out, "completed"));
    BOOST_TEST(has(listed.out, "epochs=30"));
}

BOOST_AUTO_TEST_CASE(a_virtual_environment_gives_the_interpreter_and_the_home) {
    scene<over_ssh> at;
    const std::string env = at.place.server.home() + "/env";
    fs::create_directories(env + "/bin");
    fs::create_symlink("/usr/bin/python3", env + "/bin/python3");
    fs::create_symlink("/usr/bin/python3", env + "/bin/python");
    write_file(env + "/bin/activate", "VIRTUAL_ENV='" + env +
                                          "'; export VIRTUAL_ENV\n"
                                          "PATH=\"$VIRTUAL_ENV/bin:$PATH\"; export PATH\n");
    at.me.write_config("remotes:\n  gpu1:\n" + at.place.config() + "    venv-path: " + env + "\n");
    at.me.write_project_file("hello.py", "import os, sys\nprint(os.environ['VIRTUAL_ENV'])\n"
                                         "print(sys.executable)\n");
    const auto ran = at.me.run({"run", "hello", "-r", "gpu1", "-y"});
    check_exit(ran, 0);
    BOOST_TEST(has(ran.out, env + "\n" + env + "/bin/python"), ran.out);
    BOOST_TEST(fs::exists(env + "/.guild/runs/" + run_id_in(ran.err) + "/.guild/opref"));
}

BOOST_AUTO_TEST_SUITE_END()
