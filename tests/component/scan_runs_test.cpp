#include "engine/agent/files/copy_state.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/protocol/packet.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;
using protocol::scan_record;
namespace fs = std::filesystem;

namespace {

using kind = scan_record::kind_type;

protocol::scan_runs about(std::vector<std::string> ids, bool partials = false) {
    return {.home = ".guild", .ids = std::move(ids), .partials = partials};
}

job_outcome scan(const agent_machine& there, protocol::scan_runs request) {
    return run_job(there.context, &agent::make_scan_runs_job, std::move(request));
}

std::vector<scan_record> records_of(const job_outcome& out) {
    std::vector<scan_record> all;
    for (const auto& frame : out.frames) {
        if (frame.kind != protocol::frame_kind::data) {
            continue;
        }
        BOOST_TEST(frame.payload.size() < protocol::packet_fill + 5'000);
        protocol::packet_reader in(frame.payload);
        while (!in.at_end()) {
            auto record = read_scan_record(in);
            BOOST_REQUIRE(record.has_value());
            all.push_back(std::move(*record));
        }
    }
    return all;
}

// "B" for a begin, "E path" for an entry, "P name" for a partial, "Z" for an end.
std::vector<std::string> story_of(const std::vector<scan_record>& records) {
    std::vector<std::string> story;
    for (const auto& record : records) {
        std::string line(1, static_cast<char>(record.kind));
        if (record.kind == kind::entry) {
            line += " " + record.entry.path;
        } else if (record.kind == kind::partial) {
            line += " " + record.partial;
        }
        story.push_back(line);
    }
    return story;
}

std::string state_now(const agent_machine& there) {
    const descriptor run(::open(there.run().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return agent::copy_state(run.get());
}

} // namespace

BOOST_AUTO_TEST_SUITE(scan_runs)

BOOST_AUTO_TEST_CASE(runs_are_told_in_the_order_asked_for_parents_first_in_byte_order) {
    agent_machine there;
    there.write("b/2", "22");
    there.write("b/10", "");
    there.write("b.c", "");
    there.write("B", "");
    there.write("a\xff\n", "");
    there.write(".guild/opref", "x");
    fs::create_symlink("none/../at all", there.in_run("l"));
    const fs::path other = fs::path(there.run()).parent_path() / "fff";
    fs::create_directories(other / "empty");
    const auto out = scan(there, about({"fff", "none", there.run_id}));
    const auto records = records_of(out);
    const std::vector<std::string> expected{
        "B",   "E empty",   "Z",   "B",      "Z",     "B",     "E .guild", "E .guild/opref",
        "E B", "E a\xff\n", "E b", "E b/10", "E b/2", "E b.c", "E l",      "Z"};
    BOOST_TEST(story_of(records) == expected, boost::test_tools::per_element());
    const auto reply = out.reply<protocol::scan_reply>();
    BOOST_TEST(reply.entries == 10);
    BOOST_TEST(reply.home == there.place / "user/.guild");
    BOOST_TEST(records[2].exists);
    BOOST_TEST(!records[4].exists);
    BOOST_TEST(records[4].state == agent::copy_state(-1));
    BOOST_TEST(records.back().exists);
    BOOST_TEST(records.back().state == state_now(there));
    BOOST_TEST(records[14].entry.target == "none/../at all");
    BOOST_TEST(records[12].entry.size == 2);
}

BOOST_AUTO_TEST_CASE(what_the_system_says_of_a_file_is_told_unchanged) {
    agent_machine there;
    there.write("file", std::string(5'000, 'x'));
    ::chmod(there.in_run("file").c_str(), 04751);
    const timespec times[2] = {{.tv_sec = 1, .tv_nsec = 1}, {.tv_sec = -3, .tv_nsec = 999'999'999}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, there.in_run("file").c_str(), times, 0) == 0);
    ::mkfifo(there.in_run("pipe").c_str(), 0600);
    const auto records = records_of(scan(there, about({there.run_id})));
    BOOST_REQUIRE_EQUAL(records.size(), 4U);
    BOOST_TEST(records[1].entry.size == 5'000);
    BOOST_TEST(records[1].entry.mode == 04751U);
    BOOST_TEST(records[1].entry.mtime_ns == -2'000'000'001);
    BOOST_TEST((records[2].entry.type == protocol::file_type::other));
}

BOOST_AUTO_TEST_CASE(left_overs_of_transfers_are_told_only_where_asked_for) {
    agent_machine there;
    there.write(".guild/outrider/incoming/bb.part", "");
    there.write(".guild/outrider/incoming/aa.part", "");
    there.write(".guild/outrider/incoming/1.tmp", "");
    const std::vector<std::string> plain{"B", "E .guild", "E .guild/outrider", "Z"};
    BOOST_TEST(story_of(records_of(scan(there, about({there.run_id})))) == plain,
               boost::test_tools::per_element());
    const std::vector<std::string> all{"B",        "P aa.part",         "P bb.part",
                                       "E .guild", "E .guild/outrider", "Z"};
    BOOST_TEST(story_of(records_of(scan(there, about({there.run_id}, true)))) == all,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(directories_behind_links_are_not_walked) {
    agent_machine there;
    fs::create_directories(there.place / "outside/secret.part");
    fs::create_directories(there.in_run(".guild/outrider"));
    fs::create_directory_symlink(there.place / "outside", there.in_run("link"));
    fs::create_directory_symlink(there.place / "outside", there.in_run(".guild/outrider/incoming"));
    const std::vector<std::string> expected{"B", "E .guild", "E .guild/outrider", "E link", "Z"};
    BOOST_TEST(story_of(records_of(scan(there, about({there.run_id}, true)))) == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_to_scan_and_bad_ids_have_their_answers) {
    agent_machine there;
    const auto nothing = scan(there, about({}));
    BOOST_TEST(nothing.reply<protocol::scan_reply>().entries == 0);
    BOOST_TEST(nothing.frames.size() == 1U);
    BOOST_TEST(scan(there, about({"../x"})).error().code == "bad_input");
    there.write("file", "");
    BOOST_TEST(scan(there, about({there.run_id + "/file"})).failed());
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_nested_too_deeply_is_refused_and_not_left_out) {
    agent_machine there;
    fs::path deep = there.run();
    for (int i = 0; i < 300; ++i) {
        deep /= "d";
    }
    fs::create_directories(deep);
    BOOST_TEST(scan(there, about({there.run_id})).error().code == "unsupported");
}

BOOST_AUTO_TEST_CASE(many_files_are_told_quickly_and_without_holding_up_the_loop) {
    agent_machine there;
    constexpr int count = 10'000;
    for (int i = 0; i < count; ++i) {
        std::ofstream(there.in_run("file-" + std::to_string(i)));
    }
    const auto start = std::chrono::steady_clock::now();
    const auto out = scan(there, about({there.run_id}));
    const auto took = std::chrono::steady_clock::now() - start;
    BOOST_TEST(out.reply<protocol::scan_reply>().entries == count);
    const auto records = records_of(out);
    BOOST_TEST(std::ranges::is_sorted(records.begin() + 1, records.end() - 1, {},
                                      [](const auto& record) { return record.entry.path; }));
    BOOST_TEST_MESSAGE("in all: " << took / std::chrono::microseconds(1) << " us, longest advance: "
                                  << out.longest_advance.count() << " us");
    // A wide margin for a loaded machine.
    BOOST_TEST(out.longest_advance.count() < 200'000);
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_slow_holds_the_scan_back) {
    agent_machine there;
    const std::string tail(200, 't');
    for (int i = 0; i < 10'000; ++i) {
        std::ofstream(there.in_run(std::to_string(i * 7'919 % 10'000) + tail));
    }
    agent::output_queue outbox;
    auto job = agent::make_scan_runs_job(there.context, about({there.run_id}),
                                         agent::reply_channel(outbox, 7));
    auto wait = job->advance();
    while (wait && !wait->drained) {
        wait = job->advance();
    }
    BOOST_REQUIRE(wait.has_value());
    BOOST_TEST(outbox.size() < std::size_t{3} << 20);
    const auto before = outbox.size();
    BOOST_TEST((job->advance()->drained && outbox.size() == before));
    job->cancel();
    BOOST_TEST(!job->advance().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
