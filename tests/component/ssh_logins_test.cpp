// The ways to a shell that need more than one address and one key.
#include "tests/support/in_reactor.hpp"
#include "tests/support/shell.hpp"
#include "tests/support/ssh_key_agent.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

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

/// A remote by an alias of an ssh configuration of its own: the server's block, and `more`.
ssh_remote configured(const ssh_server& server, const std::string& more,
                      const std::string& identities) {
    ssh_remote there{.name = "gpu1", .host = "box"};
    there.ssh_config = server.directory() / "config";
    write_file(*there.ssh_config, "Host box\n  HostName 127.0.0.1\n  Port " +
                                      std::to_string(server.port()) + "\n  User " +
                                      ssh_server::user() + "\n" + identities + more +
                                      "  GlobalKnownHostsFile /dev/null\n  UserKnownHostsFile " +
                                      server.known_hosts() + "\n");
    return there;
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

BOOST_AUTO_TEST_CASE(a_public_half_names_a_key_of_the_ssh_agent) {
    ssh_server server;
    const ssh_key_agent agent;
    write_file(server.authorized_keys(), agent.public_key());
    const std::string half = server.directory() / "only.pub";
    write_file(half, agent.public_key(), 0644);
    auto context = context_in(server.home());
    context.environment["SSH_AUTH_SOCK"] = agent.socket();
    const auto by_config =
        configured(server, "  IdentitiesOnly yes\n", "  IdentityFile " + half + "\n");
    BOOST_TEST(output_of(by_config, context) == "reached\n");
    auto named = server.remote_named("gpu1");
    named.private_key = half;
    BOOST_TEST(output_of(named, context) == "reached\n");
    context.environment.erase("SSH_AUTH_SOCK");
    BOOST_TEST(output_of(named, context)
                   .starts_with("gpu1: private key " + half +
                                " is a public key, and no ssh agent holds "));
}

BOOST_AUTO_TEST_CASE(a_locked_key_that_the_ssh_agent_holds_is_not_asked_for) {
    ssh_server server;
    const ssh_key_agent agent;
    const std::string key = server.directory() / "locked key";
    make_key(key);
    write_file(server.authorized_keys(), read_file(key + ".pub"));
    run_program({"env", "SSH_AUTH_SOCK=" + agent.socket(), "ssh-add", "-q", key});
    run_program({"ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", key});
    std::filesystem::remove(key + ".pub");
    auto context = context_in(server.home());
    context.environment["SSH_AUTH_SOCK"] = agent.socket();
    const auto there =
        configured(server, "  IdentitiesOnly yes\n", "  IdentityFile \"" + key + "\"\n");
    BOOST_TEST(output_of(there, context) == "reached\n");
}

BOOST_AUTO_TEST_CASE(a_certificate_beside_a_key_is_left_alone_where_the_configuration_says_so) {
    ssh_server server;
    write_file(server.user_key() + "-cert.pub", read_file(server.user_key() + ".pub"));
    auto context = context_in(server.home());
    context.environment["PATH"] = server.directory() / "bin"; // with an `ssh` that only reads
    std::filesystem::create_directory(server.directory() / "bin");
    write_file(
        server.directory() / "bin/ssh",
        "#!/bin/sh\ncase \"$*\" in *-G*) PATH=/usr/local/bin:/usr/bin:/bin; exec ssh \"$@\";; "
        "esac\necho used >&2; exit 255\n",
        0700);
    const std::string key = "  IdentityFile " + server.user_key() + "\n";
    BOOST_TEST(output_of(configured(server, "", key), context).find("ssh says: used") !=
               std::string::npos);
    BOOST_TEST(output_of(configured(server, "  CertificateFile none\n", key), context) ==
               "reached\n");
}

BOOST_AUTO_TEST_CASE(a_new_key_is_recorded_in_the_file_that_the_configuration_means) {
    ssh_server server;
    const std::string folder = server.directory() / "with space";
    ssh_remote there{.name = "gpu1", .host = "box"};
    there.ssh_config = server.directory() / "config";
    std::filesystem::create_directory(folder);
    write_file(*there.ssh_config, "Host box\n  UserKnownHostsFile \"" + folder +
                                      "/known hosts\" \"" + folder + "/two\"\n" +
                                      server.config_block("box") +
                                      "  StrictHostKeyChecking accept-new\n");
    BOOST_TEST(output_of(there, context_in(server.home())) == "reached\n");
    std::vector<std::string> written;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        written.push_back(entry.path().filename());
    }
    BOOST_TEST((written == std::vector<std::string>{"known hosts"}));
    BOOST_TEST(!std::filesystem::exists(server.directory() / "with"));
}

BOOST_AUTO_TEST_CASE(a_child_ssh_checks_the_same_files_whatever_their_names) {
    ssh_server server;
    const ssh_key_agent agent;
    write_file(server.authorized_keys(), agent.public_key());
    auto there = server.remote_named("gpu1");
    there.private_key.reset();
    there.known_hosts = server.directory() / "a \"known\" 100%h \\ file";
    write_file(*there.known_hosts, server.known_hosts_text());
    auto context = context_in(server.home());
    context.environment["SSH_AUTH_SOCK"] = agent.socket();
    BOOST_TEST(output_of(there, context) == "reached\n");
}

BOOST_AUTO_TEST_CASE(algorithms_that_only_openssh_has_are_left_to_it) {
    ssh_server server;
    const std::string key = "  IdentityFile " + server.user_key() + "\n";
    const auto there =
        configured(server, "  KexAlgorithms sntrup761x25519-sha512@openssh.com\n", key);
    BOOST_TEST(output_of(there, context_in(server.home())) == "reached\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_asked_for_by_a_method_that_is_not_preferred) {
    ssh_server server({.config_lines = {"PasswordAuthentication yes"}});
    write_file(server.authorized_keys(), "");
    auto context = context_in(server.home());
    int asked = 0;
    context.ask = [&](const secret_question&) -> awaitable<result<std::string>> {
        ++asked;
        co_return "wrong";
    };
    const std::string key = "  IdentityFile " + server.user_key() + "\n";
    std::ignore = output_of(configured(server, "", key), context);
    BOOST_TEST(asked == 3);
    const auto text =
        output_of(configured(server, "  PreferredAuthentications publickey\n", key), context);
    BOOST_TEST(asked == 3);
    BOOST_TEST(text.find("permission denied") != std::string::npos);
}

// A second factor, for example: the person logs in, and we ride along.
BOOST_AUTO_TEST_CASE(a_connection_of_the_users_own_ssh_can_be_ridden_on) {
    const ssh_server server;
    const std::string socket = server.directory() / "c";
    ssh_remote there = server.remote_named("gpu1");
    there.control = socket;
    there.private_key = server.directory() / "none"; // what would be needed otherwise is not there
    const auto context = context_in(server.home());
    BOOST_TEST(output_of(there, context)
                   .starts_with("gpu1: no ssh holds a connection at " + socket +
                                "; log in by 'ssh -M -S " + socket));
    run_program({"ssh", "-f", "-N", "-M", "-S", socket, "-F", "none", "-i", server.user_key(),
                 "-oUserKnownHostsFile=" + server.known_hosts(), "-p",
                 std::to_string(server.port()), "127.0.0.1"});
    BOOST_TEST(output_of(there, context) == "reached\n");
    BOOST_TEST(output_of(there, context) == "reached\n"); // it was not ended
    run_program({"ssh", "-F", "none", "-S", socket, "-O", "exit", "127.0.0.1"});
    BOOST_TEST(output_of(there, context).starts_with("gpu1: no ssh holds a connection"));
}

BOOST_AUTO_TEST_SUITE_END()
