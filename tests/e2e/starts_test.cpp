// The ways to start a run, from a person's seat: staged, started later, again in place, from
// another run, only if needed, in the background, for some time, by a queue.
#include "tests/e2e/scene.hpp"

#include <boost/mp11/list.hpp>

#include <signal.h>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;
using words = std::vector<std::string>;

/// Runs `run WORDS -r gpu1 -y`.
template <class Place>
program_result run_far(const scene<Place>& at, words what) {
    what.insert(what.begin(), "run");
    what.insert(what.end(), {"-r", "gpu1", "-y"});
    return at.me.run(what);
}

template <class Place>
std::string stage_far(const scene<Place>& at, words what) {
    what.push_back("--stage");
    const auto staged = run_far(at, what);
    check_exit(staged, 0);
    return run_id_in(staged.out);
}

} // namespace

BOOST_AUTO_TEST_SUITE(starts)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_staged_run_waits_and_is_started, Place, places) {
    scene<Place> at;
    const auto staged = run_far(at, {"hello", "msg=later", "--stage"});
    check_exit(staged, 0);
    const std::string id = run_id_in(staged.out);
    BOOST_TEST(staged.out == "hello staged as on gpu1 as " + id +
                                 "\nTo start the operation, use 'outrider run -r gpu1 --start " +
                                 id + "'\n");
    BOOST_TEST(has(at.row(id), "staged"));
    check_says(at.me.run({"run", "--start", id, "-r", "gpu1"}, "n\n"), 0,
               {"Resolving run on gpu1", "You are about to start " + id + " (gpkg.anonymous-",
                "/hello) on gpu1", "  msg: later", "Continue? (Y/n)"});
    const auto started = run_far(at, {"--start", "1"});
    check_exit(started, 0);
    BOOST_TEST(started.out == "later\n");
    check_says(started, 0,
               {"Resolving run on gpu1", "Initializing remote run for restart",
                "Run " + id + " stopped with a status of 'completed'"});
    BOOST_TEST(has(at.row(id), "completed"));
}

// Guild refuses what its users want most of all.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_script_is_sent_as_an_operation_of_its_own, Place, places) {
    scene<Place> at;
    at.me.write_project_file("train.py", "import tools.names\nx = 1\nprint(tools.names.NAME, x)\n");
    at.me.write_project_file("tools/names.py", "NAME = 'named'\n");
    const auto trained = run_far(at, {"train.py", "x=5"});
    check_exit(trained, 0);
    BOOST_TEST(trained.out == "named 5\n");
    BOOST_TEST(has(at.me.run({"runs", "-r", "gpu1", "--tag", "model"}).out, "train.py"));
    at.me.write_project_file("say.sh", "#!/bin/sh\necho \"said $PWD\" | sed 's/[/].*[/]/ /'\n");
    fs::permissions(at.me.project() + "/say.sh", fs::perms::owner_all);
    const auto said = run_far(at, {"say.sh"});
    check_exit(said, 0);
    BOOST_TEST(has(said.out, "said "));
}

// Nothing that a run leaves, and nothing that is told of it, holds what is named a secret.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_named_secret_reaches_the_operation_and_no_file, Place, places) {
    scene<Place> at;
    at.me.write_project_file(
        "guild.yml", "op:\n  exec: sh -c 'test \"$HIDDEN_ONE\" = \"pla-$PART\" && echo right'\n"
                     "  env: {HIDDEN_ONE: 'pla-${part}', PART: nted}\n"
                     "  env-secrets: HIDDEN_ONE\n"
                     "  flags: {part: {default: nted, arg-skip: yes}}\n");
    const auto ran = run_far(at, {"op"});
    check_exit(ran, 0);
    BOOST_TEST(ran.out == "right\n");
    for (const auto& each : fs::recursive_directory_iterator(at.place.guild_home())) {
        if (each.is_regular_file()) {
            BOOST_TEST(!has(read_file(each.path().string()), "pla-nted"), each.path());
        }
    }
    for (const words& what : {words{"runs", "info", "-r", "gpu1", "-e"},
                              words{"runs", "info", "-r", "gpu1", "-e", "--json"},
                              words{"runs", "-r", "gpu1", "--json"}}) {
        BOOST_TEST(!has(at.me.run(what).out, "pla-nted"));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_starts_again_in_place_with_other_flags, Place, places) {
    scene<Place> at;
    const auto first = run_far(at, {"hello", "msg=one", "times=2"});
    check_exit(first, 0);
    const std::string id = run_id_in(first.err);
    const auto again = run_far(at, {"--restart", id.substr(0, 8), "msg=two"});
    check_exit(again, 0);
    BOOST_TEST(again.out == "two\ntwo\n");
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() == 1U);
    BOOST_TEST(at.far_file(id, ".guild/output") == "two\ntwo\n");
    BOOST_TEST(has(at.row(id), "msg=two"));
    BOOST_TEST(has(at.far_file(id, ".guild/attrs/flags"), "msg: two\n"));
    BOOST_TEST(has(at.far_file(id, ".guild/attrs/user_flags"), "times: 2\n"));
    check_says(run_far(at, {"--restart", id, "mood=furious"}), 1, {"Unsupported value for 'mood'"});
    check_says(run_far(at, {"--restart", id, "--needed"}), 0, {});
    const auto skipped = run_far(at, {"--restart", id, "--needed"});
    BOOST_TEST(skipped.out == "Skipping run because flags have not changed (--needed specified)\n");
    check_says(run_far(at, {"--restart", "9999"}), 1, {"could not find a run matching '9999'"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_running_run_is_not_started_again, Place, places) {
    scene<Place> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    check_says(run_far(at, {"--start", id}), 1,
               {id + " is still running",
                "Wait for it to stop or try 'outrider stop " + id + " -r gpu1' to stop it."});
    at.open_gate();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_serves_as_the_pattern_of_another, Place, places) {
    scene<Place> at;
    const auto first = run_far(at, {"hello", "msg=one", "times=2"});
    const std::string id = run_id_in(first.err);
    at.me.write_project_file("hello.py", "print('changed')\n");
    const auto second = run_far(at, {"--proto", id, "msg=two"});
    check_exit(second, 0);
    BOOST_TEST(second.out == "two\ntwo\n"); // with the source code of that run
    const std::string other = run_id_in(second.err.substr(second.err.find("Starting")));
    BOOST_TEST(other != id);
    BOOST_TEST(at.far_file(other, ".guild/attrs/sourcecode_digest") ==
               at.far_file(id, ".guild/attrs/sourcecode_digest"));
    BOOST_TEST(at.far_file(other, ".guild/opref") == at.far_file(id, ".guild/opref"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(needed_starts_only_what_is_not_there, Place, places) {
    scene<Place> at;
    check_exit(run_far(at, {"hello", "msg=one", "--needed"}), 0);
    const auto again = run_far(at, {"hello", "msg=one", "--needed"});
    check_exit(again, 0);
    BOOST_TEST(has(again.out, "Skipping because the following runs match this operation "
                              "(--needed specified):\n  ["));
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() == 1U);
    check_exit(run_far(at, {"hello", "msg=two", "--needed"}), 0);
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_time_of_a_run_is_limited, Place, places) {
    scene<Place> at;
    const auto ended = run_far(at, {"family", "--stop-after", "0.005"});
    check_exit(ended, 0);
    BOOST_TEST(has(ended.err, "stopped with a status of 'terminated'"));
    const auto id = run_id_in(ended.err);
    BOOST_TEST(has(at.far_file(id, ".guild/outrider/reason"), "stop-after"));
    BOOST_TEST(has(at.far_file(id, ".guild/attrs/run_params"), "stop_after: 0.005\n"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_a_run_is_told_is_recorded, Place, places) {
    scene<Place> at;
    const auto ran = run_far(at, {"hello", "-c", "first of all", "--random-seed", "42", "--gpus",
                                  "1,2", "--run-id", "my-run"});
    check_exit(ran, 0);
    BOOST_TEST(at.far_file("my-run", ".guild/attrs/random_seed") == "42\n");
    BOOST_TEST(has(at.far_file("my-run", ".guild/attrs/comments"), "- body: first of all\n"));
    BOOST_TEST(has(at.far_file("my-run", ".guild/attrs/env"), "CUDA_VISIBLE_DEVICES: 1,2\n"));
    BOOST_TEST(has(at.far_file("my-run", ".guild/attrs/run_params"), "gpus: 1,2\n"));
    check_says(run_far(at, {"hello", "--run-id", "my-run"}), 1, {"there is a run my-run already"});
    check_says(run_far(at, {"hello", "--run-id", "../x"}), 1, {"cannot be the id of a run"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_queue_starts_staged_runs, Place, places) {
    scene<Place> at;
    const auto first = stage_far(at, {"hello", "msg=one"});
    const auto second = stage_far(at, {"hello", "msg=two"});
    const auto queue = run_far(at, {"queue", "run-once=yes"});
    check_exit(queue, 0);
    const std::string said = queue.out + queue.err;
    for (const auto& part :
         {std::string("Starting queue on gpu1 as "), std::string("Processing staged runs"),
          "Starting staged run " + first, std::string("one\n"), "Starting staged run " + second}) {
        BOOST_TEST(has(said, part), part + " is not in:\n" + said);
    }
    BOOST_TEST(!has(said, "Building package"));
    BOOST_TEST(has(at.row(first), "completed"));
    BOOST_TEST(has(at.row(second), "completed"));
    const auto id = run_id_in(queue.err);
    BOOST_TEST(at.far_file(id, ".guild/opref") == "builtin:guildai 0.9.1 '' queue");
    BOOST_TEST(has(at.row(id), "  queue  "));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_queue_waits_for_runs_and_is_stopped, Place, places) {
    scene<Place> at;
    const auto queue = at.start({"queue", "poll-interval=30"});
    eventually("it waits",
               [&] { return has(at.far_file(queue, ".guild/output"), "Waiting for staged runs"); });
    const auto id = stage_far(at, {"gate", "file=" + at.gate()});
    eventually("it starts the run",
               [&] { return at.far_file(id, ".guild/output") == "waiting\n"; });
    check_says(at.me.run({"stop", queue, "-r", "gpu1", "-y"}), 0, {"Stopping " + queue});
    BOOST_TEST(has(at.row(queue), "completed"));
    BOOST_TEST(has(at.row(id), "running")); // it has a supervisor of its own
    at.open_gate();
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    BOOST_TEST(has(at.row(id), "completed"));
}

BOOST_AUTO_TEST_CASE(a_run_on_this_machine_is_staged_and_started) {
    scene<over_local> at;
    check_says(at.me.run({"run", "hello", "--stage"}, "n\n"), 0,
               {"You are about to stage hello\n"});
    const auto staged = at.me.run({"run", "hello", "--stage", "-y"});
    check_exit(staged, 0);
    const auto id = run_id_in(staged.out);
    BOOST_TEST(staged.out == "hello staged as " + id +
                                 "\nTo start the operation, use 'outrider run --start " + id +
                                 "'\n");
    const auto started = at.me.run({"run", "--start", id, "-y"});
    check_exit(started, 0);
    BOOST_TEST(started.out == "hi\n");
    const auto failing = at.me.run({"run", "fail", "--stage", "-y"});
    BOOST_TEST(at.me.run({"run", "--start", "1", "-y"}).exit_code == 3);
}

BOOST_AUTO_TEST_CASE(a_run_in_the_background_names_its_pidfile) {
    scene<over_local> at;
    check_says(at.me.run({"run", "gate", "file=" + at.gate(), "--background"}, "n\n"), 0,
               {"You are about to run gate in the background\n"});
    const auto ran = at.me.run({"run", "gate", "file=" + at.gate(), "-b", "-y"});
    check_exit(ran, 0);
    const auto id = run_id_in(ran.out);
    const auto pidfile = at.me.run_directory(id) + "/.guild/JOB";
    BOOST_TEST(ran.out == "gate started in background as " + id + " (pidfile " + pidfile + ")\n");
    BOOST_TEST(::kill(std::stoi(read_file(pidfile)), 0) == 0);
    at.open_gate();
    check_exit(at.me.run({"watch", id}), 0);
    eventually("the pidfile is gone", [&] { return !fs::exists(pidfile); });
}

BOOST_AUTO_TEST_CASE(a_directory_outside_of_the_home_is_used) {
    scene<over_local> at;
    const auto ran = at.me.run({"run", "files", "--run-dir", "out/here", "-y"});
    check_exit(ran, 0);
    const std::string place = fs::path(at.me.working_directory) / "out/here";
    check_says(ran, 0, {"Run directory is '" + place + "' (results will not be visible to Guild)"});
    BOOST_TEST(read_file(place + "/deep/er/file") == "content\n");
    BOOST_TEST(at.me.run({"runs"}).out == "");
    check_says(at.me.run({"run", "files", "--run-dir", "out/here", "-y"}), 1,
               {"there is a run in '" + place + "' already"});
    const auto staged = at.me.run({"run", "hello", "--run-dir", "out/there", "--stage", "-y"});
    check_exit(staged, 0);
    BOOST_TEST(has(staged.out, "hello staged in '"));
    BOOST_TEST(has(staged.out, "&& source .guild/ENV && "));
}

BOOST_AUTO_TEST_CASE(command_and_environment_are_printed_and_nothing_runs) {
    scene<over_local> at;
    const auto command = at.me.run({"run", "hello", "msg=two words", "--print-cmd"});
    check_exit(command, 0);
    BOOST_TEST(has(command.out, " -um guild.op_main hello -- --"));
    BOOST_TEST(has(command.out, "--msg 'two words'"));
    const auto environment = at.me.run({"run", "hello", "--print-env", "--no-gpus"});
    check_exit(environment, 0);
    BOOST_TEST(has(environment.out, "FLAG_MSG=hi\n"));
    BOOST_TEST(has(environment.out, "CUDA_VISIBLE_DEVICES=\n"));
    BOOST_TEST(at.me.run({"runs"}).out == "");
}

BOOST_AUTO_TEST_CASE(options_that_contradict_each_other_are_refused) {
    scene<over_local> at;
    const std::pair<words, std::string> table[] = {
        {{"hello", "--start", "1"}, "OPERATION cannot be used with --restart"},
        {{"--start", "1", "--restart", "1"}, "--start and --restart cannot both be used"},
        {{"--restart", "1", "--stage"}, "--stage cannot be used with --restart"},
        {{"--proto", "1", "--start", "1"}, "--proto cannot be used with --restart"},
        {{"hello", "--gpus", "0", "--no-gpus"}, "--no-gpus and --gpus cannot both be used"},
        {{"hello", "--run-dir", "x", "-r", "gpu1"}, "--run-dir and --remote cannot both be used"},
        {{"hello", "--stop-after", "0"}, "--stop-after"},
    };
    for (const auto& [options, text] : table) {
        words all{"run"};
        all.insert(all.end(), options.begin(), options.end());
        all.push_back("-y");
        check_says(at.me.run(all), 1, {text});
    }
    check_says(at.me.run({"run", "--start", "1", "-y"}), 1, {"could not find a run matching '1'"});
}

BOOST_AUTO_TEST_SUITE_END()
