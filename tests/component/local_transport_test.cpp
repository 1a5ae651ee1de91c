#include "engine/reactor/deadline.hpp"
#include "tests/support/in_reactor.hpp"
#include "tests/support/shell.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/local/local_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A shell of this machine with `home` as its home.
awaitable<std::unique_ptr<byte_stream>> local_shell(const std::string& home) {
    const auto wire = make_local_transport();
    remote here;
    here.name = "here";
    here.type = "local";
    const auto context = context_in(home);
    const auto link = co_await wire->connect(here, context);
    BOOST_REQUIRE(link.has_value());
    auto shell = co_await (*link)->open_shell();
    BOOST_REQUIRE_MESSAGE(shell.has_value(), shell.error().context);
    co_return std::move(*shell);
}

pid_t pid_in(const std::string& text) {
    return std::stoi(text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(local_transports)

BOOST_AUTO_TEST_CASE(a_shell_has_the_users_environment_home_and_a_session_of_its_own) {
    const temporary_directory home;
    in_reactor([&]() -> awaitable<void> {
        const auto shell = co_await local_shell(home.path());
        const auto text = co_await run_script(
            *shell, "echo $HOME; pwd; ls /proc/self/fd | wc -l; cut -d' ' -f6 /proc/$$/stat; "
                    "echo $$; echo oops >&2");
        BOOST_REQUIRE(text.has_value());
        const std::string start = home.path().string() + "\n" + home.path().string() + "\n4\n";
        BOOST_TEST(text->starts_with(start)); // `ls` has its directory open besides 0, 1 and 2
        const auto rest = text->substr(start.size());
        BOOST_TEST(pid_in(rest) == pid_in(rest.substr(rest.find('\n'))));
        BOOST_TEST(shell->diagnostics() == "oops\n");
        co_await shell->close();
    });
}

BOOST_AUTO_TEST_CASE(a_child_ends_with_its_input) {
    const temporary_directory home;
    in_reactor([&]() -> awaitable<void> {
        const auto shell = co_await local_shell(home.path());
        const auto text = co_await run_script(*shell, "echo $$");
        BOOST_REQUIRE(text.has_value());
        BOOST_TEST((co_await shell->write("exec cat >/dev/null\n")).has_value());
        co_await shell->close();
        BOOST_TEST(::kill(pid_in(*text), 0) == -1); // gone and reaped
    });
}

BOOST_AUTO_TEST_CASE(a_dropped_child_is_ended_and_reaped) {
    const temporary_directory home;
    pid_t pid = 0;
    in_reactor([&]() -> awaitable<void> {
        const auto shell = co_await local_shell(home.path());
        const auto text = co_await run_script(*shell, "echo $$");
        BOOST_REQUIRE(text.has_value());
        pid = pid_in(*text);
        BOOST_TEST((co_await shell->write("exec sleep 100\n")).has_value());
    });
    eventually("the child is gone", [pid] { return ::kill(pid, 0) == -1; });
}

BOOST_AUTO_TEST_CASE(the_end_of_the_child_is_the_end_of_the_stream) {
    const temporary_directory home;
    in_reactor([&]() -> awaitable<void> {
        const auto shell = co_await local_shell(home.path());
        BOOST_TEST((co_await shell->write("exit 3\n")).has_value());
        std::array<char, 16> piece;
        const auto got = co_await shell->read_some(piece);
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(*got == 0U);
        const auto wrote = co_await shell->write("more");
        BOOST_REQUIRE(wrote.has_error());
        BOOST_TEST((wrote.error().kind() == errc::connect_failed));
    });
}

BOOST_AUTO_TEST_SUITE_END()
