// What is told of machines: remotes, remote start, stop and status, check, doctor.
#include "tests/e2e/scene.hpp"

#include <boost/mp11/list.hpp>

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

/// The value of a line of `check`, which begins at column 28.
std::string fact(const std::string& text, const std::string& name) {
    std::string label = name + ":";
    label.append(27 - label.size(), ' ');
    const auto at = ("\n" + text).find("\n" + label);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, "no " + name + " in:\n" + text);
    const auto start = at + label.size();
    return text.substr(start, text.find('\n', start) - start);
}

/// Adds keys to the configuration of gpu1.
template <class Place>
void add_to_remote(const scene<Place>& at, const std::string& lines) {
    at.me.write_config(read_file(at.me.config()) + lines);
}

} // namespace

BOOST_AUTO_TEST_SUITE(machines)

BOOST_AUTO_TEST_CASE_TEMPLATE(check_says_what_a_remote_is, Place, places) {
    scene<Place> at;
    const auto checked = at.me.run({"check", "-r", "gpu1"});
    check_exit(checked, 0);
    BOOST_TEST(has(fact(checked.out, "remote"), "gpu1 ("));
    BOOST_TEST(checked.out.find("remote:                    gpu1 (") == 0U);
    BOOST_TEST(!fact(checked.out, "host").empty());
    BOOST_TEST(has(fact(checked.out, "guild_version"), "0.9"));
    BOOST_TEST(has(fact(checked.out, "guild_home"), at.place.guild_home()));
    BOOST_TEST(fact(checked.out, "python_version").starts_with("3."));
    BOOST_TEST(has(fact(checked.out, "platform"), "Linux "));
    BOOST_TEST(has(fact(checked.out, "disk_space"), "free of"));
    BOOST_TEST(has(fact(checked.out, "clock_offset"), "give or take"));
    BOOST_TEST(!fs::exists(at.place.guild_home() + "/runs")); // looking leaves nothing
}

BOOST_AUTO_TEST_CASE(check_says_what_this_machine_is) {
    scene<over_local> at;
    const auto checked = at.me.run({"check"});
    check_exit(checked, 0);
    BOOST_TEST(checked.out.starts_with("guild_version:             0.9"));
    BOOST_TEST(!has(checked.out, "remote:"));
    BOOST_TEST(!has(checked.out, "clock_offset"));
    BOOST_TEST(fact(checked.out, "guild_home") == at.me.guild_home());
    BOOST_TEST(fact(checked.out, "guild_resource_cache") ==
               at.me.guild_home() + "/cache/resources");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(check_works_where_python_is_broken, Place, places) {
    scene<Place> at;
    const auto tools = at.me.directory() / "tools";
    fs::create_directories(tools);
    write_file(tools + "/python3", "#!/bin/sh\necho broken interpreter >&2\nexit 3\n", 0755);
    add_to_remote(at, "    venv-activate: export PATH=" + tools + ":$PATH\n");
    const auto checked = at.me.run({"check", "-r", "gpu1"});
    check_exit(checked, 0);
    BOOST_TEST(fact(checked.out, "python_version") == "not found: broken interpreter");
    const auto examined = at.me.run({"doctor", "gpu1"});
    BOOST_TEST(has(examined.out, "WARNING  there is no python3 that works: broken interpreter\n"));
    BOOST_TEST(has(examined.out, "check venv-path, conda-env or venv-activate"));
}

BOOST_AUTO_TEST_CASE(check_shows_gpus_and_a_machine_without_python) {
    temporary_directory tools;
    for (const char* name : {"sh", "uname", "id", "ls", "cat", "mkdir", "chmod", "mv", "rm", "head",
                             "gzip", "find", "grep", "rmdir"}) {
        fs::create_symlink(fs::path("/bin") / name, tools / name);
    }
    write_file(
        tools / "nvidia-smi",
        "#!/bin/sh\ncase \"$*\" in\n*query-gpu*) echo '0, Fake A100, 40960 MiB, 3 MiB, 7 "
        "%';;\n*) echo '| NVIDIA-SMI 535.1  Driver Version: 535.1   CUDA Version: 12.2 |';;\n"
        "esac\n",
        0755);
    scene<over_local> at;
    at.me.environment["PATH"] = tools.path();
    const auto checked = at.me.run({"check", "-r", "gpu1"});
    check_exit(checked, 0);
    BOOST_TEST(fact(checked.out, "gpus") == "0, Fake A100, 40960 MiB, 3 MiB, 7 %");
    BOOST_TEST(fact(checked.out, "nvidia_version") == "535.1");
    BOOST_TEST(fact(checked.out, "cuda_version") == "12.2");
    BOOST_TEST(fact(checked.out, "python_version") == "not found: there is no program 'python3'");
    const auto examined = at.me.run({"doctor", "gpu1"});
    BOOST_TEST(has(examined.out, "install python3 there"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(doctor_is_content_with_a_plain_machine, Place, places) {
    scene<Place> at;
    const auto examined = at.me.run({"doctor", "gpu1"});
    BOOST_TEST_MESSAGE(examined.out);
    BOOST_TEST(has(examined.out, "ok       gpu1 answers as "));
    BOOST_TEST(has(examined.out, "ok       the login shell is quiet\n"));
    BOOST_TEST(has(examined.out, "ok       the agent is kept and executed in "), examined.out);
    BOOST_TEST(has(examined.out, "ok       the clock there is "));
    BOOST_TEST(has(examined.out, "ok       python3 is "));
    BOOST_TEST(examined.exit_code == (has(examined.out, "PROBLEM") ? 1 : 0));
    BOOST_TEST(!fs::exists(at.place.guild_home() + "/runs"));
}

BOOST_AUTO_TEST_CASE(doctor_looks_at_this_machine_too) {
    scene<over_local> at;
    const auto examined = at.me.run({"doctor"});
    BOOST_TEST(has(examined.out, "ok       this machine answers as "));
    BOOST_TEST(!has(examined.out, "clock"));
}

BOOST_AUTO_TEST_CASE(doctor_tells_what_a_noisy_shell_costs) {
    scene<over_ssh> at;
    const auto noisy = at.place.server.home() + "/.bashrc";
    write_file(noisy, "echo Welcome to the box\necho more noise\n");
    const auto examined = at.me.run({"doctor", "gpu1"});
    // Which start-up file a shell reads for a command differs; where it reads this one, it is told.
    if (!has(examined.out, "the login shell is quiet")) {
        BOOST_TEST(has(examined.out, "WARNING  the login shell prints 30 bytes before a command is "
                                     "run, beginning with 'Welcome to the box'\n"),
                   examined.out);
        BOOST_TEST(has(examined.out, "         cure: it is ignored here"));
    }
}

BOOST_AUTO_TEST_CASE(doctor_counts_the_channels_and_all_works_with_one) {
    scene<over_ssh> at(ssh_server_options{.config_lines = {"MaxSessions 1"}, .environment = {}});
    const auto examined = at.me.run({"doctor", "gpu1"});
    BOOST_TEST(has(examined.out, "WARNING  the server gives a single channel for one connection"));
    BOOST_TEST(has(examined.out, "MaxSessions 10"));
    scene<over_ssh> four(ssh_server_options{.config_lines = {"MaxSessions 4"}, .environment = {}});
    BOOST_TEST(has(four.me.run({"doctor", "gpu1"}).out, "WARNING  the server gives 4 channels"));
    scene<over_ssh> plain;
    BOOST_TEST(has(plain.me.run({"doctor", "gpu1"}).out, "ok       the server gives 8 channels"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(doctor_finds_what_is_wrong_with_homes, Place, places) {
    scene<Place> at;
    // A file where the home should be: nothing can be written there, not even by root.
    write_file(at.place.guild_home(), "");
    const auto examined = at.me.run({"doctor", "gpu1"});
    fs::remove(at.place.guild_home());
    BOOST_TEST(examined.exit_code == 1);
    BOOST_TEST(has(examined.out, "PROBLEM  "), examined.out);
    BOOST_TEST(has(examined.out, at.place.guild_home() + " is not a directory"), examined.out);
}

BOOST_AUTO_TEST_CASE(doctor_sees_a_small_disk_that_may_not_execute) {
    scene<over_ssh> at;
    const auto home = at.place.server.home();
    if (::mount("tmpfs", home.c_str(), "tmpfs", MS_NOEXEC, "size=30m,mode=700") != 0) {
        BOOST_TEST_MESSAGE("SKIPPED: this user cannot mount");
        return;
    }
    const auto examined = at.me.run({"doctor", "gpu1"});
    ::umount2(home.c_str(), MNT_DETACH);
    BOOST_TEST(examined.exit_code == 1);
    BOOST_TEST(has(examined.out, "WARNING  " + home + " is mounted noexec: the agent had to go to"),
               examined.out);
    BOOST_TEST(has(examined.out, "PROBLEM  30.0 MiB of 30.0 MiB are free for runs"), examined.out);
}

BOOST_AUTO_TEST_CASE(doctor_names_the_phase_in_which_a_machine_fails) {
    scene<over_ssh> at;
    const std::string config = read_file(at.me.config());
    struct example {
        std::string from;
        std::string to;
        std::string says;
        std::string cure;
    };
    make_key(at.me.directory() / "other_key");
    const example examples[] = {
        {"    host: 127.0.0.1", "    host: no-such-host.invalid",
         "PROBLEM  resolve: gpu1: ", "check 'host'"},
        {"    port: " + std::to_string(at.place.server.port()),
         "    port: " + std::to_string(free_port()), "PROBLEM  connect: gpu1: ", "sshd runs"},
        {"    private-key: " + at.place.server.user_key(),
         "    private-key: " + (at.me.directory() / "other_key"),
         "PROBLEM  login: gpu1: ", "ssh-copy-id"},
        {"    known-hosts: " + at.place.server.known_hosts(),
         "    known-hosts: " + (at.me.directory() / "none") + "\n    host-keys: strict",
         "PROBLEM  host_key: gpu1: ", "fingerprint"},
    };
    for (const auto& each : examples) {
        BOOST_TEST_CONTEXT(each.says) {
            std::string text = config;
            const auto where = text.find(each.from);
            BOOST_REQUIRE(where != std::string::npos);
            at.me.write_config(text.replace(where, each.from.size(), each.to));
            const auto examined = at.me.run({"doctor", "gpu1"});
            BOOST_TEST(examined.exit_code == 1);
            BOOST_TEST(has(examined.out, each.says), examined.out);
            BOOST_TEST(has(examined.out, "         cure: "), examined.out);
            BOOST_TEST(has(examined.out, each.cure), examined.out);
        }
    }
    check_says(at.me.run({"doctor", "nobody"}), 1, {"remote nobody is not defined"});
    check_says(at.me.run({"check", "-r", "nobody"}), 1, {"remote nobody is not defined"});
}

BOOST_AUTO_TEST_CASE(doctor_reads_the_ssh_configuration_as_ssh_does) {
    scene<over_ssh> at;
    const auto lax = at.me.directory() / "ssh_config";
    write_file(lax, at.place.server.config_block("box") + "  StrictHostKeyChecking no\n");
    at.me.write_config("remotes:\n  gpu1:\n    type: ssh\n    host: box\n    ssh-config: " + lax +
                       "\n");
    const auto examined = at.me.run({"doctor", "gpu1"});
    BOOST_TEST(has(examined.out, "WARNING  StrictHostKeyChecking is 'no' for box"), examined.out);
    BOOST_TEST(has(examined.out, "ok       gpu1 answers as "), examined.out);
}

BOOST_AUTO_TEST_CASE(doctor_misses_ssh_where_there_is_none) {
    scene<over_ssh> at;
    std::string config = read_file(at.me.config());
    const std::string none = "    ssh-config: none\n";
    at.me.write_config(config.erase(config.find(none), none.size()));
    temporary_directory tools;
    for (const auto& entry : fs::directory_iterator("/usr/bin")) {
        if (entry.path().filename() != "ssh") {
            fs::create_symlink(entry.path(), tools / entry.path().filename().native());
        }
    }
    at.me.environment["PATH"] = tools.path();
    const auto examined = at.me.run({"doctor", "gpu1"});
    BOOST_TEST(has(examined.out, "WARNING  there is no ssh on this machine"), examined.out);
    BOOST_TEST(has(examined.out, "         cure: install the OpenSSH client"), examined.out);
    BOOST_TEST(has(examined.out, "ok       gpu1 answers as "), examined.out);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reinit_runs_the_init_command_there, Place, places) {
    scene<Place> at;
    check_says(at.me.run({"remote", "start", "gpu1", "--reinit", "-y"}), 1,
               {"gpu1 cannot be reinitialized: it has no 'init' command in config.yml"});
    add_to_remote(at,
                  "    init: echo in $(basename \"$PWD\") '${home}' \"$X\"; X=1; exit $((X+6))\n");
    check_says(at.me.run({"remote", "start", "gpu1", "--reinit"}), 4,
               {"You are about to ", "gpu1", "Continue? (Y/n)", "-y"});
    const auto ran = at.me.run({"remote", "start", "gpu1", "--reinit", "-y"});
    BOOST_TEST(ran.exit_code == 7);
    BOOST_TEST(ran.out == "in home ${home} \n");
    BOOST_TEST(has(ran.err, "WARNING: the init command of gpu1 ended with exit code 7: "));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_remote_that_stands_by_itself_is_not_started_or_stopped, Place,
                              places) {
    scene<Place> at;
    check_says(at.me.run({"remote", "start", "gpu1", "-y"}), 1,
               {"gpu1 does not support this operation: start is not supported for",
                "outrider remote start gpu1 --reinit"});
    check_says(at.me.run({"remote", "stop", "gpu1", "-y"}), 1,
               {"gpu1 does not support this operation: stop is not supported for",
                "outrider stop -r gpu1"});
    check_says(at.me.run({"remote", "start", "nobody"}), 1, {"remote nobody is not defined"});
    check_says(at.me.run({"remote", "stop", "nobody"}), 1, {"remote nobody is not defined"});
    check_says(at.me.run({"remote", "status", "nobody"}), 1, {"remote nobody is not defined"});
    const auto status = at.me.run({"remote", "status", "gpu1"});
    check_exit(status, 0);
    BOOST_TEST(has(status.out, "gpu1 ("));
    BOOST_TEST(has(status.out, ") is available\n"));
}

BOOST_AUTO_TEST_CASE(an_interrupt_kills_the_init_command) {
    scene<over_ssh> at;
    add_to_remote(at, "    init: echo begun; sleep 456789\n");
    auto start = at.me.start({"remote", "start", "gpu1", "--reinit", "-y"});
    start.wait_for_out("begun\n");
    eventually("it sleeps", [] { return !processes_with("456789").empty(); });
    start.signal(SIGINT);
    BOOST_TEST(start.finish().exit_code == 130);
    eventually("it is gone", [] { return processes_with("456789").empty(); });
}

BOOST_AUTO_TEST_SUITE_END()
