#include "tests/support/run_sender.hpp"

#include <atomic>
#include <thread>

using namespace outrider;
using namespace outrider::testing;
using protocol::block_size;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(send_runs_changing)

BOOST_AUTO_TEST_CASE(a_large_file_that_grows_is_sent_as_far_as_it_went_and_is_live) {
    agent_machine there;
    const auto before = noise(40 * block_size + 50);
    there.write("log", before);
    set_age(there.in_run("log"), 100);
    const auto state = there.state(there.in_run("log"));
    run_sender job(there);
    job.order("log");
    BOOST_REQUIRE(job.advance_once().drained); // in the middle of the file
    append(there.in_run("log"), "more");
    job.finish();
    const auto& file = job.got.files.at(0);
    BOOST_TEST((file.content == before));
    BOOST_TEST(file.live);
    BOOST_TEST(file.heads == 1);
    BOOST_TEST(file.mtime_ns == state.st_mtim.tv_sec * 1'000'000'000 + state.st_mtim.tv_nsec);
}

BOOST_AUTO_TEST_CASE(a_large_file_that_changes_is_begun_again_and_whole_in_the_end) {
    agent_machine there;
    const auto basis = noise(40 * block_size);
    there.write("file", basis);
    set_age(there.in_run("file"), 100);
    run_sender job(there);
    job.order("file");
    BOOST_REQUIRE(job.advance_once().drained);
    overwrite(there.in_run("file"), 5, "changed");
    job.finish();
    const auto& file = job.got.files.at(0);
    auto now = basis;
    now.replace(5, 7, "changed");
    BOOST_TEST((file.content == now));
    BOOST_TEST(!file.live);
    BOOST_TEST(file.heads == 2);
}

BOOST_AUTO_TEST_CASE(a_file_that_keeps_changing_is_live_after_three_readings) {
    agent_machine there;
    there.write("file", noise(40 * block_size));
    run_sender job(there);
    job.order("file");
    int age = 1'000;
    for (int reading = 0; reading < 3; ++reading) {
        while (job.got.files.empty() || job.got.files.at(0).heads <= reading) {
            job.drain_once();
        }
        set_age(there.in_run("file"), --age);
    }
    job.finish();
    BOOST_TEST(job.got.files.at(0).heads == 3);
    BOOST_TEST(job.got.files.at(0).live);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_short_meanwhile_ends_there) {
    agent_machine there;
    const auto content = noise(40 * block_size);
    there.write("file", content);
    run_sender job(there);
    job.order("file");
    BOOST_REQUIRE(job.advance_once().drained);
    BOOST_REQUIRE(::truncate(there.in_run("file").c_str(), 20 * block_size + 9) == 0);
    job.finish();
    const auto& file = job.got.files.at(0);
    BOOST_TEST((file.content == content.substr(0, 20 * block_size + 9)));
    BOOST_TEST(!file.live);
    BOOST_TEST(file.heads == 2);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_removed_or_replaced_while_it_is_sent_is_sent_whole) {
    agent_machine there;
    const auto content = noise(40 * block_size);
    there.write("file", content);
    run_sender job(there);
    job.order("file");
    BOOST_REQUIRE(job.advance_once().drained);
    there.write("new", "new");
    fs::rename(there.in_run("new"), there.in_run("file"));
    job.finish();
    BOOST_TEST((job.got.files.at(0).content == content));
    BOOST_TEST(job.got.files.at(0).heads == 1);
    BOOST_TEST(!job.got.files.at(0).live);
}

BOOST_AUTO_TEST_CASE(no_half_of_a_change_is_taken_for_a_whole_file) {
    agent_machine there;
    // The writer replaces all of the file's bytes by others, one after the other.
    there.write("file", std::string(100'000, 'a'));
    std::atomic<bool> over = false;
    std::thread writer([&] {
        const descriptor file(::open(there.in_run("file").c_str(), O_WRONLY | O_CLOEXEC));
        for (char letter = 'a'; !over;
             letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1)) {
            const std::string text(100'000, letter);
            for (std::size_t at = 0; at < text.size(); at += 10'000) {
                if (::pwrite(file.get(), text.data(), 10'000, static_cast<off_t>(at)) < 0) {
                    return;
                }
            }
            if (letter == 'm') { // now and then it rests, so that some readings succeed
                std::this_thread::sleep_for(std::chrono::milliseconds(60));
            }
        }
    });
    run_sender job(there);
    for (int i = 0; i < 20; ++i) {
        job.order("file");
    }
    job.finish();
    over = true;
    writer.join();
    for (const auto& [number, file] : job.got.files) {
        const bool uniform =
            file.content.find_first_not_of(file.content.front()) == std::string::npos;
        BOOST_TEST((uniform || file.live));
    }
}

BOOST_AUTO_TEST_CASE(output_of_a_running_run_ends_at_a_whole_line) {
    const std::string line = noise(70'000) + "\n";
    const struct {
        std::string content;
        int age;
        std::size_t sent;
        bool live;
    } cases[] = {
        {"one\ntwo\n", 0, 8, false},
        {"one\ntwo\nthr", 0, 8, true},
        {"one\ntwo\nthr", 100, 11, false},
        {"no line feed", 0, 12, false},
        {"", 0, 0, false},
        {"\nx", 0, 1, true},
        {std::string(200'000, 'x') + "\nabc", 0, 200'001, true},
        {"x\n" + std::string(100'000, 'x'), 0, 100'002, false},
    };
    for (const auto& c : cases) {
        agent_machine there;
        there.write(".guild/output", c.content);
        set_age(there.in_run(".guild/output"), c.age);
        there.write("output", c.content);
        run_sender job(there);
        job.order(".guild/output");
        job.order("output");
        job.finish();
        BOOST_TEST((job.got.files.at(0).content == c.content.substr(0, c.sent)));
        BOOST_TEST(job.got.files.at(0).live == c.live);
        BOOST_TEST((job.got.files.at(1).content == c.content));
        BOOST_TEST(!job.got.files.at(1).live);
    }
}

BOOST_AUTO_TEST_SUITE_END()
