#include "engine/config/config.hpp"
#include "engine/config/config_memory.hpp"
#include "engine/config/guild_home.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

/// A user with a home, a project in it, and nothing else.
struct user {
    testing::temporary_directory scratch;
    command_context context;

    user() {
        std::filesystem::create_directories(scratch / "home/work");
        context.directory = scratch / "home/work";
        context.environment["HOME"] = scratch / "home";
    }
    config with(std::string_view text) {
        scratch.write("home/.guild/config.yml", text);
        auto loaded = load_config(context);
        BOOST_REQUIRE_MESSAGE(loaded.has_value(), loaded.error().context);
        return *loaded;
    }
};

std::string error_of(const result<remote>& got) {
    return got ? "no error" : got.error().context;
}

} // namespace

BOOST_AUTO_TEST_SUITE(configuration)

BOOST_FIXTURE_TEST_CASE(the_first_of_four_files_is_read, user) {
    BOOST_TEST(load_config(context).value().data.empty());
    const auto loaded = [&] { return load_config(context).value().path; };
    const std::string in_home = scratch.write("home/.guild/config.yml", "remotes: {}\n");
    BOOST_TEST(loaded() == in_home);
    const std::string in_guild_home = scratch.write("gh/config.yml", "remotes: {}\n");
    context.environment["GUILD_HOME"] = scratch / "gh";
    BOOST_TEST(loaded() == in_guild_home);
    const std::string in_project = scratch.write("home/work/guild-config.yml", "");
    BOOST_TEST(loaded() == in_project);
    context.environment["GUILD_CONFIG"] = "../other.yml";
    BOOST_TEST(loaded() == scratch / "home/other.yml");
}

BOOST_FIXTURE_TEST_CASE(a_remembered_file_is_read_anew_when_it_says_something_else, user) {
    config_memory memory;
    const std::string path = scratch.write("home/.guild/config.yml", "remotes: {a: {type: ssh}}\n");
    const auto written = std::filesystem::last_write_time(path);
    const auto names = [&] {
        std::string all;
        for (const auto& row : list_remotes(load_config(context, memory).value())) {
            all += row.name;
        }
        return all;
    };
    BOOST_TEST(names() == "a");
    BOOST_TEST(names() == "a");
    // Of the same size and time, as an editor may leave it.
    scratch.write("home/.guild/config.yml", "remotes: {b: {type: ssh}}\n");
    std::filesystem::last_write_time(path, written);
    BOOST_TEST(names() == "b");
    scratch.write("home/.guild/config.yml", "remotes: {b: {type: ssh\n");
    BOOST_TEST(!load_config(context, memory).has_value());
    for (char name = 'c'; name <= 'z'; ++name) { // more files than are remembered
        context.environment["GUILD_CONFIG"] = scratch.write(
            std::string(1, name) + ".yml", "remotes: {" + std::string(1, name) + ": {}}\n");
        BOOST_TEST(names() == std::string(1, name));
    }
}

BOOST_FIXTURE_TEST_CASE(the_home_is_found_in_the_order_of_the_format, user) {
    const auto found = [&] { return find_guild_home(context).value(); };
    BOOST_TEST(found() == scratch / "home/.guild");
    std::filesystem::create_directories(scratch / "home/work/.guild");
    context.directory = scratch / "home/work/deeper";
    BOOST_TEST(found() == scratch / "home/work/.guild");
    std::filesystem::create_directories(scratch / "venv/.guild");
    context.environment["VIRTUAL_ENV"] = scratch / "venv";
    BOOST_TEST(found() == scratch / "venv/.guild");
    context.environment["GUILD_HOME"] = scratch / "venv";
    BOOST_TEST(found() == scratch / "venv");
    context.guild_home = "nowhere";
    BOOST_TEST(find_guild_home(context).error().context == "directory 'nowhere' does not exist");
}

BOOST_FIXTURE_TEST_CASE(every_key_of_a_remote_is_read, user) {
    context.environment["KEYS"] = "/keys";
    const auto got = find_remote(with(R"(
config:
  lab:
    type: ssh
    user: ann
    port: 2200
remotes:
  base:
    extends: lab
    host: gpu0
    connect-timeout: 5
  gpu1:
    extends: [base]
    description: the first one
    host: gpu1.example.org
    private-key: ${KEYS}/id
    known-hosts: hosts
    host-keys: accept-new
    ssh-config: none
    venv-path: ~/venv
    proxy: nc %h %p
    use-prerelease: yes
)"),
                                 "gpu1")
                         .value();
    BOOST_TEST(got.name == "gpu1");
    BOOST_TEST(got.type == "ssh");
    BOOST_TEST(got.host == "gpu1.example.org");
    BOOST_TEST(got.port.value() == 2200);
    BOOST_TEST(got.user.value() == "ann");
    BOOST_TEST(got.connect_timeout.value() == 5);
    BOOST_TEST(got.private_key.value() == "/keys/id");
    BOOST_TEST(got.known_hosts.value() == scratch / "home/.guild/hosts");
    BOOST_CHECK(got.host_keys == host_key_policy::accept_new);
    BOOST_TEST(got.ssh_config.value() == "none");
    BOOST_TEST(got.guild_home == "~/venv/.guild");
    BOOST_TEST(got.proxy.value() == "nc %h %p");
    BOOST_TEST(got.use_prerelease);
    BOOST_TEST(got.activation() == ". \"$HOME\"/venv/bin/activate");
}

BOOST_FIXTURE_TEST_CASE(homes_follow_the_environment_there, user) {
    const auto from = with(R"(
remotes:
  plain: {type: ssh, host: h}
  conda: {type: ssh, host: h, conda-env: /opt/env}
  named: {type: ssh, host: h, conda-env: env}
  named-home: {type: ssh, host: h, conda-env: env, guild-home: /g}
  old: {type: ssh, host: h, guild-env: /v}
  code: {type: ssh, host: h, venv-path: /v, venv-activate: module load python}
  here: {type: local, guild-home: ~/runs-here}
)");
    BOOST_TEST(find_remote(from, "plain").value().guild_home == ".guild");
    BOOST_TEST(find_remote(from, "plain").value().activation() == "");
    BOOST_TEST(find_remote(from, "conda").value().guild_home == "/opt/env/.guild");
    BOOST_TEST(
        find_remote(from, "conda").value().activation().ends_with("conda activate /opt/env"));
    BOOST_TEST(error_of(find_remote(from, "named")).find("guild-home is needed") !=
               std::string::npos);
    BOOST_TEST(find_remote(from, "named-home").value().guild_home == "/g");
    BOOST_TEST(find_remote(from, "old").value().activation() == ". /v/bin/activate");
    BOOST_TEST(find_remote(from, "code").value().activation() == "module load python");
    BOOST_TEST(find_remote(from, "here").value().guild_home == scratch / "home/runs-here");
}

BOOST_FIXTURE_TEST_CASE(what_does_not_make_sense_is_said, user) {
    const auto from = with(R"(
remotes:
  no-host: {type: ssh}
  no-type: {host: h}
  cloud: {type: s3}
  port: {type: ssh, host: h, port: 70000}
  keys: {type: ssh, host: h, host-keys: lax}
  dash: {type: ssh, host: -oProxyCommand=x}
  list: {type: ssh, host: [a]}
  text: x
)");
    const std::string in = " (in " + from.path + ")";
    const std::pair<const char*, std::string> cases[] = {
        {"no-host", "remote no-host is missing required config: host"},
        {"no-type", "remote no-type is missing required config: type"},
        {"cloud", "remote cloud has unsupported type: s3"},
        {"port", "remote port: port must be a number from 1 to 65535, not '70000'" + in},
        {"keys", "remote keys: host-keys must be strict, accept-new or ask, not 'lax'" + in},
        {"dash", "remote dash: host must not begin with '-'" + in},
        {"list", "remote list: host must be text" + in},
        {"text", from.path + ": remote text must be a mapping"},
        {"nope", "remote nope is not defined\nShow remotes by running '{program} remotes' or "
                 "'{program} remotes --help' for more information."},
    };
    for (const auto& [name, text] : cases) {
        BOOST_TEST(error_of(find_remote(from, name)) == text);
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_that_does_not_parse_is_named_with_its_line, user) {
    const auto error_for = [&](std::string_view text) {
        scratch.write("home/.guild/config.yml", text);
        const auto got = load_config(context);
        return got ? "no error" : got.error().context;
    };
    const std::string file = scratch / "home/.guild/config.yml";
    BOOST_TEST(error_for("remotes:\n  a: [\n").starts_with(file + ":3:1: "));
    BOOST_TEST(error_for("- a\n") == file + ": expected sections such as 'remotes:'");
    BOOST_TEST(error_for("remotes: {a: {extends: b}}\n") == "cannot find 'b' in " + file);
    BOOST_TEST(error_for("remotes: {a: {extends: b}, b: {extends: a}}\n").find("extends itself") !=
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(remotes_are_listed_by_name, user) {
    const auto rows = list_remotes(with("remotes:\n  b: {type: ssh, description: two}\n"
                                        "  a: {type: local}\n"));
    BOOST_REQUIRE_EQUAL(rows.size(), 2U);
    BOOST_TEST(rows[0].name == "a");
    BOOST_TEST(rows[0].type == "local");
    BOOST_TEST(rows[1].description == "two");
}

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
            const auto got = find_remote({}, c.text);
            BOOST_REQUIRE_MESSAGE(got.has_value(), error_of(got));
            BOOST_TEST(got->name == std::string(c.text).substr(4));
            BOOST_TEST(got->user.value_or("") == c.user);
            BOOST_TEST(got->host == c.host);
            BOOST_TEST(got->port.value_or(0) == c.port);
            BOOST_TEST(got->venv_path == c.env);
            const std::string env = c.env;
            BOOST_TEST(got->guild_home == (env.empty() ? ".guild" : env + "/.guild"));
        }
    }
    for (const char* bad :
         {"ssh:", "ssh:@h", "ssh:h:", "ssh:h:0", "ssh:h:99999", "ssh:-x", "ssh:[::1", "ssh:[h]",
          "ssh:[::1]x", "ssh:a/b", "ssh:-o@h", "ssh:h;x", "ssh:a b@h", "ssh:h:22:"}) {
        BOOST_TEST(error_of(find_remote({}, bad)).starts_with("invalid ssh spec '"), bad);
    }
    BOOST_TEST(error_of(find_remote({}, "ftp:h")).starts_with("unknown remote type 'ftp'"));
}

BOOST_AUTO_TEST_SUITE_END()
