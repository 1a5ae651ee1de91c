// What keeps a connection from being made: each with its own error, and a text that tells the cause
// and the cure.
#include "tests/support/in_reactor.hpp"
#include "tests/support/shell.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// One connect on a reactor of its own.
result<> try_connect(transport& wire, const ssh_remote& there, const connect_context& context) {
    result<> outcome;
    in_reactor([&]() -> awaitable<void> {
        auto link = co_await wire.connect(remote_of(there), context);
        if (!link) {
            outcome = link.error();
            co_return;
        }
        auto shell = co_await (*link)->open_shell();
        BOOST_TEST(shell.has_value());
        co_await (*link)->close();
    });
    return outcome;
}

result<> try_connect(const ssh_remote& there, const connect_context& context) {
    return try_connect(*make_ssh_transport(), there, context);
}

bool says(const result<>& outcome, errc kind, std::initializer_list<std::string> words) {
    if (outcome.has_value() || outcome.error().kind() != kind) {
        BOOST_TEST_MESSAGE((outcome.has_value() ? "it succeeded" : outcome.error().context));
        return false;
    }
    for (const auto& word : words) {
        if (outcome.error().context.find(word) == std::string::npos) {
            BOOST_TEST_MESSAGE("no '" << word << "' in: " << outcome.error().context);
            return false;
        }
    }
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_refusals)

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_with_its_fingerprint_and_the_cure) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.known_hosts = server.directory() / "nothing_yet";
    const auto context = context_in(server.home());
    BOOST_TEST(says(try_connect(there, context), errc::host_key_unknown,
                    {"gpu1: host key: ", server.fingerprint(), "accept-new", "ssh -o"}));
    BOOST_TEST(::access(there.known_hosts->c_str(), F_OK) != 0);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_accepted_once_recorded_and_told) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.known_hosts = server.directory() / "fresh/known_hosts";
    there.host_keys = host_key_policy::accept_new;
    auto context = context_in(server.home());
    std::vector<std::string> told;
    context.tell = [&told](std::string text) { told.push_back(std::move(text)); };
    const auto wire = make_ssh_transport();
    BOOST_TEST(try_connect(*wire, there, context).has_value());
    BOOST_TEST(read_file(*there.known_hosts) == server.known_hosts_text());
    struct stat info{};
    BOOST_REQUIRE(::stat(there.known_hosts->c_str(), &info) == 0);
    BOOST_TEST((info.st_mode & 0777) == 0600U);
    BOOST_REQUIRE_EQUAL(told.size(), 1U);
    BOOST_TEST(told[0].find(server.fingerprint()) != std::string::npos);
    // The second time it is on record: nothing is said, nothing is added.
    there.host_keys = host_key_policy::strict;
    BOOST_TEST(try_connect(*wire, there, context).has_value());
    BOOST_TEST(told.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_person_decides_about_an_unknown_key) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.known_hosts = server.directory() / "asked_known_hosts";
    auto context = context_in(server.home());
    std::string reply = "no";
    std::string asked;
    context.ask = [&](secret_question q) -> awaitable<result<std::string>> {
        asked = q.remote + " " + q.text;
        co_return reply;
    };
    BOOST_TEST(says(try_connect(there, context), errc::host_key_unknown, {"gpu1"}));
    BOOST_TEST(asked.find(server.fingerprint()) != std::string::npos);
    reply = "yes";
    BOOST_TEST(try_connect(there, context).has_value());
    BOOST_TEST(read_file(*there.known_hosts) == server.known_hosts_text());
}

BOOST_AUTO_TEST_CASE(a_changed_key_is_refused_whatever_the_policy) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.host_keys = host_key_policy::accept_new;
    const std::string before = server.fingerprint();
    server.kill();
    server.change_host_key();
    server.start();
    const auto context = context_in(server.home());
    BOOST_TEST(says(try_connect(there, context), errc::host_key_changed,
                    {server.fingerprint(), before, *there.known_hosts + " line 1",
                     "ssh-keygen -R '[127.0.0.1]:" + std::to_string(server.port()) + "' -f "}));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_admitted_is_named) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.private_key = server.directory() / "stranger";
    make_key(*there.private_key);
    const auto context = context_in(server.home());
    BOOST_TEST(says(try_connect(there, context), errc::authentication_failed,
                    {"gpu1: log in as " + ssh_server::user(),
                     "tried publickey with " + *there.private_key, "offers publickey"}));
    there.private_key = server.directory() / "missing";
    BOOST_TEST(says(try_connect(there, context), errc::bad_input, {*there.private_key}));
    there.private_key.reset(); // no key at all
    BOOST_TEST(
        says(try_connect(there, context), errc::authentication_failed, {"found no key to try"}));
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_refused) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.port = free_port();
    BOOST_TEST(says(
        try_connect(there, context_in(server.home())), errc::connect_failed,
        {"gpu1: connect to 127.0.0.1 port " + std::to_string(*there.port), "connection refused"}));
}

BOOST_AUTO_TEST_CASE(a_server_that_never_answers_times_out) {
    ssh_server server;
    server.freeze();
    auto there = server.remote_named("gpu1");
    auto context = context_in(server.home());
    context.timeout = std::chrono::milliseconds(300);
    BOOST_TEST(says(try_connect(there, context), errc::timed_out,
                    {"gpu1: key exchange with 127.0.0.1 port", "no answer in time"}));
    server.thaw();
}

BOOST_AUTO_TEST_CASE(a_name_without_address_is_told_as_such) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.host = "no-such-host.invalid";
    BOOST_TEST(says(try_connect(there, context_in(server.home())), errc::resolve_failed,
                    {"gpu1: look up no-such-host.invalid"}));
}

BOOST_AUTO_TEST_CASE(a_host_that_looks_like_an_option_never_reaches_ssh) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.host = "-oProxyCommand=touch /tmp/x";
    BOOST_TEST(says(try_connect(there, context_in(server.home())), errc::bad_input, {"gpu1"}));
}

BOOST_AUTO_TEST_SUITE_END()
