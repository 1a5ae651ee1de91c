// Remotes of the type ssh: settings, specs in the place of a name, and what people are told.
#include "engine/config/config.hpp"
#include "transports/ssh/ssh_remote.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

result<remote> read(const std::string& text) {
    return find_remote({}, remote_types({&ssh_remote_type()}), text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_remotes)

BOOST_AUTO_TEST_CASE(inline_specs_are_read) {
    struct spec_case {
        const char* text;
        const char* user;
        const char* host;
        int port;
        const char* env;
    };
    const spec_case cases[] = {
        {"ssh:h", "", "h", 0, ""},
        {"ssh:a-b.c@h.example.org:22", "a-b.c", "h.example.org", 22, ""},
        {"ssh:h:22:/v", "", "h", 22, "/v"},
        {"ssh:h:~/v@1", "", "h", 0, "~/v@1"},
        {"ssh:[::1]:2222", "", "::1", 2222, ""},
        {"ssh:u@[fe80::1%eth0]:v", "u", "fe80::1%eth0", 0, "v"},
        {"ssh:u@dom@h", "u@dom", "h", 0, ""},
    };
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT(c.text) {
            const auto got = read(c.text);
            BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
            BOOST_TEST(got->name == std::string(c.text).substr(4));
            const auto ssh = ssh_remote_of(*got);
            BOOST_TEST(ssh.user.value_or("") == c.user);
            BOOST_TEST(ssh.host == c.host);
            BOOST_TEST(ssh.port.value_or(0) == c.port);
            BOOST_TEST(got->address == c.host);
            BOOST_TEST(got->venv_path == c.env);
            const std::string env = c.env;
            BOOST_TEST(got->guild_home == (env.empty() ? ".guild" : env + "/.guild"));
        }
    }
    for (const char* bad :
         {"ssh:", "ssh:@h", "ssh:h:", "ssh:h:0", "ssh:h:99999", "ssh:-x", "ssh:[::1", "ssh:[h]",
          "ssh:[::1]x", "ssh:a/b", "ssh:-o@h", "ssh:h;x", "ssh:a b@h", "ssh:h:22:"}) {
        const auto got = read(bad);
        BOOST_TEST((got.has_error() && got.error().context.starts_with("invalid ssh spec '")), bad);
    }
    BOOST_TEST(read("ssh:h:$HOME/v").value().venv_path == "~/v");
    BOOST_TEST(
        read("ssh:h:$SCRATCH/v")
            .error()
            .context.starts_with(
                "invalid ssh spec 'h:$SCRATCH/v': '$SCRATCH/v' is a path of the other machine"));
    BOOST_TEST(
        read("ftp:h").error().context ==
        "unknown remote type 'ftp'\nShow remotes by running '{program} remotes', or name one "
        "in place as ssh:[USER@]HOST[:PORT][:ENV_PATH].");
}

BOOST_AUTO_TEST_CASE(settings_say_all_of_a_remote) {
    ssh_remote to{.name = "gpu1", .host = "h"};
    to.port = 2222;
    to.user = "ann";
    to.private_key = "/k";
    to.proxy = "nc %h %p";
    to.connect_timeout = 7;
    to.known_hosts = "/kh";
    to.host_keys = host_key_policy::ask;
    to.ssh_config = "none";
    const auto back = ssh_remote_of(remote_of(to));
    BOOST_TEST(back.name == "gpu1");
    BOOST_TEST(back.host == "h");
    BOOST_TEST(back.port.value() == 2222);
    BOOST_TEST(back.user.value() == "ann");
    BOOST_TEST(back.private_key.value() == "/k");
    BOOST_TEST(back.proxy.value() == "nc %h %p");
    BOOST_TEST(back.connect_timeout.value() == 7);
    BOOST_TEST(back.known_hosts.value() == "/kh");
    BOOST_CHECK(back.host_keys == host_key_policy::ask);
    BOOST_TEST(back.ssh_config.value() == "none");
    const auto bare = ssh_remote_of(remote_of({.name = "gpu2", .host = "h"}));
    BOOST_TEST((!bare.port && !bare.user && !bare.private_key && !bare.proxy &&
                !bare.connect_timeout && !bare.known_hosts && !bare.ssh_config));
    BOOST_CHECK(bare.host_keys == host_key_policy::inherit);
}

BOOST_AUTO_TEST_CASE(a_person_is_told_how_to_get_there_by_hand) {
    ssh_remote to{.name = "gpu1", .host = "box.example"};
    BOOST_TEST(ssh_remote_type().by_hand(remote_of(to)) == "ssh box.example");
    to.port = 2222;
    to.user = "ann";
    BOOST_TEST(ssh_remote_type().by_hand(remote_of(to)) == "ssh -p 2222 ann@box.example");
}

BOOST_AUTO_TEST_SUITE_END()
