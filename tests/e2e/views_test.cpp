// Looking at runs: kinds of files, source code, part of an output, the end of a run.
#include "tests/e2e/scene.hpp"

#include <boost/mp11/list.hpp>

#include <signal.h>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

} // namespace

BOOST_AUTO_TEST_SUITE(views)

BOOST_AUTO_TEST_CASE_TEMPLATE(ls_shows_kinds_of_files_and_what_is_known_of_them, Place, places) {
    scene<Place> at;
    check_exit(at.me.run({"run", "files", "-r", "gpu1", "-y"}), 0);
    const auto source = at.me.run({"ls", "-ns", "-r", "gpu1"});
    check_exit(source, 0);
    BOOST_TEST(source.out == "family.sh\nfiles.sh\ngate.sh\nguild.yml\nhello.py\nlines.py\n");
    const auto written = at.me.run({"ls", "-ng", "-r", "gpu1"}).out;
    BOOST_TEST(has(written, "deep/er/file\n"));
    BOOST_TEST(has(written, "with blank\n"));
    BOOST_TEST(!has(written, "deep/\n"));
    BOOST_TEST(!has(written, "hello.py"));
    BOOST_TEST(at.me.run({"ls", "-nd", "-r", "gpu1"}).out == "");
    BOOST_TEST(at.me.run({"ls", "-nsg", "-p", "hello.py", "-r", "gpu1"}).out == "hello.py\n");
    const auto extended = at.me.run({"ls", "-ne", "-p", "large", "-r", "gpu1"}).out;
    BOOST_TEST(has(extended, "-rw-"), extended);
    BOOST_TEST(has(extended, "  300000  "), extended);
    BOOST_TEST(has(at.me.run({"ls", "-nh", "-p", "large", "-r", "gpu1"}).out, "  293.0K  "));
    BOOST_TEST(
        has(at.me.run({"ls", "-nh", "-p", "link", "-r", "gpu1"}).out, "link -> deep/er/file\n"));
    check_says(at.me.run({"ls", "-f", "-r", "gpu1"}), 0, {"WARNING: --full-path is ignored"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cat_finds_source_code, Place, places) {
    scene<Place> at;
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    const auto shown = at.me.run({"cat", "-sp", "hello.py", "-r", "gpu1"});
    check_exit(shown, 0);
    BOOST_TEST(shown.out == read_file(at.me.project() + "/hello.py"));
    // Not on a terminal: no pager.
    BOOST_TEST(at.me.run({"cat", "-O", "-pa", "-r", "gpu1"}).out == "hi\n");
    check_says(at.me.run({"cat", "-sp", "no.py", "-r", "gpu1"}), 1,
               {": /", "/no.py does not exist"});
    check_says(at.me.run({"cat", "-p", "/etc/passwd", "-r", "gpu1"}), 1, {"PATH must be relative"});
    check_says(at.me.run({"cat", "-p", "..", "-r", "gpu1"}), 1, {"'..' is not a path in a run"});
    check_says(at.me.run({"cat", "-p", ".", "-r", "gpu1"}), 1, {"is a directory"});
    check_says(at.me.run({"cat", "-r", "gpu1"}), 1, {"--output"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_watch_shows_the_last_lines_or_those_of_a_time, Place, places) {
    scene<Place> at;
    check_exit(at.me.run({"run", "lines", "count=50", "-r", "gpu1", "-y"}), 0);
    const auto watch = [&](const std::string& option, const std::string& value) {
        const auto shown = at.me.run({"watch", "1", option, value, "-r", "gpu1"});
        check_exit(shown, 0);
        return shown.out;
    };
    BOOST_TEST(watch("--tail", "2") == "line 000048\nline 000049\n");
    BOOST_TEST(watch("--tail", "0") == "");
    BOOST_TEST(count_of("\n", watch("--tail", "1000")) == 50);
    BOOST_TEST(count_of("\n", watch("--since", "10m")) == 50);
    BOOST_TEST(count_of("\n", watch("--since", "2001-02-03")) == 50);
    BOOST_TEST(watch("--since", "0s") == "");
    check_says(at.me.run({"watch", "1", "--since", "soon", "-r", "gpu1"}), 1,
               {"'soon' is not a time"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_watch_of_a_tail_goes_on_to_the_end, Place, places) {
    scene<Place> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    eventually("it waits", [&] { return at.far_file(id, ".guild/output") == "waiting\n"; });
    auto watch = at.me.start({"watch", "--tail", "0", "-r", "gpu1"});
    watch.wait_for_err("Watching run " + id);
    at.open_gate();
    const auto ended = watch.finish();
    check_exit(ended, 0);
    BOOST_TEST((ended.out == "passed\n" || ended.out == "")); // it may have been faster
    BOOST_TEST(has(ended.err, "Run " + id + " stopped with a status of 'completed'"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_watch_takes_a_pid_and_a_job_file, Place, places) {
    scene<Place> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    const auto pid = at.far_file(id, ".guild/LOCK");
    auto watch = at.me.start({"watch", "-p", pid, "-r", "gpu1"});
    watch.wait_for_err("Watching run " + id);
    watch.wait_for_out("waiting\n");
    at.open_gate();
    check_exit(watch.finish(), 0);
    // The file itself need not be there.
    at.me.environment["NO_WATCHING_MSG"] = "1";
    const auto again = at.me.run({"watch", "--pid", at.far_run(id) + "/.guild/JOB", "-r", "gpu1"});
    check_exit(again, 0);
    BOOST_TEST(again.out == "waiting\npassed\n");
    BOOST_TEST(again.err == "Run " + id + " stopped with a status of 'completed'\n");
    check_says(at.me.run({"watch", "-p", "/run/x.pid", "-r", "gpu1"}), 1, {"pidfile"});
    check_says(at.me.run({"watch", "-p", pid, "-r", "gpu1"}), 1,
               {"cannot find run for pid " + pid});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_wait_ends_as_the_run_did, Place, places) {
    scene<Place> at;
    const auto good = at.start({"hello"});
    const auto bad = at.start({"fail"});
    const auto waited = at.me.run({"wait", good, "-r", "gpu1"});
    check_says(waited, 0, {"Run " + good + " stopped with a status of 'completed'"});
    BOOST_TEST(waited.out == "");
    check_says(at.me.run({"wait", bad, "-r", "gpu1"}), 3,
               {"Run " + bad + " stopped with a status of 'error'"});
    check_says(at.me.run({"wait", good, bad, "-r", "gpu1"}), 3, {good, bad});
    check_says(at.me.run({"wait", "-r", "gpu1"}), 0, {"Nothing to wait for."});
    check_says(at.me.run({"wait", "nonsense", "-r", "gpu1"}), 1,
               {"could not find a run matching 'nonsense'"});

    const auto slow = at.start({"gate", "file=" + at.gate()});
    check_says(at.me.run({"wait", slow, "--timeout", "0.2", "-r", "gpu1"}), 124,
               {"Timed out waiting for run " + slow + " (running)"});
    const auto any = at.me.run({"wait", slow, bad, "--any", "-r", "gpu1"});
    check_says(any, 3, {"Run " + bad});
    BOOST_TEST(!has(any.err, slow));
    auto stopped = at.me.start({"wait", "-r", "gpu1"});
    check_exit(at.me.run({"stop", slow, "-r", "gpu1", "-y"}), 0);
    const auto ended = stopped.finish();
    // 128 + SIGTERM, unless the stop was faster than the wait.
    BOOST_TEST((ended.exit_code == 143 || has(ended.err, "Nothing to wait for.")));
    BOOST_TEST(at.me.run({"wait", slow, "-r", "gpu1"}).exit_code == 143);
}

BOOST_AUTO_TEST_CASE(an_interrupted_wait_leaves_the_run_alone) {
    scene<over_local> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    auto waiting = at.me.start({"--debug", "wait", id, "-r", "gpu1"});
    waiting.wait_for_err("waiting for 1 run(s)");
    waiting.signal(SIGINT);
    BOOST_TEST(waiting.finish().exit_code == 130);
    BOOST_TEST(has(at.row(id), "running"));
    at.open_gate();
}

BOOST_AUTO_TEST_CASE(a_wait_survives_a_lost_link) {
    scene<over_ssh> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    auto waiting = at.me.start({"--debug", "wait", id, "-r", "gpu1"});
    waiting.wait_for_err("waiting for 1 run(s)");
    at.place.server.kill();
    waiting.wait_for_err("trying again");
    at.open_gate();
    at.place.server.start();
    const auto ended = waiting.finish();
    check_says(ended, 0, {"The link to gpu1 is back", "Run " + id});
}

BOOST_AUTO_TEST_CASE(a_watch_of_a_tail_goes_on_at_the_byte_after_a_lost_link) {
    scene<over_ssh> at;
    at.start({"gate", "file=" + at.gate()});
    auto watch = at.me.start({"watch", "--tail", "1", "-r", "gpu1"});
    watch.wait_for_out("waiting\n");
    at.place.server.kill();
    watch.wait_for_err("trying again");
    at.open_gate();
    at.place.server.start();
    const auto ended = watch.finish();
    check_says(ended, 0, {"The link to gpu1 is back", "stopped with a status of 'completed'"});
    BOOST_TEST(ended.out == "waiting\npassed\n"); // nothing is lost, nothing comes twice
}

BOOST_AUTO_TEST_CASE(a_terminal_gets_a_pager_and_leaving_it_early_is_no_error) {
    scene<over_local> at;
    check_exit(at.me.run({"run", "lines", "count=50000", "-y"}), 0);
    at.me.write_project_file("pager", "#!/bin/sh\nhead -n 2\necho paged\n");
    fs::permissions(at.me.project() + "/pager", fs::perms::owner_all);
    at.me.environment["PAGER"] = at.me.project() + "/pager";
    // `script` gives it a terminal.
    const auto on_terminal = [&](const std::string& words) {
        at.me.write_project_file("ask", "script -qec '" OUTRIDER_PROGRAM " " + words +
                                            "' /dev/null; echo exit $?\n");
        return at.me.run({"open", "-p", "guild.yml", "-c", "sh " + at.me.project() + "/ask"}).out;
    };
    BOOST_TEST(on_terminal("cat -O --page") == "line 000000\r\nline 000001\r\npaged\r\nexit 0\n");
    BOOST_TEST(count_of("line ", on_terminal("cat -O")) == 50000);
    at.me.environment["PAGER"] = "/nonexistent/pager";
    BOOST_TEST(count_of("line ", on_terminal("cat -O -pa")) == 50000);
}

BOOST_AUTO_TEST_CASE(open_starts_a_program_of_this_machine) {
    scene<over_local> at;
    check_exit(at.me.run({"run", "hello", "-y"}), 0);
    const auto id = names_in(at.me.guild_home() + "/runs").front();
    const auto run = at.me.run_directory(id);
    BOOST_TEST(at.me.run({"open", "-p", "hello.py", "-c", "cat"}).out ==
               read_file(at.me.project() + "/hello.py"));
    BOOST_TEST(at.me.run({"open", "-O", "-c", "head -c 2"}).out == "hi");
    BOOST_TEST(at.me.run({"open", "-c", "echo 'a  b'"}).out == "a  b " + run + "/\n");
    BOOST_TEST(at.me.run({"open", "-s", "-p", "hello.py", "-c", "echo"}).out ==
               run + "/hello.py\n");
    BOOST_TEST(at.me.run({"open", "-c", "false"}).exit_code == 1);
    at.me.environment["SHELL"] = "/bin/pwd";
    BOOST_TEST(at.me.run({"open", "--shell"}).out == run + "\n");
    BOOST_TEST(at.me.run({"open", "--shell", "-p", "hello.py"}).out == run + "\n");
    // A machine with everything but a desktop.
    const std::string programs = at.me.directory() / "programs";
    fs::create_directories(programs);
    for (const auto& each : fs::directory_iterator("/usr/bin")) {
        if (each.path().filename() != "xdg-open") {
            fs::create_symlink(each.path(), fs::path(programs) / each.path().filename());
        }
    }
    at.me.environment["PATH"] = programs;
    check_says(at.me.run({"open"}), 1, {"cannot start 'xdg-open': not found", "open -c CMD"});
    check_says(at.me.run({"open", "-p", "none"}), 1, {run + "/none does not exist"});
    check_says(at.me.run({"open", "-c", "'"}), 1, {"is not a command"});
    check_says(at.me.run({"open", "1", "-p", "x", "-r", "gpu1"}), 1,
               {"cat 1 -p x -r gpu1", "pull gpu1 1"});
}

BOOST_AUTO_TEST_SUITE_END()
