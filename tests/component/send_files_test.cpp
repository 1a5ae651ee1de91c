#include "engine/agent/jobs.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

job_outcome send(const agent_machine& there, std::vector<std::string> paths) {
    auto request = there.about<protocol::send_files>();
    request.paths = std::move(paths);
    return run_job(there.context, &agent::make_send_files_job, request);
}

job_outcome read(const agent_machine& there, const std::string& path) {
    auto request = there.about<protocol::read_file>();
    request.path = path;
    return run_job(there.context, &agent::make_read_file_job, request);
}

} // namespace

BOOST_AUTO_TEST_SUITE(send_files)

BOOST_AUTO_TEST_CASE(files_go_out_in_the_order_asked_for_with_their_hashes) {
    agent_machine there;
    const std::string large(3'000'000, 'z');
    there.write("b", "bee");
    there.write("a", "");
    there.write("large", large);
    fs::create_directory(there.in_run("dir"));
    fs::create_symlink("no/where", there.in_run("link"));
    ::mkfifo(there.in_run("fifo").c_str(), 0600);
    const auto out = send(there, {"large", "b", "a", "dir", "link", "gone", "fifo"});
    const auto reply = out.reply<protocol::send_reply>();
    BOOST_TEST(reply.files == 5);
    BOOST_TEST(reply.bytes == 3'000'003);
    const std::vector<std::string> missing{"gone", "fifo"};
    BOOST_TEST(reply.missing == missing);
    const auto heads = out.parts<protocol::file_head>();
    const auto ends = out.parts<protocol::file_end>();
    BOOST_REQUIRE_EQUAL(heads.size(), 5U);
    BOOST_REQUIRE_EQUAL(ends.size(), 3U);
    BOOST_TEST(heads[0].entry.path == "large");
    BOOST_TEST(heads[4].entry.target == "no/where");
    BOOST_TEST(ends[0].hash == protocol::hash_of(large));
    BOOST_TEST(ends[0].size == 3'000'000);
    BOOST_TEST(!ends[0].live);
    BOOST_TEST(ends[1].hash == protocol::hash_of("bee"));
    BOOST_TEST((out.data() == large + "bee"));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_sent_is_received_unchanged) {
    agent_machine from;
    agent_machine to;
    from.write("x/y", std::string(100'000, 'q'));
    from.write("z", "zz");
    const auto out = send(from, {"x", "x/y", "z"});
    job_driver receiver(to.context, &agent::make_receive_files_job,
                        to.about<protocol::receive_files>());
    for (const auto& frame : out.frames) {
        if (frame.kind == protocol::frame_kind::data) {
            receiver.data(frame.payload);
        } else if (frame.kind == protocol::frame_kind::part) {
            const auto value = protocol::parse_json(frame.payload).value();
            receiver.raw_part(value.at("type").as_string(), value.at("body"));
        }
    }
    receiver.part(protocol::files_end{});
    BOOST_TEST(!receiver.finish().failed());
    for (const std::string name : {"x", "x/y", "z"}) {
        const auto there = from.state(from.in_run(name));
        const auto here = to.state(to.in_run(name));
        BOOST_TEST(here.st_mode == there.st_mode);
        BOOST_TEST(here.st_mtim.tv_sec == there.st_mtim.tv_sec);
        BOOST_TEST(here.st_mtim.tv_nsec == there.st_mtim.tv_nsec);
    }
    BOOST_TEST(to.content(to.in_run("x/y")) == std::string(100'000, 'q'));
}

BOOST_AUTO_TEST_CASE(a_large_file_that_grows_while_it_is_sent_is_called_live) {
    agent_machine there;
    there.write("log", std::string(50 << 20, 'l'));
    auto request = there.about<protocol::send_files>();
    request.paths = {"log"};
    std::string outbox;
    auto job = agent::make_send_files_job(there.context, request, agent::reply_channel(outbox, 7));
    // The outbox is not emptied yet, so the job stops in the middle of the file.
    auto wait = job->advance();
    BOOST_REQUIRE(wait.has_value());
    std::ofstream(there.in_run("log"), std::ios::app) << "more";
    protocol::frame_reader reader;
    std::optional<protocol::file_end> end;
    while (wait) {
        reader.feed(outbox);
        outbox.clear();
        wait = job->advance();
        for (auto next = reader.next(); next && *next; next = reader.next()) {
            if ((*next)->kind == protocol::frame_kind::part) {
                const auto value = protocol::parse_json((*next)->payload).value();
                if (value.at("type").as_string() == "file_end") {
                    BOOST_REQUIRE(protocol::from_json(value.at("body"), end.emplace()));
                }
            }
        }
    }
    reader.feed(outbox);
    for (auto next = reader.next(); next && *next; next = reader.next()) {
        if ((*next)->payload.find("file_end") != std::string::npos && !end) {
            const auto value = protocol::parse_json((*next)->payload).value();
            BOOST_REQUIRE(protocol::from_json(value.at("body"), end.emplace()));
        }
    }
    BOOST_REQUIRE(end.has_value());
    BOOST_TEST(end->live);
    BOOST_TEST(end->size == 50 << 20);
}

BOOST_AUTO_TEST_CASE(links_are_not_followed_out_of_the_run) {
    agent_machine there;
    fs::create_directory(there.place / "outside");
    std::ofstream(there.place / "outside/secret") << "secret";
    fs::create_directory_symlink(there.place / "outside", there.in_run("link"));
    const auto through = send(there, {"link/secret"});
    BOOST_TEST(through.reply<protocol::send_reply>().missing.size() == 1U);
    BOOST_TEST(through.data().empty());
    for (const std::string bad : {"../x", "/etc/passwd", ""}) {
        BOOST_TEST(send(there, {bad}).error().code == "bad_input");
    }
    there.run_id = "unknown";
    BOOST_TEST(send(there, {"x"}).error().code == "not_found");
}

BOOST_AUTO_TEST_CASE(read_file_reads_what_cat_would) {
    agent_machine there;
    there.write("a", "text");
    std::ofstream(there.place / "outside") << "linked";
    fs::create_symlink(there.place / "outside", there.in_run("link"));
    BOOST_TEST(read(there, "a").data() == "text");
    BOOST_TEST(read(there, "link").data() == "linked");
    BOOST_TEST(read(there, "a").reply<protocol::file_content>().size == 4);
    BOOST_TEST(read(there, "none").error().code == "not_found");
    BOOST_TEST(read(there, "none").error().context == there.in_run("none") + " does not exist");
    BOOST_TEST(read(there, "../x").error().code == "bad_input");
    ::mkfifo(there.in_run("fifo").c_str(), 0600);
    BOOST_TEST(read(there, "fifo").error().code == "bad_input");
    fs::create_directory(there.in_run("dir"));
    BOOST_TEST(read(there, "dir").error().context == there.in_run("dir") + " is a directory");
}

BOOST_AUTO_TEST_SUITE_END()
