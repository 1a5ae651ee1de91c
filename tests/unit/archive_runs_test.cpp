// Run directories that are copied, moved, packed and unpacked, and archives that have a name.
#include "engine/commands/archiving/moving_runs.hpp"
#include "engine/commands/archiving/run_zip.hpp"
#include "engine/commands/choosing/named_archives.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace outrider;
namespace fs = std::filesystem;

namespace {

struct place {
    testing::temporary_directory scratch;
    fs::path run = scratch / "home/runs/a1";

    place() {
        scratch.write("home/runs/a1/.guild/opref", "x");
        scratch.write("home/runs/a1/.guild/LOCK", "1");
        scratch.write("home/runs/a1/größe 1.txt", "1");
        scratch.write("home/runs/a1/d/e", "2");
        scratch.write("home/runs/b2/.guild/opref", "y");
        scratch.write("home/runs/b2/made", "3");
        fs::create_symlink("../b2/made", run / "made");
        fs::create_symlink("nowhere", run / "broken");
        fs::create_directory_symlink("..", run / "d/up");
        fs::create_directory(run / "empty");
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(archived_runs)

BOOST_AUTO_TEST_CASE(a_copy_keeps_links_times_and_modes_but_no_lock) {
    const place at;
    fs::permissions(at.run / "d/e", fs::perms::owner_all);
    fs::last_write_time(at.run / "d/e", fs::file_time_type() + std::chrono::hours(1));
    BOOST_REQUIRE(::mkfifo((at.run / "pipe").c_str(), 0600) == 0);
    const fs::path to = at.scratch / "copy";
    const auto skipped = copy_run_tree(at.run, to, run_links::keep);
    BOOST_REQUIRE_MESSAGE(skipped.has_value(), skipped.error().context);
    BOOST_TEST(*skipped == std::vector<std::string>{"pipe"}, boost::test_tools::per_element());
    BOOST_TEST(testing::read_file(to / "größe 1.txt") == "1");
    BOOST_TEST(fs::read_symlink(to / "made") == "../b2/made");
    BOOST_TEST(fs::read_symlink(to / "broken") == "nowhere");
    BOOST_TEST(fs::is_directory(to / "empty"));
    BOOST_TEST(!fs::exists(to / ".guild/LOCK"));
    BOOST_TEST((fs::status(to / "d/e").permissions() == fs::perms::owner_all));
    BOOST_TEST((fs::last_write_time(to / "d/e") == fs::last_write_time(at.run / "d/e")));
}

BOOST_AUTO_TEST_CASE(a_copy_with_resources_has_what_links_lead_to) {
    const place at;
    const fs::path to = at.scratch / "copy";
    BOOST_REQUIRE(copy_run_tree(at.run, to, run_links::follow).has_value());
    BOOST_TEST(!fs::is_symlink(to / "made"));
    BOOST_TEST(testing::read_file(to / "made") == "3");
    BOOST_TEST(fs::is_symlink(to / "broken"));
    BOOST_TEST(fs::is_symlink(to / "d/up")); // a circle
}

BOOST_AUTO_TEST_CASE(a_move_leaves_nothing) {
    const place at;
    BOOST_REQUIRE(move_run_tree(at.run, at.scratch / "moved", run_links::keep).has_value());
    BOOST_TEST(!fs::exists(at.run));
    BOOST_TEST(testing::read_file(at.scratch / "moved/d/e") == "2");
}

BOOST_AUTO_TEST_CASE(a_zip_file_is_added_to_and_gives_back_what_went_in) {
    const place at;
    const fs::path zip = at.scratch / "runs.zip";
    BOOST_TEST(runs_in_zip(zip).value().empty());
    BOOST_REQUIRE(add_to_zip(zip, {at.run}).has_value());
    const auto added = add_to_zip(zip, {at.scratch / "home/runs/b2"});
    BOOST_REQUIRE_MESSAGE(added.has_value(), added.error().context);
    const std::vector<std::string> both = {"a1", "b2"};
    BOOST_TEST(runs_in_zip(zip).value() == both, boost::test_tools::per_element());
    const fs::path to = at.scratch / "taken";
    const auto taken = take_from_zip(zip, "a1", to);
    BOOST_REQUIRE_MESSAGE(taken.has_value(), taken.error().context);
    BOOST_TEST(testing::read_file(to / "größe 1.txt") == "1");
    BOOST_TEST(testing::read_file(to / "d/e") == "2");
    BOOST_TEST(testing::read_file(to / "made") == "3"); // a link to a file is that file
    BOOST_TEST(fs::is_directory(to / "empty"));
    BOOST_TEST(!fs::exists(to / ".guild/LOCK"));
    BOOST_TEST(!fs::exists(to / "b2"));
    testing::write_file(zip, "PK no zip file");
    BOOST_TEST(!runs_in_zip(zip));
    BOOST_TEST(!take_from_zip(zip, "a1", at.scratch / "other"));
    BOOST_TEST(!fs::exists(at.scratch / "other"));
}

BOOST_AUTO_TEST_CASE(archives_are_found_by_their_names) {
    const testing::temporary_directory scratch;
    const std::string home = scratch.path();
    BOOST_TEST(named_archives(home).empty());
    BOOST_REQUIRE(create_archive(home, "old", "of last year").has_value());
    BOOST_REQUIRE(create_archive(home, "new", "").has_value());
    const auto all = named_archives(home);
    BOOST_REQUIRE_EQUAL(all.size(), 2U);
    BOOST_TEST(all[0].name == "new");
    BOOST_TEST(all[1].description == "of last year");
    BOOST_TEST(archive_place("old", home, home).value() == all[1].directory);
    scratch.write("old", "");
    BOOST_TEST(archive_place("old", home, home).value() == scratch / "old"); // a path goes first
    BOOST_TEST(!archive_place("none", home, home));
}

BOOST_AUTO_TEST_CASE(runs_go_in_the_order_in_which_they_are_named) {
    const std::vector<run_row> rows = {
        {.index = 1, .id = "c3"}, {.index = 2, .id = "b2"}, {.index = 3, .id = "a1"}};
    const auto order = [&](const std::vector<std::string>& arguments) {
        std::string out;
        for (const auto& row : in_order_of(arguments, rows)) {
            out += row.id + " ";
        }
        return out;
    };
    BOOST_TEST(order({}) == "c3 b2 a1 ");
    BOOST_TEST(order({"a1", "1"}) == "a1 c3 b2 ");
    BOOST_TEST(order({"2:3", "1"}) == "c3 b2 a1 ");
}

BOOST_AUTO_TEST_SUITE_END()
