#include "cli/caller.hpp"
#include "cli/descriptor_buffer.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include <unistd.h>

using namespace outrider;
using namespace outrider::cli;

BOOST_AUTO_TEST_SUITE(cli_caller)

BOOST_AUTO_TEST_CASE(the_context_of_a_command_has_absolute_paths) {
    const auto here = std::filesystem::current_path();
    const auto context =
        context_of({.directory = "/tmp/../tmp/", .guild_home = "home/.guild", .assume_yes = true},
                   {{"HOME", "/home/me"}});
    BOOST_TEST(context.directory == "/tmp");
    BOOST_TEST(context.guild_home == (here / "home/.guild").string());
    BOOST_TEST(context.assume_yes);
    BOOST_TEST(surroundings_of(context).home == "/home/me");
    const auto plain = context_of({}, {});
    BOOST_TEST(plain.directory == here.string());
    BOOST_TEST(plain.guild_home.empty());
}

BOOST_AUTO_TEST_CASE(a_directory_to_work_in_need_not_exist) {
    BOOST_TEST(context_of({.directory = "/no/such"}, {}).directory == "/no/such");
}

BOOST_AUTO_TEST_CASE(a_working_directory_that_was_deleted_still_has_its_name) {
    const auto before = std::filesystem::current_path();
    std::string gone = (std::filesystem::temp_directory_path() / "gone.XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(gone.data()) != nullptr);
    const auto real = std::filesystem::canonical(gone).string();
    std::filesystem::current_path(gone);
    std::filesystem::remove(gone);
    const auto named = context_of({.directory = "sub"}, {{"PWD", "/a/link/to/it"}});
    const auto unnamed = context_of({}, {});
    std::filesystem::current_path(before);
    BOOST_TEST(named.directory == "/a/link/to/it/sub");
    BOOST_TEST(unnamed.directory == real);
}

BOOST_AUTO_TEST_CASE(bytes_leave_at_each_flush_and_a_lost_reader_is_noticed) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    descriptor_buffer buffer(ends[1]);
    std::ostream out(&buffer);
    out << "no line feed" << std::flush;
    char got[32] = {};
    BOOST_TEST(::read(ends[0], got, sizeof got) == 12);
    BOOST_TEST(std::string(got) == "no line feed");
    ::close(ends[0]);
    out << "x" << std::flush;
    BOOST_TEST(!out);
    BOOST_TEST(buffer.error() == EPIPE);
    ::close(ends[1]);
    std::signal(SIGPIPE, before);
}

BOOST_AUTO_TEST_SUITE_END()
