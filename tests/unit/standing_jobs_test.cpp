// What standing jobs decide and write down, without a service.
#include "engine/api/wire_text.hpp"
#include "engine/fleet/run_ends.hpp"
#include "engine/json/described_json.hpp"
#include "engine/service/job_store.hpp"
#include "engine/service/notify_job.hpp"
#include "tests/support/temporary_directory.hpp"
#include "transports/http/webhook.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

run_row row(const std::string& id, std::int64_t started, run_state state) {
    return {.id = id, .started_us = started, .state = state};
}
run_row running(const std::string& id, std::int64_t started) {
    return row(id, started, run_state::running);
}
run_row ended(const std::string& id, std::int64_t started) {
    return row(id, started, run_state::completed);
}

std::string ids(const std::vector<run_row>& rows) {
    std::string text;
    for (const auto& each : rows) {
        text += each.id;
    }
    return text;
}

job_record some_job(const std::string& id) {
    job_record job{.id = id, .created_us = 7};
    job.notify.remote = "gpu1";
    job.notify.program = {"say", "it is over"};
    job.to_tell = {{.id = "n", .run = ended("a", 1), .tries = 1}};
    job.marks = {.newest_started_us = 3, .unfinished = {"b"}};
    return job;
}

} // namespace

BOOST_AUTO_TEST_SUITE(standing_jobs_decide)

struct ends_case {
    const char* what;
    std::vector<run_row> before;
    std::vector<run_row> now;
    bool whole;
    const char* ends;
};

BOOST_AUTO_TEST_CASE(ends_are_those_that_happened_since) {
    const std::vector<ends_case> cases{
        {"nothing happened",
         {running("a", 1), ended("b", 2)},
         {running("a", 1), ended("b", 2)},
         true,
         ""},
        {"a running one ended", {running("a", 1)}, {ended("a", 1)}, true, "a"},
        {"one started and ended meanwhile",
         {ended("a", 1)},
         {ended("b", 2), ended("a", 1)},
         true,
         "b"},
        {"the first one there", {}, {ended("a", 1)}, true, "a"},
        {"several, the earliest first",
         {running("a", 1)},
         {ended("c", 3), ended("b", 2), ended("a", 1)},
         true,
         "abc"},
        {"one was started again and ended", {ended("a", 1)}, {ended("a", 5)}, true, "a"},
        {"one was started again and runs", {ended("a", 1)}, {running("a", 5)}, true, ""},
        {"a running one was deleted", {running("a", 1)}, {}, true, ""},
        {"an old copy appeared", {ended("b", 2)}, {ended("b", 2), ended("a", 1)}, true, ""},
        {"a staged one ended without a start",
         {row("a", 0, run_state::staged)},
         {row("a", 0, run_state::error)},
         true,
         "a"},
        {"a waiting one ended",
         {row("a", 0, run_state::pending)},
         {row("a", 4, run_state::terminated)},
         true,
         "a"},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.what) {
            auto marks = marks_of(each.before);
            BOOST_TEST(ids(take_ends(marks, each.now, each.whole)) == each.ends);
            BOOST_TEST(ids(take_ends(marks, each.now, each.whole)) == ""); // once
        }
    }
}

BOOST_AUTO_TEST_CASE(a_running_one_that_is_not_among_the_newest_for_a_while_is_not_forgotten) {
    auto marks = marks_of({running("a", 1)});
    BOOST_TEST(ids(take_ends(marks, {running("z", 9)}, false)) == "");
    BOOST_TEST(ids(take_ends(marks, {running("z", 9), ended("a", 1)}, true)) == "a");
}

BOOST_AUTO_TEST_CASE(jobs_are_read_as_they_were_written_the_oldest_first) {
    const temporary_directory place;
    const job_store store(place / "state/outrider/jobs");
    BOOST_TEST(store.read().jobs.empty());
    auto first = some_job("0000aaaa");
    auto second = some_job("0000bbbb");
    first.created_us = 9;
    BOOST_REQUIRE(store.write(first).has_value());
    BOOST_REQUIRE(store.write(second).has_value());
    first.told = 4;
    BOOST_REQUIRE(store.write(first).has_value());
    const auto found = store.read();
    BOOST_TEST(found.set_aside.empty());
    BOOST_REQUIRE(found.jobs.size() == 2);
    BOOST_TEST(protocol::encode(found.jobs[0]) == protocol::encode(second));
    BOOST_TEST(protocol::encode(found.jobs[1]) == protocol::encode(first));
    struct stat facts{};
    BOOST_REQUIRE(::stat((place / "state/outrider/jobs/0000aaaa.json").c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 0777) == 0600);
    BOOST_REQUIRE(store.remove("0000aaaa").has_value());
    BOOST_REQUIRE(store.remove("0000aaaa").has_value());
    BOOST_TEST(store.read().jobs.size() == 1);
}

BOOST_AUTO_TEST_CASE(files_that_make_no_sense_are_set_aside_and_said) {
    const temporary_directory place;
    const job_store store(place / "jobs");
    BOOST_REQUIRE(store.write(some_job("0000aaaa")).has_value());
    auto newer = some_job("0000bbbb");
    newer.version = 99;
    BOOST_REQUIRE(store.write(newer).has_value());
    write_file(place / "jobs/0000cccc.json", "{\"version\":1,");
    write_file(place / "jobs/0000dddd.json", protocol::encode(some_job("0000aaaa")));
    write_file(place / "jobs/0000eeee.json.new", "half");
    const auto found = store.read();
    BOOST_TEST(found.jobs.size() == 1);
    BOOST_TEST(found.set_aside.size() == 3);
    BOOST_TEST(read_file(place / "jobs/0000cccc.json.unreadable") == "{\"version\":1,");
    BOOST_TEST(store.read().set_aside.empty());
}

BOOST_AUTO_TEST_CASE(no_secret_of_the_environment_is_written_down) {
    command_context context;
    context.environment = {{"HOME", "/h"},
                           {"PATH", "/bin"},
                           {"SSH_AUTH_SOCK", "/s"},
                           {"AWS_SECRET_ACCESS_KEY", "x"},
                           {"GITHUB_TOKEN", "x"}};
    const auto kept = without_secrets(context).environment;
    BOOST_TEST(kept.size() == 3);
    BOOST_TEST(!kept.contains("GITHUB_TOKEN"));
}

BOOST_AUTO_TEST_CASE(hostile_text_stays_text) {
    auto job = some_job("0000aaaa");
    auto end = job.to_tell.front();
    end.run.label = "a'; rm -rf $HOME; `id` \"\n\x01\xff";
    end.run.operation = std::string("op\0hidden", 9);
    const auto environment = notification_environment(job, end, true);
    BOOST_TEST(environment.at("OUTRIDER_LABEL") == end.run.label);
    BOOST_TEST(environment.at("OUTRIDER_OPERATION") == "op");
    BOOST_TEST(environment.at("OUTRIDER_REPEATED") == "1");
    BOOST_TEST(environment.at("OUTRIDER_NOTIFICATION") == "n");
    // The mark of a run's own processes, which a stop looks for.
    BOOST_TEST(!environment.contains("RUN_ID"));
    const auto body = boost::json::parse(notification_body(job, end, false));
    BOOST_TEST(body.at("notification") == "n");
    BOOST_TEST(body.at("run").at("state") == "completed");
    const auto& label = body.at("run").at("label").as_string();
    BOOST_TEST(from_wire({label.data(), label.size()}).value() == end.run.label);
}

BOOST_AUTO_TEST_CASE(an_answer_is_final_unless_it_is_busy_or_broken_there) {
    using enum telling_verdict;
    const std::vector<std::pair<int, telling_verdict>> cases{
        {200, told},      {204, told},      {301, give_up},   {400, give_up},
        {404, give_up},   {410, give_up},   {408, try_again}, {425, try_again},
        {429, try_again}, {500, try_again}, {503, try_again},
    };
    for (const auto& [status, verdict] : cases) {
        BOOST_TEST_CONTEXT(status) {
            BOOST_TEST((judge_status(status) == verdict));
        }
    }
}

BOOST_AUTO_TEST_CASE(pauses_grow_and_end) {
    BOOST_TEST(pause_after(1)->count() == 1);
    BOOST_TEST(pause_after(2)->count() == 2);
    BOOST_TEST(pause_after(5)->count() == 16);
    BOOST_TEST(pause_after(17)->count() == 600);
    BOOST_TEST(!pause_after(18).has_value());
}

BOOST_AUTO_TEST_CASE(urls_of_webhooks_are_taken_apart) {
    const auto plain = parse_webhook_url("http://example.org");
    BOOST_REQUIRE(plain.has_value());
    BOOST_TEST(!plain->secure);
    BOOST_TEST(plain->host == "example.org");
    BOOST_TEST(plain->port == "80");
    BOOST_TEST(plain->target == "/");
    const auto full = parse_webhook_url("https://[::1]:8443/a/b?c=d#e");
    BOOST_REQUIRE(full.has_value());
    BOOST_TEST(full->secure);
    BOOST_TEST(full->host == "::1");
    BOOST_TEST(full->port == "8443");
    BOOST_TEST(full->target == "/a/b?c=d");
    BOOST_TEST(full->authority == "[::1]:8443");
    BOOST_TEST(parse_webhook_url("https://h?q=1")->target == "/?q=1");
    for (const auto* bad :
         {"", "example.org", "ftp://h/", "http://", "http://:80/", "http://h:0/", "http://h:99999/",
          "http://h:8x/", "http://u:p@h/", "http://[::1/", "http://[::1]x/", "http://h/a b",
          "http://h/\r\nX: y", "https:///path"}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(!parse_webhook_url(bad).has_value());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
