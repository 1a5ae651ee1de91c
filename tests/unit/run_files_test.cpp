#include "engine/commands/following/watched_pid.hpp"
#include "engine/commands/looking/run_file.hpp"
#include "engine/runs/manifest.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

BOOST_AUTO_TEST_SUITE(run_files)

BOOST_AUTO_TEST_CASE(a_manifest_tells_kinds_of_files) {
    const auto manifest = parse_manifest("s train.py 0a train.py\n"
                                         "s 'with blank.py' 0b 'with blank.py'\n"
                                         "s ./a/b.py 0c a/b.py\n"
                                         "d data - file:data\n"
                                         "i job.json - job:x\n"
                                         "\nx\nzz y\n'open\ns\n"
                                         "s last.py 0d last.py");
    BOOST_TEST(manifest.sourcecode ==
                   (std::set<std::string>{"a/b.py", "last.py", "train.py", "with blank.py"}),
               boost::test_tools::per_element());
    BOOST_TEST(manifest.dependencies == std::set<std::string>{"data"},
               boost::test_tools::per_element());
    BOOST_TEST(manifest.internal == std::set<std::string>{"job.json"},
               boost::test_tools::per_element());
    BOOST_TEST(covers(manifest.dependencies, "data"));
    BOOST_TEST(covers(manifest.dependencies, "data/deep/file"));
    BOOST_TEST(!covers(manifest.dependencies, "data.txt"));
    BOOST_TEST(!covers(manifest.dependencies, "other/data"));
}

BOOST_AUTO_TEST_CASE(a_path_of_the_source_code_is_below_its_root) {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {"", "a/b", "a/b"},
        {"", "./a//b/", "a/b"},
        {".guild/sourcecode", "x.py", ".guild/sourcecode/x.py"},
        {"src", "../data", "data"},
        {"", ".", ""},
        {"", "a/..", ""},
    };
    for (const auto& [root, path, expected] : cases) {
        const auto found = path_in_run(root, path);
        BOOST_REQUIRE_MESSAGE(found.has_value(), path);
        BOOST_TEST(*found == expected);
    }
    for (const char* path : {"..", "../x", "a/../../x", "/etc/passwd"}) {
        BOOST_TEST(path_in_run("", path).has_error(), path);
    }
}

BOOST_AUTO_TEST_CASE(a_pid_argument_is_a_pid_a_pidfile_or_a_run) {
    const testing::temporary_directory place;
    testing::write_file(place / "pidfile", "123\n");
    testing::write_file(place / "words", "hello\n");
    const std::string here = place.path();
    BOOST_TEST(read_pid_argument("77", here, true)->pid == 77);
    BOOST_TEST(read_pid_argument("pidfile", here, true)->pid == 123);
    BOOST_TEST(read_pid_argument(place / "pidfile", "/", true)->pid == 123);
    BOOST_TEST(read_pid_argument("/h/runs/3f2a/.guild/JOB", here, false)->run_id == "3f2a");
    BOOST_TEST(read_pid_argument("3f2a/.guild/JOB", here, true)->run_id == "3f2a");
    BOOST_TEST((read_pid_argument("words", here, true).error().kind() == errc::bad_input));
    BOOST_TEST((read_pid_argument("nothing", here, true).error().kind() == errc::not_found));
    BOOST_TEST((read_pid_argument("pidfile", here, false).error().kind() == errc::unsupported));
    BOOST_TEST((read_pid_argument("-5", here, true).error().kind() == errc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()
