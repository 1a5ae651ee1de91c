#include "cli/render/questions.hpp"
#include "cli/render/renderer.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace outrider;
using namespace outrider::cli;

namespace {

const std::string rendered_id = "0123456789abcdef0123456789abcdef";

struct shown {
    std::string out;
    std::string err;
};

// What the events of a command are, written to pipes.
shown show(const std::vector<event>& events, invocation asked = {}, surroundings place = {}) {
    asked.program = "guild";
    asked.command_name = "runs list";
    place.directory = "/work";
    place.home = "/home/ann";
    std::ostringstream out;
    std::ostringstream err;
    renderer text(asked, place, out, err);
    for (const auto& each : events) {
        text.show(each, {});
    }
    return {out.str(), err.str()};
}

struct telling {
    event what;
    const char* out;
    const char* err;
};

void check(const telling& c, const invocation& asked = {}) {
    const auto got = show({c.what}, asked);
    BOOST_TEST(got.out == c.out);
    BOOST_TEST(got.err == c.err);
}

run_row row(run_state state) {
    return {.index = 1, .id = rendered_id, .operation = "train", .state = state, .label = "x=1"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_render)

BOOST_AUTO_TEST_CASE(listings_are_results_and_the_rest_is_said_to_the_person) {
    check({runs_listed{.rows = {}, .total = 0}, "", ""});
    check({runs_listed{.rows = {row(run_state::error)}, .total = 1},
           "[1:01234567]  train    error  x=1\n", ""});
    check({runs_listed{.rows = {row(run_state::error)}, .total = 7},
           "[1:01234567]  train    error  x=1\n",
           "Showing the first 1 runs (7 total) - use --all to show all or -m to show more\n"});
    check(
        {runs_listed{.rows = {row(run_state::error)}, .total = 1}, "[1]  train  error  x=1\n", ""},
        {.run_table = {.simplified = true}});
}

BOOST_AUTO_TEST_CASE(a_start_on_a_remote_has_guilds_lines) {
    const auto step = [](run_stage stage, std::string detail = {}) {
        return run_progress{
            .stage = stage, .remote = "gpu1", .run_id = rendered_id, .detail = std::move(detail)};
    };
    const telling cases[] = {
        {step(run_stage::building_package, "/work/iris\ngpkg.iris-0.0.0-py2.py3-none-any.whl"), "",
         "Building package\npackage src: /work/iris\n"
         "package dist: gpkg.iris-0.0.0-py2.py3-none-any.whl\n"},
        {step(run_stage::building_package, "/work/iris"), "",
         "Building package\npackage src: /work/iris\n"},
        {step(run_stage::initializing), "", "Initializing remote run\n"},
        {step(run_stage::copying_package, "x.whl"), "", "Copying package\n"},
        {step(run_stage::installing_package, "x.whl"), "",
         "Installing package and its dependencies\nProcessing ./x.whl\n"},
        {step(run_stage::installed_package, "x-0.0.0"), "", "Successfully installed x-0.0.0\n"},
        {step(run_stage::starting, "train"), "",
         "Starting train on gpu1 as 0123456789abcdef0123456789abcdef\n"},
        {step(run_stage::installing_requirements, "Installing requirements: numpy"), "",
         "Installing requirements: numpy\n"},
        {step(run_stage::started), "", ""},
    };
    for (const auto& c : cases) {
        check(c);
        auto here = std::get<run_progress>(c.what);
        here.remote.clear();
        check({here, "", ""});
    }
}

BOOST_AUTO_TEST_CASE(a_run_that_goes_on_says_how_to_watch_it) {
    const telling cases[] = {
        {run_left_running{.remote = "gpu1", .run_id = "id1"},
         "id1 is running on gpu1\nTo watch use 'guild watch id1 -r gpu1'\n", ""},
        {run_left_running{.run_id = "id1"}, "id1 is running\nTo watch use 'guild watch id1'\n", ""},
        {run_left_running{.remote = "gpu1", .run_id = "id1", .detached = true}, "",
         "Detached from remote run id1 (still running)\n"
         "To re-attach use 'guild watch id1 -r gpu1'\n"},
        {run_left_running{.run_id = "id1", .detached = true}, "",
         "Stopped watching id1 (still running)\n"},
        {run_left_running{.run_id = "id1", .glimpsed = true}, "", "Run id1 is still running\n"},
        {run_left_running{.remote = "cluster", .run_id = "id1", .pending = true},
         "id1 is pending on cluster\nTo watch use 'guild watch id1 -r cluster'\n", ""},
    };
    for (const auto& c : cases) {
        check(c);
    }
}

BOOST_AUTO_TEST_CASE(a_watch_begins_and_ends_with_a_line_unless_it_is_part_of_a_run) {
    check({watch_started{.run_id = "id1"}, "", "Watching run id1\n"});
    check({watch_started{.run_id = "id1", .quiet = true}, "", ""});
    check({run_ended{.run = row(run_state::terminated)}, "",
           "Run 0123456789abcdef0123456789abcdef stopped with a status of 'terminated'\n"});
    check({run_ended{.run = row(run_state::error), .quiet = true}, "", ""});
}

BOOST_AUTO_TEST_CASE(what_was_held_of_a_run_comes_before_its_end) {
    invocation asked;
    asked.program = "guild";
    asked.what = watch_command{};
    for (const bool quiet : {false, true}) {
        asked.quiet = quiet;
        std::ostringstream both;
        renderer text(asked, {}, both, both);
        text.show(watch_started{.run_id = rendered_id, .operation = "train", .several = true},
                  "gpu1");
        text.show(output_bytes{.bytes = "half", .run_id = rendered_id}, "gpu1");
        text.show(run_ended{.remote = "gpu1", .run = row(run_state::completed)}, "gpu1");
        text.finish(0);
        const std::string line = "gpu1 01234567 train: half\n";
        BOOST_TEST(both.str() ==
                   (quiet ? line
                          : "Watching run " + rendered_id + " on gpu1\n" + line + "Run " +
                                rendered_id + " on gpu1 stopped with a status of 'completed'\n"));
    }
}

BOOST_AUTO_TEST_CASE(output_is_passed_on_byte_by_byte) {
    const std::string bytes("\0\xff\x1b[31mhalf a line", 17);
    const auto got =
        show({output_bytes{.bytes = bytes}, output_bytes{}, output_bytes{.bytes = bytes}});
    BOOST_TEST(got.out == bytes + bytes);
    BOOST_TEST(got.err.empty());
}

BOOST_AUTO_TEST_CASE(a_message_after_half_a_line_starts_a_new_one_on_a_terminal_only) {
    const std::vector<event> events{output_bytes{.bytes = "50%"},
                                    run_ended{.run = row(run_state::completed)}};
    const std::string line =
        "Run 0123456789abcdef0123456789abcdef stopped with a status of 'completed'\n";
    BOOST_TEST(show(events).err == line);
    BOOST_TEST(show(events, {}, {.screen = {.out = true, .err = true}}).err == "\n" + line);
    BOOST_TEST(show(events, {}, {.screen = {.out = true}}).err == line);
}

BOOST_AUTO_TEST_CASE(a_stop_names_processes_and_what_is_left_of_them) {
    const telling cases[] = {
        {stop_progress{.run_id = "id1", .pid = 42}, "", "Stopping id1 (pid 42)\n"},
        {stop_progress{.run_id = "id1", .not_running = true}, "Run id1 is not running\n", ""},
        {stop_progress{.run_id = "id1", .done = true}, "", ""},
        {stop_progress{.run_id = "id1", .done = true, .survivors = {7}}, "",
         "The following processes did not stop as expected: 7\n"},
        {stop_progress{.run_id = "id1", .done = true, .survivors = {7, 8}}, "",
         "The following processes did not stop as expected: 7, 8\n"},
        {stop_progress{.run_id = "id1", .job = "12"}, "", "Stopping id1 (job 12)\n"},
        {stop_progress{.run_id = "id1", .done = true, .survivors = {12}, .job = "12"}, "",
         "The following jobs did not stop as expected: 12\n"},
    };
    for (const auto& c : cases) {
        check(c);
    }
}

BOOST_AUTO_TEST_CASE(deleting_says_how_many) {
    check({nothing_selected{nothing_to::stop}, "", "Nothing to stop.\n"});
    check({nothing_selected{nothing_to::remove}, "", "Nothing to delete.\n"});
    check({runs_deleted{.count = 3}, "", "Deleted 3 run(s)\n"});
    check({runs_deleted{.count = 1, .permanent = true}, "", "Permanently deleted 1 run(s)\n"});
}

BOOST_AUTO_TEST_CASE(files_of_a_remote_have_no_full_paths) {
    const files_listed files{.directory = "/home/ann/.guild/runs/r1", .paths = {"a"}};
    check({files, "~/.guild/runs/r1:\n  a\n", ""});
    check({files, "r1:\n  a\n", ""}, {.remote = "gpu1"});
    check({files, "/home/ann/.guild/runs/r1/a\n", ""}, {.file_list = {.full_paths = true}});
    check({files, "r1:\n  a\n", "WARNING: --full-path is ignored for runs of a remote\n"},
          {.remote = "gpu1", .file_list = {.full_paths = true}});
}

BOOST_AUTO_TEST_CASE(remotes_are_sorted_and_a_status_is_one_line) {
    check({remotes_listed{{{"gpu2", "ssh", "the large one"}, {"gpu10", "local", ""}}},
           "gpu10  local  \ngpu2   ssh    the large one\n", ""});
    check({remotes_listed{}, "", ""});
    const remote_available answer{.name = "gpu1",
                                  .host = "gpu1.example.org",
                                  .host_name = "node7",
                                  .system = "Linux x86_64",
                                  .home = "/home/ann/.guild"};
    check({answer, "gpu1 (gpu1.example.org) is available\n", ""});
    check({answer,
           "gpu1 (gpu1.example.org) is available\n  host name: node7\n  system: Linux x86_64\n"
           "  guild home: /home/ann/.guild\n",
           ""},
          {.verbose = true});
    check({remote_available{.name = "here", .host_name = "node7"}, "here (node7) is available\n",
           ""});
}

BOOST_AUTO_TEST_CASE(notes_and_copies_are_said_with_the_called_name) {
    check({run_copying{.remote = "gpu1", .run_id = "id1"}, "", "Copying id1\n"});
    check({note{.text = "Try '{program} {command}'"}, "", "Try 'guild runs list'\n"});
    check({note{.warning = true, .text = "old"}, "", "WARNING: old\n"});
    check({question{}, "", ""});      // asked elsewhere
    check({command_ended{}, "", ""}); // the session's
}

BOOST_AUTO_TEST_CASE(batches_tell_their_optimizer_trials_and_objective) {
    const auto first_line = [](const batch_shown& batch, const question& asked = {}) {
        question put = asked;
        put.operation = "train";
        put.batch = batch;
        return words_of(put, {}).preview;
    };
    BOOST_TEST(first_line({.optimizer = "+", .trials = 4}) ==
               "You are about to run train as a batch (4 trials)\n");
    BOOST_TEST(first_line({.optimizer = "+", .trials = 1, .files = true}, {.remote = "gpu1"}) ==
               "You are about to run train as a batch (1 trial) on gpu1 (flags below used unless "
               "specified in batch trial)\n");
    BOOST_TEST(first_line({.optimizer = "skopt:random", .trials = 20, .stage_trials = true}) ==
               "You are about to stage trials for train with random search (20 trials)\n");
    BOOST_TEST(first_line({.optimizer = "skopt:gp", .trials = 20, .objective = "-acc"}) ==
               "You are about to run train with skopt:gp optimizer (20 trials, maximize acc)\n");
    BOOST_TEST(first_line({.optimizer = "ends", .objective = "loss", .flags = {{"margin", "5"}}},
                          {.kind = question_kind::stage, .flags = {{"x", "[1:9]"}}}) ==
               "You are about to stage train with ends optimizer (minimize loss)\n"
               "  x: [1:9]\nOptimizer flags:\n  margin: 5\n");
}

BOOST_AUTO_TEST_CASE(trials_are_listed_in_numbered_rows) {
    check({trials_listed{.flags = {"lid", "watts"}, .trials = {{"yes", "1"}, {"", "1000"}}},
           "#  lid  watts\n1  yes  1\n2       1000\n", ""});
}

BOOST_AUTO_TEST_CASE(questions_show_what_they_are_about) {
    const std::string listed = "  [01234567]  train    running  x=1\n";
    const struct {
        question asked;
        std::string preview;
        const char* prompt;
        bool usually;
    } cases[] = {
        {{.kind = question_kind::run, .operation = "train"},
         "You are about to run train\n",
         "Continue? (Y/n) ",
         true},
        {{.kind = question_kind::run,
          .remote = "gpu1",
          .operation = "train",
          .flags = {{"lr", "0.1"}, {"msg", "'a b'"}}},
         "You are about to run train on gpu1\n  lr: 0.1\n  msg: 'a b'\n",
         "Continue? (Y/n) ",
         true},
        {{.kind = question_kind::remove, .runs = {row(run_state::running)}},
         "You are about to delete the following runs:\n" + listed,
         "Delete 1 run(s)? (Y/n) ",
         true},
        {{.kind = question_kind::remove_permanently, .runs = {row(run_state::running)}},
         "WARNING: You are about to permanently delete the following runs:\n" + listed,
         "Permanently delete 1 run(s)? (y/N) ",
         false},
        {{.kind = question_kind::stop, .runs = {row(run_state::running)}},
         "You are about to stop the following runs:\n" + listed,
         "Stop 1 run(s)? (y/N) ",
         false},
        {{.kind = question_kind::pull, .remote = "gpu1", .runs = {row(run_state::running)}},
         "You are about to copy (pull) the following runs from gpu1:\n" + listed,
         "Continue? (Y/n) ",
         true},
        {{.kind = question_kind::secret, .text = "Passphrase: "}, "", "Passphrase: ", true},
    };
    for (const auto& c : cases) {
        const auto words = words_of(c.asked, {});
        BOOST_TEST(words.preview == c.preview);
        BOOST_TEST(words.prompt == c.prompt);
        BOOST_TEST(words.usually == c.usually);
    }
}

BOOST_AUTO_TEST_SUITE_END()
