#include "engine/config/config.hpp"
#include "engine/config/config_memory.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/config/slots.hpp"
#include "tests/support/temporary_directory.hpp"
#include "transports/local/local_transport.hpp"
#include "transports/ssh/ssh_remote.hpp"

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

remote_types types() {
    return remote_types({&ssh_remote_type(), &local_remote_type()});
}

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
    const auto from = with(R"(
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
)");
    const auto got = find_remote(from, types(), "gpu1").value();
    const auto ssh = ssh_remote_of(got);
    BOOST_TEST(got.name == "gpu1");
    BOOST_TEST(got.type == "ssh");
    BOOST_TEST(got.address == "gpu1.example.org");
    BOOST_TEST(ssh.host == "gpu1.example.org");
    BOOST_TEST(ssh.port.value() == 2200);
    BOOST_TEST(ssh.user.value() == "ann");
    BOOST_TEST(ssh.connect_timeout.value() == 5);
    BOOST_TEST(ssh.private_key.value() == "/keys/id");
    BOOST_TEST(ssh.known_hosts.value() == scratch / "home/.guild/hosts");
    BOOST_CHECK(ssh.host_keys == host_key_policy::accept_new);
    BOOST_TEST(ssh.ssh_config.value() == "none");
    BOOST_TEST(got.guild_home == "~/venv/.guild");
    BOOST_TEST(ssh.proxy.value() == "nc %h %p");
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
    BOOST_TEST(find_remote(from, types(), "plain").value().guild_home == ".guild");
    BOOST_TEST(find_remote(from, types(), "plain").value().activation() == "");
    BOOST_TEST(find_remote(from, types(), "conda").value().guild_home == "/opt/env/.guild");
    BOOST_TEST(find_remote(from, types(), "conda")
                   .value()
                   .activation()
                   .ends_with("conda activate /opt/env"));
    BOOST_TEST(error_of(find_remote(from, types(), "named")).find("guild-home is needed") !=
               std::string::npos);
    BOOST_TEST(find_remote(from, types(), "named-home").value().guild_home == "/g");
    BOOST_TEST(find_remote(from, types(), "old").value().activation() == ". /v/bin/activate");
    BOOST_TEST(find_remote(from, types(), "code").value().activation() == "module load python");
    BOOST_TEST(find_remote(from, types(), "here").value().guild_home == scratch / "home/runs-here");
}

BOOST_FIXTURE_TEST_CASE(paths_of_another_machine_are_expanded_there_or_refused, user) {
    const std::pair<const char*, const char*> good[] = {
        {"$HOME/x", "~/x"},     {"${HOME}/x", "~/x"}, {"~/x", "~/x"},    {"$HOME", "~"},
        {"/data/x", "/data/x"}, {"runs", "runs"},     {"~/a~b", "~/a~b"}};
    for (const auto& [written, meant] : good) {
        const auto from = with("remotes:\n  r: {type: ssh, host: h, guild-home: '" +
                               std::string(written) + "', venv-path: '" + written + "'}\n" +
                               "  c: {type: ssh, host: h, conda-env: '" + written + "/e'}\n");
        const auto got = find_remote(from, types(), "r").value();
        BOOST_TEST(got.guild_home == meant);
        BOOST_TEST(got.venv_path == meant);
        BOOST_TEST(find_remote(from, types(), "c").value().guild_home ==
                   std::string(meant) + "/e/.guild");
    }
    for (const char* bad :
         {"$SCRATCH/x", "/data/$USER", "${SCRATCH}/x", "$HOMEX/x", "/a/$HOME/b", "~ann/x"}) {
        for (const char* key : {"guild-home", "venv-path", "guild-env", "conda-env"}) {
            const auto from = with("remotes:\n  r: {type: ssh, host: h, " + std::string(key) +
                                   ": '" + bad + "'}\n");
            const auto said = error_of(find_remote(from, types(), "r"));
            BOOST_TEST(said.starts_with("remote r: " + std::string(key) + " '" + bad + "' "), said);
        }
    }
    // A home on this machine knows this machine's variables.
    context.environment["KEYS"] = "/keys";
    const auto from = with("remotes:\n  here: {type: local, guild-home: $KEYS/runs}\n");
    BOOST_TEST(find_remote(from, types(), "here").value().guild_home == "/keys/runs");
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
        BOOST_TEST(error_of(find_remote(from, types(), name)) == text);
    }
}

BOOST_FIXTURE_TEST_CASE(a_type_says_what_its_remotes_take, user) {
    const remote_type lab{
        .name = "lab",
        .keys = {{.name = "queue", .required = true},
                 {.name = "seats", .kind = key_kind::number, .least = 1, .most = 8},
                 {.name = "mode", .kind = key_kind::choice, .words = {"fair", "fast"}},
                 {.name = "image", .kind = key_kind::local_path, .words = {"none"}}},
        .here = false,
        .bounded_streams = false,
        .inline_form = "QUEUE",
        .read_inline = [](const std::string& spec, remote& out) -> result<> {
            out.settings["queue"] = spec;
            return {};
        },
        .address_of = [](const remote& to) { return "queue " + to.settings.at("queue"); },
        .by_hand = [](const remote&) { return std::string("walk"); }};
    const remote_types labs({&lab});
    const auto from = with(R"(
remotes:
  full: {type: lab, queue: q, seats: 2, mode: fast, image: ../image, others: are left alone}
  bare: {type: lab, queue: q, image: none}
  none: {type: lab, seats: 2}
  many: {type: lab, queue: q, seats: 9}
  slow: {type: lab, queue: q, mode: slow}
  far: {type: ssh, host: h}
)");
    const auto full = find_remote(from, labs, "full").value();
    const std::map<std::string, std::string> settings{
        {"image", scratch / "home/image"}, {"mode", "fast"}, {"queue", "q"}, {"seats", "2"}};
    BOOST_TEST((full.settings == settings));
    BOOST_TEST(full.address == "queue q");
    BOOST_TEST(find_remote(from, labs, "bare").value().settings.at("image") == "none");
    BOOST_TEST(error_of(find_remote(from, labs, "none")) ==
               "remote none is missing required config: queue");
    const std::string in = " (in " + from.path + ")";
    BOOST_TEST(error_of(find_remote(from, labs, "many")) ==
               "remote many: seats must be a number from 1 to 8, not '9'" + in);
    BOOST_TEST(error_of(find_remote(from, labs, "slow")) ==
               "remote slow: mode must be fair or fast, not 'slow'" + in);
    BOOST_TEST(error_of(find_remote(from, labs, "far")) == "remote far has unsupported type: ssh");
    const auto spelled_out = find_remote(from, labs, "lab:blue").value();
    BOOST_TEST(spelled_out.name == "blue");
    BOOST_TEST(spelled_out.address == "queue blue");
    BOOST_TEST(error_of(find_remote(from, labs, "ssh:h")) ==
               "unknown remote type 'ssh'\nShow remotes by running '{program} remotes', or name "
               "one in place as lab:QUEUE.");
}

BOOST_FIXTURE_TEST_CASE(any_machine_can_be_shared_out_among_trials, user) {
    const auto from = with(R"(
slots: 2
trials-per-gpu: 3
remotes:
  plain: {type: ssh, host: h}
  box: {type: ssh, host: h, slots: 4, gpus: [2, 0], gpus-per-trial: 2}
  one: {type: ssh, host: h, gpus: 1}
  none: {type: ssh, host: h, slots: 0}
  word: {type: ssh, host: h, gpus: [a]}
)");
    const auto rules = [&](const char* name) {
        return slots_of(find_remote(from, types(), name).value());
    };
    BOOST_TEST(rules("plain").count == 0);
    BOOST_TEST(rules("plain").gpus_per_trial == 0);
    BOOST_TEST(rules("box").count == 4);
    BOOST_TEST(rules("box").gpus == (std::vector<std::int64_t>{2, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(rules("box").gpus_per_trial == 2);
    BOOST_TEST(rules("one").gpus == std::vector<std::int64_t>{1}, boost::test_tools::per_element());
    const std::string in = " (in " + from.path + ")";
    BOOST_TEST(error_of(find_remote(from, types(), "none")) ==
               "remote none: slots must be a number from 1 to 10000, not '0'" + in);
    BOOST_TEST(error_of(find_remote(from, types(), "word")) ==
               "remote word: gpus must be a list of indexes, as [0, 1]" + in);
    remote here;
    BOOST_REQUIRE(read_own_slots(from, here).has_value());
    BOOST_TEST(slots_of(here).count == 2);
    BOOST_TEST(slots_of(here).gpus_per_trial == 1);
    BOOST_TEST(slots_of(here).trials_per_gpu == 3);
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

BOOST_AUTO_TEST_SUITE_END()
