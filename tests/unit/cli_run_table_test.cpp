#include "cli/render/file_list.hpp"
#include "cli/render/paths.hpp"
#include "cli/render/run_table.hpp"
#include "cli/render/terminal.hpp"
#include "cli/render/text_table.hpp"
#include "cli/render/times.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>

using namespace outrider;
using namespace outrider::cli;

namespace {

// Times are shown in the local zone; the tests of this program must not depend on the machine's.
struct in_utc {
    in_utc() {
        ::setenv("TZ", "UTC0", 1);
        ::tzset();
    }
};

run_row completed() {
    return {.index = 1,
            .id = "0123456789abcdef0123456789abcdef",
            .operation = "train",
            .project_directory = "/home/ann/iris",
            .started_us = 1'700'000'000'000'000,
            .state = run_state::completed,
            .label = "lr=0.1"};
}

run_row running_elsewhere() {
    return {.index = 12,
            .id = "fedcba9876543210fedcba9876543210",
            .operation = "gpkg.anonymous-276a36ab/sleep",
            .started_us = 1'700'000'001'999'999,
            .state = run_state::running,
            .remote = "gpu1"};
}

run_table_view view_from(const std::string& directory) {
    return {.place = {.directory = directory, .home = "/home/ann"}};
}

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(in_utc);

BOOST_AUTO_TEST_SUITE(cli_run_table)

BOOST_AUTO_TEST_CASE(columns_are_padded_to_their_widest_cell_and_the_last_is_not) {
    const run_row rows[] = {completed(), running_elsewhere()};
    BOOST_TEST(
        run_table(rows, view_from("/home/ann/iris")) ==
        "[1:01234567]   train                          2023-11-14 22:13:20  completed       "
        "lr=0.1\n"
        "[12:fedcba98]  gpkg.anonymous-276a36ab/sleep  2023-11-14 22:13:21  running (gpu1)  \n");
}

BOOST_AUTO_TEST_CASE(no_runs_are_no_text) {
    BOOST_TEST(run_table({}, {}).empty());
    BOOST_TEST(preview_table({}, {}).empty());
}

BOOST_AUTO_TEST_CASE(simplified_leaves_out_ids_and_times) {
    const run_row rows[] = {completed(), running_elsewhere()};
    auto view = view_from("/home/ann/iris");
    view.style.simplified = true;
    BOOST_TEST(run_table(rows, view) ==
               "[1]   train                          completed       lr=0.1\n"
               "[12]  gpkg.anonymous-276a36ab/sleep  running (gpu1)  \n");
}

BOOST_AUTO_TEST_CASE(a_run_without_start_time_has_an_empty_cell) {
    auto row = completed();
    row.started_us = std::nullopt;
    const run_row rows[] = {row};
    BOOST_TEST(run_table(rows, view_from("/home/ann/iris")) ==
               "[1:01234567]  train    completed  lr=0.1\n");
}

BOOST_AUTO_TEST_CASE(a_project_elsewhere_and_a_mark_stand_behind_the_operation) {
    const struct {
        const char* here;
        const char* operation;
    } cases[] = {
        {"/home/ann/iris", "train [marked]"},
        {"/home/ann", "train (iris) [marked]"},
        {"/home/ann/other", "train (~/iris) [marked]"},
        {"/home/ann/iris/data", "train (../) [marked]"},
        {"/", "train (~/iris) [marked]"},
        {"/srv/x", "train (~/iris) [marked]"},
    };
    auto row = completed();
    row.marked = true;
    row.label.clear();
    row.started_us = std::nullopt;
    for (const auto& c : cases) {
        const run_row rows[] = {row};
        BOOST_TEST(run_table(rows, view_from(c.here)) ==
                   std::string("[1:01234567]  ") + c.operation + "    completed  \n");
    }
}

BOOST_AUTO_TEST_CASE(paths_of_another_machine_are_not_relative_to_here) {
    auto view = view_from("/home/ann/iris");
    view.far = true;
    auto row = completed();
    row.started_us = std::nullopt;
    const run_row rows[] = {row};
    BOOST_TEST(run_table(rows, view) ==
               "[1:01234567]  train (/home/ann/iris)    completed  lr=0.1\n");
}

BOOST_AUTO_TEST_CASE(a_preview_is_indented_and_has_no_indexes) {
    const run_row rows[] = {completed(), running_elsewhere()};
    auto view = view_from("/home/ann/iris");
    view.place.screen.width = 20;
    BOOST_TEST(preview_table(rows, view) ==
               "  [01234567]  train                          2023-11-14 22:13:20  completed       "
               "lr=0.1\n"
               "  [fedcba98]  gpkg.anonymous-276a36ab/sleep  2023-11-14 22:13:21  running (gpu1)  "
               "\n");
}

BOOST_AUTO_TEST_CASE(every_state_has_guilds_word) {
    const struct {
        run_state state;
        const char* text;
    } cases[] = {
        {run_state::staged, "staged"},   {run_state::pending, "pending"},
        {run_state::running, "running"}, {run_state::completed, "completed"},
        {run_state::error, "error"},     {run_state::terminated, "terminated"},
    };
    for (const auto& c : cases) {
        BOOST_TEST(status_text({.state = c.state}) == c.text);
    }
}

BOOST_AUTO_TEST_CASE(rows_are_cut_at_the_width_of_a_terminal_by_characters) {
    const struct {
        std::size_t width;
        const char* text;
    } cases[] = {{100, "ä  bb\n"}, {5, "ä  bb\n"}, {4, "ä  b\n"},
                 {3, "ä  \n"},     {1, "ä\n"},     {0, "\n"}};
    for (const auto& c : cases) {
        BOOST_TEST(format_table({{{"ä"}, {"bb"}}}, {.width = c.width}) == c.text);
    }
}

BOOST_AUTO_TEST_CASE(control_characters_of_a_label_never_reach_the_terminal) {
    BOOST_TEST(format_table({{{"a\x1b[31m\nb\tc\x7f"}}}, {}) == "a?[31m b c?\n");
}

BOOST_AUTO_TEST_CASE(colours_are_used_only_where_they_may_be) {
    auto row = completed();
    row.state = run_state::error;
    row.started_us = std::nullopt;
    const run_row rows[] = {row};
    auto view = view_from("/home/ann/iris");
    BOOST_TEST(run_table(rows, view).find('\x1b') == std::string::npos);
    view.place.screen.colour = true;
    BOOST_TEST(run_table(rows, view) == "[1:01234567]  train    \x1b[31merror\x1b[0m  lr=0.1\n");
}

BOOST_AUTO_TEST_CASE(a_terminal_is_what_the_system_and_the_environment_say) {
    using variables = std::map<std::string, std::string>;
    const auto piped = terminal_of(false, true, 120, {{"COLUMNS", "40"}});
    BOOST_TEST(!piped.width.has_value());
    BOOST_TEST(!piped.colour);
    const struct {
        variables environment;
        std::size_t columns;
        std::size_t width;
        bool colour;
    } cases[] = {
        {{}, 120, 120, true},
        {{}, 0, 80, true},
        {{{"COLUMNS", "40"}}, 120, 40, true},
        {{{"COLUMNS", "wide"}}, 120, 120, true},
        {{{"COLUMNS", "0"}}, 0, 80, true},
        {{{"NO_COLOR", "1"}}, 120, 120, false},
        {{{"NO_COLOR", ""}}, 120, 120, true},
        {{{"TERM", "dumb"}}, 120, 120, false},
    };
    for (const auto& c : cases) {
        const auto seen = terminal_of(true, true, c.columns, c.environment);
        BOOST_TEST(seen.width.value() == c.width);
        BOOST_TEST(seen.colour == c.colour);
    }
}

BOOST_AUTO_TEST_CASE(a_path_below_the_home_begins_with_a_tilde) {
    BOOST_TEST(contract_home("/home/ann/x", "/home/ann") == "~/x");
    BOOST_TEST(contract_home("/home/ann", "/home/ann") == "~");
    BOOST_TEST(contract_home("/home/anna/x", "/home/ann") == "/home/anna/x");
    BOOST_TEST(contract_home("/x", "/") == "/x");
    BOOST_TEST(contract_home("/x", "") == "/x");
}

BOOST_AUTO_TEST_CASE(times_are_local_and_nothing_is_nothing) {
    BOOST_TEST(local_time(1'700'000'000'999'999) == "2023-11-14 22:13:20");
    BOOST_TEST(local_time(std::nullopt).empty());
}

BOOST_AUTO_TEST_CASE(files_stand_below_the_directory_of_their_run) {
    const files_listed files{.directory = "/home/ann/.guild/runs/0123",
                             .paths = {"a/", "a/x.txt", "b"}};
    const struct {
        file_list_style style;
        bool far;
        const char* text;
    } cases[] = {
        {{}, false, "~/.guild/runs/0123:\n  a/\n  a/x.txt\n  b\n"},
        {{}, true, "0123:\n  a/\n  a/x.txt\n  b\n"},
        {{.no_format = true}, false, "a/\na/x.txt\nb\n"},
        {{.no_format = true}, true, "a/\na/x.txt\nb\n"},
        {{.full_paths = true},
         false,
         "/home/ann/.guild/runs/0123/a/\n/home/ann/.guild/runs/0123/a/x.txt\n"
         "/home/ann/.guild/runs/0123/b\n"},
        {{.full_paths = true}, true, "0123:\n  a/\n  a/x.txt\n  b\n"},
    };
    for (const auto& c : cases) {
        BOOST_TEST(file_list(files, c.style, {.home = "/home/ann", .far = c.far}) == c.text);
    }
    BOOST_TEST(file_list({.directory = "/r"}, {}, {}) == "/r:\n");
    BOOST_TEST(file_list({.directory = "/r"}, {.no_format = true}, {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
