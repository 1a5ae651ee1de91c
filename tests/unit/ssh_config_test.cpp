#include "transports/ssh/agent_client.hpp"
#include "transports/ssh/algorithms.hpp"
#include "transports/ssh/child_ssh.hpp"
#include "transports/ssh/config_file.hpp"
#include "transports/ssh/config_tokens.hpp"
#include "transports/ssh/find_way.hpp"
#include "transports/ssh/user_config.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

using namespace outrider;
using namespace outrider::ssh;

namespace {

user_config read_answer(const std::string& text, config_surroundings around = {.home = "/h"}) {
    return parse_user_config(text, around).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_configuration)

BOOST_AUTO_TEST_CASE(the_answers_of_ssh_are_read) {
    const auto config = read_answer("host alias\n"
                                    "user ann\n"
                                    "hostname 10.0.0.5\n"
                                    "port 2222\n"
                                    "addressfamily inet\n"
                                    "identitiesonly yes\n"
                                    "pubkeyauthentication false\n"
                                    "stricthostkeychecking accept-new\n"
                                    "hashknownhosts yes\n"
                                    "identityfile ~/.ssh/id_a\n"
                                    "identityfile /keys/my key\n"
                                    "userknownhostsfile /real/.ssh/known_hosts /else/b\n"
                                    "globalknownhostsfile none\n"
                                    "hostkeyalias farm\n"
                                    "proxyjump a,b\n"
                                    "proxycommand none\n"
                                    "connecttimeout 7\n"
                                    "localforward 1 [h]:2\n"
                                    "remotecommand rm -rf\n",
                                    {.home = "/home/ann", .real_home = "/real"});
    BOOST_TEST(config.user == "ann");
    BOOST_TEST(config.host_name == "10.0.0.5");
    BOOST_TEST(config.port == 2222);
    BOOST_TEST(config.address_family == "inet");
    BOOST_TEST(config.identities_only);
    BOOST_TEST(!config.public_key_authentication);
    BOOST_TEST(config.strict_host_key_checking == "accept-new");
    BOOST_TEST(config.hash_known_hosts);
    BOOST_REQUIRE_EQUAL(config.identity_files.size(), 2U);
    BOOST_TEST(config.identity_files[0] == "/home/ann/.ssh/id_a");
    BOOST_TEST(config.identity_files[1] == "/keys/my key");
    BOOST_REQUIRE_EQUAL(config.user_known_hosts.size(), 2U);
    BOOST_TEST(config.user_known_hosts[0] == "/home/ann/.ssh/known_hosts");
    BOOST_TEST(config.user_known_hosts[1] == "/else/b");
    BOOST_TEST(config.global_known_hosts.empty());
    BOOST_TEST(config.host_key_alias == "farm");
    BOOST_TEST(config.proxy_jump == "a,b");
    BOOST_TEST(config.proxy_command.empty());
    BOOST_TEST((config.connect_timeout == 7));
    BOOST_TEST(config.needs_ssh_program.empty());
}

BOOST_AUTO_TEST_CASE(security_options_that_are_beyond_us_are_never_ignored) {
    const struct {
        const char* line;
        bool beyond;
    } rows[] = {{"verifyhostkeydns yes", true},        {"verifyhostkeydns true", true},
                {"verifyhostkeydns false", false},     {"verifyhostkeydns ask", false},
                {"certificatefile /a-cert.pub", true}, {"pkcs11provider none", false},
                {"certificatefile NONE", false},       {"pkcs11provider /lib/p.so", true},
                {"revokedhostkeys /etc/krl", true},    {"knownhostscommand /bin/k %H", true},
                {"proxyusefdpass no", false},          {"proxyusefdpass yes", true},
                {"gssapiauthentication yes", false}};
    for (const auto& row : rows) {
        BOOST_TEST(read_answer(row.line).needs_ssh_program.empty() != row.beyond, row.line);
    }
}

BOOST_AUTO_TEST_CASE(identity_files_are_printed_as_written_and_expanded_as_ssh_does) {
    const config_surroundings around{.home = "/home/ann",
                                     .asked_host = "gpu",
                                     .environment = {{"KEYS", "/keys"}, {"PWD", "/here"}}};
    const std::string host = "hostname gpu.lab\nuser bob\nport 2222\n";
    const struct {
        const char* written;
        const char* meant;
    } rows[] = {{"~/.ssh/id", "/home/ann/.ssh/id"},
                {"/keys/my key", "/keys/my key"},
                {"~/%r@%h:%p", "/home/ann/bob@gpu.lab:2222"},
                {"%d/%n-%k", "/home/ann/gpu-gpu"},
                {"/k/100%%", "/k/100%"},
                {"${KEYS}/%h", "/keys/gpu.lab"},
                {"/k/$KEYS/~", "/k/$KEYS/~"},
                {"~root/id", "/root/id"},
                {"id", "/here/id"}};
    for (const auto& row : rows) {
        const auto config =
            read_answer("identityfile " + std::string(row.written) + "\n" + host, around);
        BOOST_REQUIRE_EQUAL(config.identity_files.size(), 1U);
        BOOST_TEST(config.identity_files[0] == row.meant);
    }
    BOOST_TEST(read_answer("identityfile NONE\nidentityfile none\n").identity_files.empty());
    for (const char* bad : {"/k/%z", "${NOPE}/id", "~no such user/id", "/k/%"}) {
        const auto refused = parse_user_config("identityfile " + std::string(bad), around);
        BOOST_TEST_CONTEXT(bad) {
            BOOST_REQUIRE(refused.has_error());
            BOOST_TEST(refused.error().context.starts_with("IdentityFile '" + std::string(bad)));
        }
        BOOST_TEST(parse_user_config("identityfile " + std::string(bad),
                                     {.home = "/h", .key_is_named = true})
                       .has_value());
    }
}

BOOST_AUTO_TEST_CASE(paths_of_known_hosts_are_told_apart_by_what_the_configuration_writes) {
    const auto lists = [](const char* text) {
        std::vector<std::vector<std::string>> out;
        read_known_hosts_lists(text, out);
        return out;
    };
    using files = std::vector<std::string>;
    const struct {
        const char* written;
        const char* printed;
        files meant;
    } rows[] = {
        {"\"/k/a b\" /c", "/k/a b /c", {"/k/a b", "/c"}},
        {"'/k/a b' \"/c d\" # both", "/k/a b /c d", {"/k/a b", "/c d"}},
        {"/k/a\\ b", "/k/a b", {"/k/a b"}},
        {"\"~/my keys\" ~/.ssh/kh",
         "/real/my keys /real/.ssh/kh",
         {"/home/my keys", "/home/.ssh/kh"}},
        {"\"%d/a b/%h\" ${K}/x", "/real/a b/gpu /keys/x", {"/home/a b/gpu", "/keys/x"}},
        {"/a /b", "/a /b", {"/a", "/b"}},
        {"/other", "/a /real/.ssh/b", {"/a", "/home/.ssh/b"}},
        {"/other", "NONE", {}},
    };
    for (const auto& row : rows) {
        const config_surroundings around{
            .home = "/home",
            .real_home = "/real",
            .asked_host = "gpu",
            .environment = {{"K", "/keys"}},
            .known_hosts_lists =
                lists(("Host x\n  userknownhostsfile = \"/q q\"\nHost *\n UserKnownHostsFile " +
                       std::string(row.written) + "\n")
                          .c_str())};
        // A list that no line accounts for is taken apart at its blanks only where none has any.
        const auto config = parse_user_config(
            "hostname gpu\nuserknownhostsfile " + std::string(row.printed) + "\n", around);
        BOOST_TEST_CONTEXT(row.written) {
            if (std::string_view(row.written) == "/other" && !row.meant.empty()) {
                BOOST_REQUIRE(config.has_error());
                BOOST_TEST(config.error().context.find("set known-hosts") != std::string::npos);
                const auto plain = read_answer(
                    "userknownhostsfile " + std::string(row.printed) + "\n",
                    {.home = "/home", .real_home = "/real", .known_hosts_lists = {{"/other"}}});
                BOOST_TEST((plain.user_known_hosts == row.meant));
            } else {
                BOOST_REQUIRE_MESSAGE(config.has_value(), config.error().context);
                BOOST_TEST((config->user_known_hosts == row.meant));
            }
        }
    }
    // Global files are expanded by nobody.
    const auto global =
        read_answer("globalknownhostsfile /g a/%h ~/x\n",
                    {.home = "/h",
                     .environment = {{"PWD", "/here"}},
                     .known_hosts_lists = lists("GlobalKnownHostsFile \"/g a/%h\" ~/x")});
    BOOST_TEST((global.global_known_hosts == files{"/g a/%h", "/here/~/x"}));
}

BOOST_AUTO_TEST_CASE(a_word_is_none_only_where_ssh_says_so) {
    const auto config = read_answer("hostkeyalias none\nbindaddress none\nproxyjump None\n"
                                    "proxycommand NONE\nconnecttimeout none\nuser none\n"
                                    "identityagent none\ncertificatefile none\n");
    BOOST_TEST(config.host_key_alias == "none");
    BOOST_TEST(config.bind_address == "none");
    BOOST_TEST(config.user == "none");
    BOOST_TEST(config.proxy_jump.empty());
    BOOST_TEST(config.proxy_command.empty());
    BOOST_TEST(config.identity_agent == "none");
    BOOST_TEST(!config.connect_timeout);
    BOOST_TEST(!config.certificates_beside_keys);
    BOOST_TEST(read_answer("").certificates_beside_keys);
}

BOOST_AUTO_TEST_CASE(jump_hosts_are_named_by_tokens_of_the_host_behind_them) {
    const auto config = read_answer("proxyjump %r@gw-%h,b%%\nhostname gpu.lab\nuser ann\n");
    BOOST_TEST(config.proxy_jump == "ann@gw-gpu.lab,b%");
    BOOST_TEST(parse_user_config("proxyjump gw-%q\n", {.home = "/h"}).has_error());
}

BOOST_AUTO_TEST_CASE(arguments_are_quoted_so_that_ssh_reads_the_same_words) {
    const std::vector<std::string> words{"/a b", "/q\"'\\", "/100%"};
    BOOST_TEST((split_arguments(quoted_arguments(words, false)) == words));
    BOOST_TEST(quoted_arguments({"/100%"}, true) == "\"/100%%\"");
    BOOST_TEST(!split_arguments("\"open").has_value());
}

BOOST_AUTO_TEST_CASE(tokens_of_a_proxy_command_are_replaced_and_unknown_ones_refused) {
    user_config config;
    config.host_name = "10.0.0.5";
    config.port = 2222;
    config.user = "ann";
    const auto good = expand_tokens("nc %h %p %r %n %d %k 100%%", config, "alias", "/home/ann");
    BOOST_REQUIRE(good.has_value());
    BOOST_TEST(*good == "nc 10.0.0.5 2222 ann alias /home/ann alias 100%");
    for (const char* bad : {"nc %Z", "nc %"}) {
        const auto refused = expand_tokens(bad, config, "alias", "/home/ann");
        BOOST_REQUIRE(refused.has_error());
        BOOST_CHECK(refused.error().kind() == errc::unsupported);
    }
}

BOOST_AUTO_TEST_CASE(jump_hosts_are_read_in_both_forms) {
    const struct {
        const char* text;
        jump_host hop;
    } rows[] = {{"h", {"h", {}, {}}},
                {"u@h:22", {"h", 22, "u"}},
                {"a@b@h", {"h", {}, "a@b"}},
                {"ssh://u@h:2222", {"h", 2222, "u"}},
                {"[::1]:2222", {"::1", 2222, {}}},
                {"[::1]", {"::1", {}, {}}}};
    for (const auto& row : rows) {
        const auto hop = parse_jump_host(row.text);
        BOOST_REQUIRE_MESSAGE(hop.has_value(), row.text);
        BOOST_TEST((*hop == row.hop), row.text);
    }
    for (const char* bad : {"", "u@", "h:", "h:x", "h:70000", "[::1", "[::1]x"}) {
        BOOST_TEST(parse_jump_host(bad).has_error(), bad);
    }
}

BOOST_AUTO_TEST_CASE(the_ssh_agents_answer_is_read_and_nonsense_is_refused) {
    using namespace std::string_literals;
    const auto two = parse_agent_answer("\x0c\0\0\0\2"
                                        "\0\0\0\4AAAA\0\0\0\1c"
                                        "\0\0\0\4BBBB\0\0\0\0"s);
    BOOST_REQUIRE(two.has_value());
    BOOST_REQUIRE_EQUAL(two->size(), 2U);
    BOOST_TEST((*two)[0] == "QUFBQQ==");
    BOOST_TEST((*two)[1] == "QkJCQg==");
    BOOST_TEST(parse_agent_answer("\x0c\0\0\0\0"s).value().empty());
    for (const auto& bad :
         {""s, "\x05"s, "\x0c\0\0\0\1\xff\xff\xff\xff"s, "\x0c\xff\xff\xff\xff"s}) {
        BOOST_TEST(parse_agent_answer(bad).has_error());
    }
}

BOOST_AUTO_TEST_CASE(what_we_offer_is_bounded_by_what_is_allowed_in_our_order) {
    BOOST_TEST(allowed_of("a,b,c", "") == "a,b,c");
    BOOST_TEST(allowed_of("a,b,c", "c,x,a") == "a,c");
    BOOST_TEST(allowed_of("a,b", "x").empty());
    BOOST_TEST(cipher_algorithms(true).starts_with("aes128-gcm@openssh.com,"));
    BOOST_TEST(cipher_algorithms(false).starts_with("chacha20-poly1305@openssh.com,"));
}

BOOST_AUTO_TEST_CASE(the_last_words_of_ssh_are_classified) {
    const struct {
        const char* words;
        errc kind;
    } rows[] = {
        {"ann@h: Permission denied (publickey).", errc::authentication_failed},
        {"Host key verification failed.", errc::host_key_unknown},
        {"@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
         errc::host_key_changed},
        {"ssh: Could not resolve hostname h: Name or service not known", errc::resolve_failed},
        {"ssh: connect to host h port 22: Connection timed out", errc::timed_out},
        {"ssh: connect to host h port 22: Connection refused", errc::connect_failed},
        {"", errc::connect_failed}};
    for (const auto& row : rows) {
        BOOST_TEST((classify_ssh_words(row.words) == row.kind), row.words);
    }
}

BOOST_AUTO_TEST_SUITE_END()
