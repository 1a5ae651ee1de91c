#include "engine/agent/supervise/output_scalars.hpp"
#include "engine/protocol/scalar_messages.hpp"
#include "engine/scalars/event_records.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;
using outrider::agent::output_scalars;

namespace {

std::vector<fs::path> event_files(const run_paths& run) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(run.guild())) {
        if (entry.path().filename().native().starts_with("events.out.tfevents.")) {
            out.push_back(entry.path());
        }
    }
    return out;
}

// "loss=0.5@3 " for each scalar of the only event file.
std::string written(const run_paths& run) {
    const auto files = event_files(run);
    BOOST_REQUIRE(files.size() == 1U);
    const std::string bytes = content(files.front());
    event_records reader;
    reader.feed(bytes);
    std::string_view payload;
    std::string out;
    while (reader.next(payload) == event_records::found::record) {
        for (const auto& point : read_event(payload).scalars) {
            char text[200];
            std::snprintf(text, sizeof text, "%s=%g@%lld ", point.tag.c_str(), point.value,
                          static_cast<long long>(point.step));
            out += text;
        }
    }
    BOOST_TEST(reader.consumed() == bytes.size());
    BOOST_TEST(bytes.find("brain.Event:2") != std::string::npos);
    return out;
}

// Scalars by these rules, and no attributes.
protocol::start_run with(protocol::output_scalar_rules rules) {
    protocol::start_run out;
    out.output_scalars = std::move(rules);
    out.output_attributes.defaults = false;
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(scalars_of_output)

BOOST_AUTO_TEST_CASE(lines_may_come_in_pieces_and_streams_are_not_mixed) {
    run_home at;
    const auto run = at.make_run("a", {});
    output_scalars scalars(run, with({}));
    scalars.feed("lo", 0);
    scalars.feed("acc", 1);
    scalars.feed("ss: 0.5\r\nste", 0);
    scalars.feed(": 1\n", 1);
    scalars.feed("p: 3\n10%\r 90%\rloss: 0.25\n", 0);
    scalars.feed("last: 7", 1);
    scalars.finish();
    BOOST_TEST(written(run) == "loss=0.5@0 acc=1@0 loss=0.25@3 last=7@3 ");
}

BOOST_AUTO_TEST_CASE(there_is_no_file_without_a_scalar) {
    run_home at;
    const auto run = at.make_run("a", {});
    output_scalars scalars(run, with({}));
    scalars.feed("hello\n\nloss:\n", 0);
    scalars.finish();
    BOOST_TEST(event_files(run).empty());
    output_scalars off(run, with({.defaults = false}));
    off.feed("loss: 1\n", 0);
    off.finish();
    BOOST_TEST(event_files(run).empty());
}

BOOST_AUTO_TEST_CASE(attributes_have_a_file_of_their_own) {
    run_home at;
    const auto run = at.make_run("a", {});
    output_scalars both(run, {});
    both.feed("loss: 1\nbest: yes\n", 0);
    both.finish();
    const auto files = event_files(run);
    BOOST_TEST(files.size() == 2U);
    BOOST_TEST(std::ranges::count_if(files, [](const fs::path& file) {
                   return file.native().ends_with(".attrs");
               }) == 1);
}

BOOST_AUTO_TEST_CASE(a_line_that_never_ends_takes_no_memory_and_is_passed_over) {
    run_home at;
    const auto run = at.make_run("a", {});
    output_scalars scalars(run, with({}));
    const std::string piece(4096, 'x');
    for (int i = 0; i < 1000; ++i) {
        scalars.feed(piece, 0);
    }
    scalars.feed(": 1\nloss: 2\n", 0);
    scalars.finish();
    BOOST_TEST(written(run) == "loss=2@0 ");
}

BOOST_AUTO_TEST_CASE(patterns_never_hold_up_the_output) {
    run_home at;
    const auto run = at.make_run("a", {});
    output_scalars scalars(
        run, with({.defaults = false, .patterns = {{"x", "(a|aa|aaa){1,100}b(\\d)"}}}));
    const std::string line = std::string(1000, 'a') + "\n";
    const auto before = std::chrono::steady_clock::now();
    for (int i = 0; i < 2000; ++i) { // minutes if each were looked at, and all of it
        scalars.feed(line, 0);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    BOOST_TEST_MESSAGE("took " << took.count() << " s");
    BOOST_TEST(took.count() < 20); // 1 on an idle machine
}

BOOST_AUTO_TEST_CASE(a_directory_that_takes_no_file_is_no_failure) {
    run_home at;
    const auto run = at.make_run("a", {});
    output_scalars scalars({at.root / "none"}, with({}));
    scalars.feed("loss: 1\n", 0);
    scalars.feed("loss: 2\n", 0);
    scalars.finish();
    BOOST_TEST(!fs::exists(at.root / "none"));
}

BOOST_AUTO_TEST_CASE(the_supervisor_writes_them_while_the_operation_runs) {
    run_home at;
    agent_process agent(at.cache);
    auto start = at.start("a", "echo 'loss: 0.5 (step 4)'; echo 'x=7' >&2; while [ ! -e go ]; do "
                               "sleep 0.05; done; echo 'loss: 0.25 (step 5)'");
    start.output_scalars.patterns = {{"x", "x=(\\d)"}};
    std::ignore = agent.call(start);
    const auto run = at.run("a");
    eventually("the first scalars are there", [&] { return !event_files(run).empty(); });
    write(run.directory / "go", "");
    eventually("it has ended", [&] { return fs::exists(run.attribute("stopped")); });
    const auto text = written(run);
    BOOST_TEST(text.find("loss=0.5@4 ") != text.npos);
    BOOST_TEST(text.find("x=7@") != text.npos);
    BOOST_TEST(text.find("loss=0.25@5 ") != text.npos);
    const auto answer =
        agent.finish(agent.send(protocol::read_scalars{.home = at.home.native(), .ids = {"a"}}));
    BOOST_TEST(agent_process::reply_of<protocol::read_scalars>(answer).runs == 1);
}

BOOST_AUTO_TEST_SUITE_END()
