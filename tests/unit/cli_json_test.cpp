#include "cli/render/json_output.hpp"
#include "cli/render/presenter.hpp"
#include "cli/render/utf8.hpp"
#include "tests/support/json_schema.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace outrider;
using namespace outrider::cli;
using outrider::testing::schema_problems;

namespace json = boost::json;

namespace {

const std::string id = "0123456789abcdef0123456789abcdef";

struct printed {
    std::string out;
    std::string err;
};

// What `--json` prints for the events of a command.
printed print(command what, const std::vector<event>& events, int exit_code = 0,
              const std::optional<failure>& error = {}, bool quiet = false) {
    const invocation asked{.program = "guild",
                           .command_name = "x",
                           .what = std::move(what),
                           .remote = "gpu1",
                           .quiet = quiet,
                           .json = true};
    std::ostringstream out;
    std::ostringstream err;
    const auto shown = make_presenter(asked, {}, out, err);
    for (const auto& each : events) {
        shown->show(each, {});
    }
    if (error) {
        shown->fail(*error, true);
    }
    shown->finish(exit_code);
    return {out.str(), err.str()};
}

std::vector<json::value> lines_of(const std::string& text) {
    std::vector<json::value> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(json::parse(line));
        BOOST_TEST(schema_problems(lines.back(), "line") == "");
    }
    return lines;
}

run_row row() {
    return {.index = 1,
            .id = id,
            .operation = "train",
            .started_us = 1'000'000,
            .stopped_us = 2'500'000,
            .state = run_state::completed,
            .label = "x=1",
            .tags = {"a"},
            .exit_status = 0,
            .directory = "/h/runs/" + id};
}

run_detail detail() {
    return {.row = row(),
            .opref = "guildfile:/p/guild.yml 1 '' train\n",
            .from = "/p/guild.yml",
            .command = {"python", "-um", "a b", ""},
            .flags = {{"x", "1"}},
            .scalars = {{.tag = "loss", .last = 0.5, .last_step = 3, .count = 3}},
            .comments = {{.body = "good", .host = "h", .user = "u", .time_us = 5}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_json)

BOOST_AUTO_TEST_CASE(a_listing_is_an_array_with_guilds_keys) {
    const auto all =
        print(list_command{}, {runs_listed{.rows = {row()}, .total = 1, .details = {detail()}}});
    BOOST_TEST(schema_problems(all.out, "runs list") == "");
    const auto run = json::parse(all.out).at(0).as_object();
    BOOST_TEST(run.at("id").as_string() == id);
    BOOST_TEST(run.at("opref").as_string() == "guildfile:/p/guild.yml 1 '' train");
    BOOST_TEST(run.at("status").as_string() == "completed");
    BOOST_TEST(run.at("started").as_int64() == 1'000'000);
    BOOST_TEST(run.at("duration").as_double() == 1.5);
    BOOST_TEST(run.at("comments").at(0).at("body").as_string() == "good");
    BOOST_TEST(print(list_command{}, {runs_listed{}}).out == "[]\n");
    BOOST_TEST(all.err == "");
}

BOOST_AUTO_TEST_CASE(info_has_the_names_of_its_text) {
    const auto shown = print(info_command{.private_attrs = true}, {run_described{.run = detail()}});
    BOOST_TEST(schema_problems(shown.out, "runs info") == "");
    const auto info = json::parse(shown.out).as_object();
    BOOST_TEST(info.at("command").as_string() == "python -um \"a b\" \"\"");
    BOOST_TEST(info.at("marked").as_string() == "no");
    BOOST_TEST(info.at("scalars").at("loss").at(0).as_double() == 0.5);
    BOOST_TEST(info.at("opref").as_string() == "guildfile:/p/guild.yml 1 '' train");
    BOOST_TEST(!json::parse(print(info_command{}, {run_described{.run = detail()}}).out)
                    .as_object()
                    .contains("opref"));
}

BOOST_AUTO_TEST_CASE(every_command_has_its_document) {
    const comments_listed commented{.run = row(), .comments = detail().comments};
    const struct {
        const char* definition;
        command what;
        std::vector<event> events;
    } cases[] = {
        {"stop", stop_command{}, {nothing_selected{nothing_to::stop}}},
        {"stop",
         stop_command{},
         {stop_progress{.run_id = id, .pid = 7},
          stop_progress{.run_id = id, .done = true, .survivors = {7}}}},
        {"operations", operations_command{}, {operations_listed{{{.name = "t", .flags = {{}}}}}}},
        {"select", select_command{}, {runs_selected{{id}}}},
        {"compare",
         compare_command{},
         {runs_compared{{"run", "loss"}, {{.id = id, .values = {{"loss", "nan"}}}}}}},
        {"compare",
         compare_command{.print_scalars = true},
         {scalars_listed{{{.id = id, .operation = "t", .scalars = {{.tag = "loss"}}}}}}},
        {"ls", ls_command{}, {files_listed{"/h/runs/x", {"a", "b/"}, {{}, {}}}}},
        {"runs rm", delete_command{}, {runs_deleted{.count = 3, .permanent = true, .links = {}}}},
        {"runs rm", delete_command{}, {nothing_selected{nothing_to::remove}}},
        {"runs restore", restore_command{}, {runs_restored{1}}},
        {"runs purge", purge_command{}, {nothing_selected{nothing_to::purge}}},
        {"label", label_command{}, {runs_edited{edit_kind::labeled, 1}}},
        {"tag", tag_command{}, {tags_listed{{"a"}}}},
        {"mark", mark_command{}, {runs_edited{edit_kind::unmarked, 2}}},
        {"comment command", comment_command{}, {}},
        {"comment command", comment_command{}, {commented, commented}},
        {"remotes", remotes_command{}, {remotes_listed{{{"r", "ssh", ""}}}}},
        {"remote status", remote_status_command{}, {remote_available{.name = "r"}}},
        {"check", check_command{}, {machine_checked{.remote = "r", .facts = {{"a", "b"}}}}},
        {"doctor",
         doctor_command{},
         {machine_examined{"r", {{"clock", finding_level::good, "a", ""}}}}},
        {"notify", notify_command{}, {job_added{{.id = "1f3a", .runs = {id}}}}},
        {"jobs", jobs_command{}, {jobs_listed{}}},
        {"jobs", jobs_command{}, {jobs_listed{{{.id = "1f3a", .kind = job_kind::sync}}}}},
        {"jobs rm", jobs_command{.remove = {"1f3a"}}, {jobs_removed{{"1f3a"}}}},
    };
    for (const auto& c : cases) {
        const auto shown = print(c.what, c.events);
        BOOST_TEST(schema_problems(shown.out, c.definition) == "");
        BOOST_TEST(std::ranges::count(shown.out, '\n') == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_stop_tells_of_each_run_once) {
    const auto shown = print(stop_command{}, {stop_progress{.run_id = id, .pid = 7},
                                              stop_progress{.run_id = id, .done = true},
                                              stop_progress{.run_id = "b", .not_running = true}});
    const auto runs = json::parse(shown.out).at("runs").as_array();
    BOOST_REQUIRE(runs.size() == 2);
    BOOST_TEST(runs[1].at("not_running").as_bool());
}

BOOST_AUTO_TEST_CASE(what_follows_is_an_object_a_line_with_the_end_last) {
    const auto shown =
        print(run_command{}, {run_progress{.stage = run_stage::starting, .run_id = id},
                              output_bytes{.bytes = "one\nt\xC3"}, output_bytes{.bytes = "\xA4o\n"},
                              run_ended{.remote = "gpu1", .run = row()}});
    const auto lines = lines_of(shown.out);
    BOOST_REQUIRE(lines.size() == 5);
    BOOST_TEST(lines[0].at("event").as_string() == "run_progress");
    BOOST_TEST(lines[0].at("stage").as_string() == "starting");
    BOOST_TEST(lines[1].at("text").as_string() == "one\nt");
    BOOST_TEST(lines[2].at("text").as_string() == "\xC3\xA4o\n");
    BOOST_TEST(lines[3].at("run").at("status").as_string() == "completed");
    BOOST_TEST(lines[4].at("event").as_string() == "command_ended");
    BOOST_TEST(lines[4].at("exit_code").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(output_of_several_runs_says_whose_it_is) {
    std::ostringstream out;
    std::ostringstream err;
    invocation asked;
    asked.what = watch_command{};
    json_output text(asked, out, err);
    const auto output = [](const char* bytes, std::vector<std::int64_t> times = {}) {
        return output_bytes{.bytes = bytes, .run_id = id, .line_times_ms = std::move(times)};
    };
    text.show(output("\xC3", {7}), "a");
    text.show(output("b\n"), "b");
    text.show(output("\xA4\n"), "a");
    text.show(output("\xC3"), "a");
    text.show(run_ended{.remote = "a", .run = row()}, "a");
    text.finish(0);
    const auto lines = lines_of(out.str());
    BOOST_REQUIRE(lines.size() == 5);
    BOOST_TEST(lines[0].at("remote").as_string() == "b");
    BOOST_TEST(lines[1].at("remote").as_string() == "a");
    BOOST_TEST(lines[1].at("run_id").as_string() == id);
    BOOST_TEST(lines[1].at("text").as_string() == "\xC3\xA4\n");
    BOOST_TEST(lines[1].at("line_times_ms").as_array().size() == 1);
    BOOST_TEST(lines[2].at("text").as_string() == "\xEF\xBF\xBD");
    for (std::size_t i = 0; i < 3; ++i) {
        BOOST_TEST(schema_problems(lines[i], "output_bytes") == "");
    }
}

BOOST_AUTO_TEST_CASE(copies_tell_how_far_they_are_and_what_became_of_them) {
    const std::vector<event> events{
        copy_progress{.remote = "gpu1", .runs = 2, .bytes = 1 << 20},
        copy_progress{.remote = "gpu1", .bytes_per_second = 5, .seconds_left = 7},
        run_copied{.remote = "gpu1", .run_id = id, .files = 3, .missing = {"a\xFF"}},
        copy_planned{.remote = "gpu1",
                     .run_id = id,
                     .entries = {{copy_action::create, "a/", 0},
                                 {copy_action::update, "b", 5},
                                 {copy_action::remove, "c", 0}}},
        copy_summary{.remote = "gpu1", .dry_run = true, .copied = 1, .seconds = 0.5}};
    const auto lines = lines_of(print(pull_command{}, events).out);
    BOOST_REQUIRE(lines.size() == events.size() + 1);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::string name(lines[i].at("event").as_string());
        BOOST_TEST(schema_problems(lines[i], name) == "");
    }
    BOOST_TEST(lines[0].at("seconds_left").is_null());
    BOOST_TEST(lines[1].at("seconds_left").as_int64() == 7);
    BOOST_TEST(lines[2].at("missing").at(0).as_string() == "a\xEF\xBF\xBD");
    BOOST_TEST(lines[3].at("entries").at(2).at("action").as_string() == "remove");
    BOOST_TEST(lines[4].at("event").as_string() == "copy_summary");
    BOOST_TEST(lines[4].at("seconds").as_double() == 0.5);
}

BOOST_AUTO_TEST_CASE(errors_are_objects_and_told_once) {
    const failure gone(errc::connect_failed, "gpu1: no route\nTry '{program} check -r gpu1'");
    const auto listing = print(list_command{}, {}, 1, gone);
    BOOST_TEST(
        listing.out ==
        "{\"schema_version\":1,\"error\":{\"code\":\"connect_failed\",\"message\":\"gpu1: no "
        "route\\nTry 'guild check -r gpu1'\",\"remote\":\"gpu1\"}}\n");
    BOOST_TEST(listing.err == "");
    BOOST_TEST(schema_problems(listing.out, "failed") == "");
    const auto lines = lines_of(print(pull_command{}, {run_copying{"gpu1", id}}, 1, gone).out);
    BOOST_REQUIRE(lines.size() == 2);
    BOOST_TEST(lines[1].at("exit_code").as_int64() == 1);
    BOOST_TEST(lines[1].at("error").at("code").as_string() == "connect_failed");
}

BOOST_AUTO_TEST_CASE(notes_are_for_people) {
    const std::vector<event> said{note{.text = "known"}, note{.warning = true, .text = "odd"}};
    const auto shown = print(remotes_command{}, said);
    BOOST_TEST(shown.err == "known\nWARNING: odd\n");
    BOOST_TEST(std::ranges::count(shown.out, '\n') == 1);
    BOOST_TEST(print(remotes_command{}, said, 0, {}, true).err == "WARNING: odd\n");
}

BOOST_AUTO_TEST_CASE(text_becomes_valid) {
    const struct {
        const char* bytes;
        const char* text;
        std::size_t unfinished;
    } cases[] = {
        {"", "", 0},
        {"a\xC3\xA4", "a\xC3\xA4", 0},
        {"a\xC3", "a\xEF\xBF\xBD", 1},
        {"\xE2\x82", "\xEF\xBF\xBD", 2},
        {"\xF0\x9F\x98", "\xEF\xBF\xBD", 3},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", 0},
        {"\x80z", "\xEF\xBF\xBDz", 0},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD", 0},                 // overlong
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 0}, // a surrogate
        {"\xFF", "\xEF\xBF\xBD", 0},
    };
    for (const auto& c : cases) {
        BOOST_TEST(valid_utf8(c.bytes) == c.text);
        BOOST_TEST(unfinished_character(c.bytes) == c.unfinished);
    }
}

BOOST_AUTO_TEST_CASE(the_schema_can_be_broken) {
    BOOST_TEST(schema_problems(std::string("[{\"id\": 3}]"), "runs list") != "");
    BOOST_TEST(schema_problems(std::string("{"), "remotes") != "");
    BOOST_TEST(schema_problems(std::string("{\"schema_version\": 2}"), "remotes") != "");
}

BOOST_AUTO_TEST_CASE(several_remotes_have_a_document_each_and_failures_beside_them) {
    const invocation asked{
        .program = "guild", .what = remote_status_command{}, .remote = "a,b", .json = true};
    std::ostringstream out;
    std::ostringstream err;
    const auto shown = make_presenter(asked, {}, out, err);
    shown->show(remote_available{.name = "b", .host = "h"}, "b");
    shown->show(
        remote_failed{.remote = "a", .code = "timed_out", .message = "?", .unreachable = true},
        "a");
    shown->fail(failure(errc::unreachable_in_part, "1 of 2 unreachable: a"), false);
    shown->finish(3);
    BOOST_TEST(schema_problems(out.str(), "of several remotes") == "");
    const auto told = json::parse(out.str());
    BOOST_TEST(told.at("remotes").at(0).at("remote").as_string() == "b");
    BOOST_TEST(told.at("remotes").at(0).at("host").as_string() == "h");
    BOOST_TEST(told.at("failed").at(0).at("code").as_string() == "timed_out");
    BOOST_TEST(told.at("error").at("code").as_string() == "unreachable_in_part");
}

BOOST_AUTO_TEST_CASE(runs_of_several_remotes_stand_beside_an_error) {
    const invocation asked{
        .program = "guild", .what = list_command{}, .remote = "a,b", .json = true};
    std::ostringstream out;
    std::ostringstream err;
    const auto shown = make_presenter(asked, {}, out, err);
    auto held = row();
    held.held_by = "b";
    shown->show(
        remote_failed{.remote = "a", .code = "timed_out", .message = "?", .unreachable = true},
        "a");
    shown->show(runs_listed{.rows = {held}, .total = 1, .remotes = {"a", "b"}}, {});
    shown->fail(failure(errc::unreachable_in_part, "1 of 2 unreachable: a"), false);
    shown->finish(3);
    BOOST_TEST(schema_problems(out.str(), "of several remotes") == "");
    BOOST_TEST(json::parse(out.str()).at("runs").at(0).at("held_by").as_string() == "b");
}

BOOST_AUTO_TEST_SUITE_END()
