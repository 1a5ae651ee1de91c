// The ways to a shell that need more than one address and one key.
#include "tests/support/in_reactor.hpp"
#include "tests/support/shell.hpp"
#include "tests/support/ssh_key_agent.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// What `script` prints in a shell there, or the text of the failure.
awaitable<std::string> output_over(transport& wire, const ssh_remote& there,
                                   const connect_context& context, const std::string& script) {
    auto link = co_await wire.connect(remote_of(there), context);
    if (!link) {
        co_return link.error().context;
    }
    auto shell = co_await (*link)->open_shell();
    if (!shell) {
        co_return shell.error().context;
    }
    const auto got = co_await run_script(**shell, script);
    co_await (*shell)->close();
    co_await (*link)->close();
    co_return got ? *got : got.error().context;
}

std::string output_of(const ssh_remote& there, const connect_context& context,
                      const std::string& script = "echo reached") {
    std::string text;
    in_reactor([&]() -> awaitable<void> {
        const auto wire = make_ssh_transport();
        text = co_await output_over(*wire, there, context, script);
        co_await wire->close();
    });
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_logins)

BOOST_AUTO_TEST_CASE(an_encrypted_key_asks_for_its_passphrase_until_it_fits) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.private_key = server.directory() / "locked";
    make_key(*there.private_key, "ed25519", "open sesame");
    write_file(server.authorized_keys(), read_file(*there.private_key + ".pub"));
    auto context = context_in(server.home());
    BOOST_TEST(output_of(there, context).find("locked by a passphrase") != std::string::npos);
    std::vector<std::string> questions;
    context.ask = [&](secret_question q) -> awaitable<result<std::string>> {
        questions.push_back(q.text);
        BOOST_TEST(!q.echo);
        co_return questions.size() == 1 ? "wrong" : "open sesame";
    };
    BOOST_TEST(output_of(there, context) == "reached\n");
    BOOST_REQUIRE_EQUAL(questions.size(), 2U);
    BOOST_TEST(questions[0] == "Passphrase for key " + *there.private_key + ": ");
}

BOOST_AUTO_TEST_CASE(keys_of_every_common_type_log_in) {
    ssh_server server;
    for (const std::string type : {"rsa", "ecdsa", "ed25519"}) {
        auto there = server.remote_named("gpu1");
        there.private_key = server.directory() / ("key_" + type);
        make_key(*there.private_key, type);
        write_file(server.authorized_keys(), read_file(*there.private_key + ".pub"));
        BOOST_TEST(output_of(there, context_in(server.home())) == "reached\n");
    }
}

BOOST_AUTO_TEST_CASE(a_proxy_command_carries_the_connection) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.proxy = server.relay_command();
    BOOST_TEST(output_of(there, context_in(server.home())) == "reached\n");
    there.proxy = "echo no route >&2; exit 1";
    BOOST_TEST(output_of(there, context_in(server.home())).find("the proxy says: no route") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_alias_of_the_ssh_configuration_is_followed) {
    ssh_server server;
    ssh_remote there;
    there.name = "gpu1";
    there.host = "cluster";
    there.ssh_config = server.directory() / "config";
    write_file(*there.ssh_config, server.config_block("cluster"));
    BOOST_TEST(output_of(there, context_in(server.home())) == "reached\n");
}

BOOST_AUTO_TEST_CASE(a_host_name_is_looked_up) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.host = "localhost";
    there.known_hosts = server.directory() / "by_name";
    const std::string key = server.known_hosts_text();
    write_file(*there.known_hosts,
               "[localhost]:" + std::to_string(server.port()) + key.substr(key.find(' ')));
    BOOST_TEST(output_of(there, context_in(server.home())) == "reached\n");
}

BOOST_AUTO_TEST_CASE(a_configuration_that_does_not_parse_is_told_with_its_line) {
    ssh_server server;
    auto there = server.remote_named("gpu1");
    there.ssh_config = server.directory() / "config";
    write_file(*there.ssh_config, "Host *\n  NoSuchOption yes\n");
    const auto text = output_of(there, context_in(server.home()));
    BOOST_TEST(text.find("gpu1: read the ssh configuration: ") == 0U);
    BOOST_TEST(text.find("line 2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_jump_host_carries_the_next_and_each_hop_is_checked) {
    ssh_server inner;
    ssh_server outer;
    ssh_remote there;
    there.name = "gpu1";
    there.host = "inner";
    there.ssh_config = inner.directory() / "config";
    const std::string text =
        inner.config_block("inner") + "  ProxyJump outer\n" + outer.config_block("outer");
    write_file(*there.ssh_config, text);
    const auto context = context_in(inner.home());
    BOOST_TEST(output_of(there, context, "echo $SSH_CONNECTION | cut -d' ' -f4; echo $HOME") ==
               std::to_string(inner.port()) + "\n" + inner.home() + "\n");
    BOOST_TEST(outer.log().find("Accepted publickey") != std::string::npos);
    // A jump host that shows another key stops the way.
    outer.kill();
    outer.change_host_key();
    outer.start();
    BOOST_TEST(output_of(there, context).find("gpu1: jump host outer: host key: ") == 0U);
}

BOOST_AUTO_TEST_CASE(a_key_that_only_the_ssh_agent_holds_logs_in_through_a_child_ssh) {
    ssh_server server;
    const ssh_key_agent agent;
    write_file(server.authorized_keys(), agent.public_key());
    auto there = server.remote_named("gpu1");
    there.private_key.reset();
    auto context = context_in(server.home());
    context.environment["SSH_AUTH_SOCK"] = agent.socket();
    BOOST_TEST(output_of(there, context) == "reached\n");
    BOOST_TEST(output_of(there, context, "echo one; echo two >&2") == "one\n");
    // The same checks hold on that wire.
    there.known_hosts = server.directory() / "nothing_yet";
    const auto text = output_of(there, context);
    BOOST_TEST(text.find("gpu1: host key: ") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
