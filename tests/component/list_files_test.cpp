#include "engine/agent/server/jobs.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <fstream>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

job_outcome list(const agent_machine& there, bool follow_links = false) {
    auto request = there.about<protocol::list_files>();
    request.follow_links = follow_links;
    return run_job(there.context, &agent::make_list_files_job, request);
}

std::vector<protocol::file_entry> entries_of(const job_outcome& out) {
    std::vector<protocol::file_entry> all;
    for (const auto& batch : out.parts<protocol::file_batch>()) {
        BOOST_TEST(batch.entries.size() <= 500U);
        all.insert(all.end(), batch.entries.begin(), batch.entries.end());
    }
    return all;
}

std::vector<std::string> names(const job_outcome& out) {
    std::vector<std::string> all;
    for (const auto& entry : entries_of(out)) {
        all.push_back(entry.path);
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(list_files)

BOOST_AUTO_TEST_CASE(everything_is_listed_parents_first_in_byte_order_but_incoming_files) {
    agent_machine there;
    there.write("b/2", "22");
    there.write("b/10", "");
    there.write("B", "");
    there.write("a\xff", "");
    there.write(".guild/opref", "x");
    there.write(".guild/outrider/incoming/1.1", "half");
    fs::create_symlink("none", there.in_run("l"));
    const auto out = list(there);
    const std::vector<std::string> expected{
        ".guild", ".guild/opref", ".guild/outrider", "B", "a\xff", "b", "b/10", "b/2", "l"};
    BOOST_TEST(names(out) == expected);
    const auto summary = out.reply<protocol::file_list>();
    BOOST_TEST(summary.total == 9);
    BOOST_TEST(summary.directory == there.run());
    const auto entries = entries_of(out);
    BOOST_TEST((entries[0].type == protocol::file_type::directory));
    BOOST_TEST(entries[7].size == 2);
    BOOST_TEST((entries[8].type == protocol::file_type::link));
    BOOST_TEST(entries[8].target == "none");
}

BOOST_AUTO_TEST_CASE(followed_links_are_descended_but_never_in_a_circle) {
    agent_machine there;
    fs::create_directories(there.place / "data/sub");
    std::ofstream(there.place / "data/sub/f") << "1234";
    fs::create_directory_symlink(there.place / "data", there.in_run("data"));
    fs::create_directory_symlink("..", there.place / "data/sub/up");
    fs::create_directory_symlink(there.run(), there.in_run("self"));
    const std::vector<std::string> plain{"data", "self"};
    BOOST_TEST(names(list(there)) == plain);
    const std::vector<std::string> followed{"data", "data/sub", "data/sub/f", "data/sub/up",
                                            "self"};
    BOOST_TEST(names(list(there, true)) == followed);
}

BOOST_AUTO_TEST_CASE(many_files_are_listed_without_holding_up_the_loop) {
    agent_machine there;
    constexpr int count = 8'000;
    for (int i = 0; i < count; ++i) {
        std::ofstream(there.in_run("file-" + std::to_string(i)));
    }
    const auto out = list(there);
    BOOST_TEST(out.reply<protocol::file_list>().total == count);
    BOOST_TEST(names(out).size() == static_cast<std::size_t>(count));
    BOOST_TEST_MESSAGE("longest advance: " << out.longest_advance.count() << " us");
    // A wide margin for a loaded machine; in one piece it would take several times as long.
    BOOST_TEST(out.longest_advance.count() < 200'000);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_not_there_is_not_found) {
    agent_machine there;
    there.run_id = "none";
    BOOST_TEST(list(there).error().code == "not_found");
    there.run_id = "..";
    BOOST_TEST(list(there).error().code == "bad_input");
}

BOOST_AUTO_TEST_SUITE_END()
