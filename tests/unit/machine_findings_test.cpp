#include "engine/commands/machines/check_facts.hpp"
#include "engine/commands/machines/machine_findings.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace outrider;
using namespace std::chrono_literals;

namespace {

protocol::directory_facts place(const std::string& path) {
    return {.path = path,
            .exists = true,
            .writable = true,
            .file_system = "ext4",
            .free_bytes = std::int64_t{50} << 30,
            .total_bytes = std::int64_t{100} << 30,
            .free_files = 1'000'000,
            .total_files = 2'000'000};
}

// A machine where nothing is wrong.
machine_survey healthy() {
    machine_survey out;
    out.to.name = "gpu1";
    out.to.type = "ssh";
    out.to.address = "gpu1.example";
    out.hello.machine.user = "ann";
    out.hello.machine.host_name = "box";
    out.hello.machine.home = "/home/ann";
    out.hello.machine.system = "Linux 6.1";
    out.hello.machine.architecture = "x86_64";
    out.hello.machine.cache_directory = "/home/ann/.cache/outrider";
    out.report.user_home = place("/home/ann");
    out.report.guild_home = place("/home/ann/.guild");
    out.report.cache = place("/home/ann/.cache/outrider");
    out.report.temporary = place("/tmp");
    out.report.umask = 022;
    out.report.logout = "stay";
    out.clock = clock_offset{.ahead = 20ms, .uncertainty = 1ms};
    out.python = python_facts{.version = "3.11.2 (main)", .executable = "/usr/bin/python3"};
    out.channels = 8;
    return out;
}

using change = void (*)(machine_survey&);

finding named(const machine_survey& survey, const std::string& name) {
    const auto all = findings_of(survey);
    const auto found = std::ranges::find(all, name, &finding::name);
    BOOST_REQUIRE_MESSAGE(found != all.end(), "no finding " + name);
    return *found;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(machine_findings)

BOOST_AUTO_TEST_CASE(nothing_is_wrong_with_a_healthy_machine) {
    for (const auto& found : findings_of(healthy())) {
        BOOST_TEST((found.level == finding_level::good), found.what);
        BOOST_TEST(found.cure.empty());
    }
}

BOOST_AUTO_TEST_CASE(each_fault_is_found_with_its_cure_and_nothing_else) {
    struct example {
        const char* name;
        finding_level level;
        change make;
        const char* says;
        const char* cure;
    };
    const auto warns = finding_level::warning;
    const auto wrong = finding_level::problem;
    const example examples[] = {
        {"shell", warns,
         [](auto& s) { s.shell = {.noise_bytes = 120, .noise = "\nWelcome to box\nmore"}; },
         "120 bytes before a command is run, beginning with 'Welcome to box'", "[ -t 1 ]"},
        {"agent", warns, [](auto& s) { s.report.user_home.executes = false; }, "mounted noexec",
         "without noexec"},
        {"agent", warns,
         [](auto& s) {
             s.hello.machine.cache_directory = "/var/tmp/outrider-1000";
             s.report.user_home.writable = false;
         },
         "it had to go to /var/tmp/outrider-1000", "XDG_CACHE_HOME"},
        {"guild_home", wrong, [](auto& s) { s.report.guild_home.writable = false; },
         "nothing can be written to /home/ann/.guild", "chown"},
        {"guild_home", wrong, [](auto& s) { s.report.guild_home.blocked = true; },
         "/home/ann/.guild is not a directory", "remove it"},
        {"guild_home", warns, [](auto& s) { s.report.guild_home.owner = "1001"; },
         "belongs to user 1001, not to ann", "chown"},
        {"guild_home", finding_level::good, [](auto& s) { s.report.guild_home.exists = false; },
         "does not exist yet", ""},
        {"shared_home", warns,
         [](auto& s) {
             s.report.guild_home.shared = true;
             s.report.guild_home.file_system = "nfs";
         },
         "is on nfs", "local disk"},
        {"disk_space", warns, [](auto& s) { s.report.guild_home.free_bytes = 1 << 30; },
         "1.0 GiB of 100.0 GiB are free", "free some space"},
        {"disk_space", wrong, [](auto& s) { s.report.guild_home.free_bytes = 5 << 20; },
         "5.0 MiB of", "free some space"},
        {"disk_space", warns, [](auto& s) { s.report.guild_home.free_files = 20'000; },
         "only 20000 more files", "inodes"},
        {"disk_space", wrong, [](auto& s) { s.report.guild_home.free_files = 3; },
         "only 3 more files", "inodes"},
        {"cache_space", wrong, [](auto& s) { s.report.cache.free_bytes = 0; }, "are free for the",
         "free some space"},
        {"temporary", wrong, [](auto& s) { s.report.temporary.writable = false; }, "/tmp",
         "TMPDIR"},
        {"temporary", wrong, [](auto& s) { s.report.temporary.exists = false; }, "does not exist",
         "TMPDIR"},
        {"umask", warns, [](auto& s) { s.report.umask = 002; }, "002", "umask 022"},
        {"umask", wrong, [](auto& s) { s.report.umask = 0777; }, "777", "umask 022"},
        {"umask", finding_level::good, [](auto& s) { s.report.umask = 077; }, "077", ""},
        {"clock", warns, [](auto& s) { s.clock->ahead = -3s; }, "3.000 s behind", "set-ntp"},
        // Not surely beyond the limit.
        {"clock", finding_level::good,
         [](auto& s) { s.clock = clock_offset{.ahead = 3s, .uncertainty = 1500ms}; },
         "3.000 s ahead", ""},
        {"python", warns,
         [](auto& s) {
             s.python.reset();
             s.python_failure = "there is no program 'python3'";
         },
         "there is no program 'python3'", "install python3"},
        {"python", warns,
         [](auto& s) {
             s.python.reset();
             s.to.venv_path = "/venv";
         },
         "no python3 that works", "check venv-path"},
        {"activation", wrong,
         [](auto& s) {
             s.python.reset();
             s.activation_failure = "the activation of the environment failed: 'conda activate x' "
                                    "ended with exit code 1; check venv-path";
         },
         "'conda activate x' ended with exit code 1", "mend venv-path, conda-env"},
        {"logout", wrong, [](auto& s) { s.report.logout = "warn"; }, "last login ends",
         "loginctl enable-linger ann"},
        {"logout", finding_level::good, [](auto& s) { s.report.logout = "enter_scope"; },
         "scope of their own", ""},
        {"channels", warns, [](auto& s) { s.channels = 1; }, "a single channel", "MaxSessions"},
        {"channels", warns, [](auto& s) { s.channels = 4; }, "4 channels", "MaxSessions"},
    };
    for (const auto& each : examples) {
        BOOST_TEST_CONTEXT(each.name << ": " << each.says) {
            auto survey = healthy();
            each.make(survey);
            const auto found = named(survey, each.name);
            BOOST_TEST((found.level == each.level));
            BOOST_TEST(has(found.what, each.says), found.what);
            BOOST_TEST(has(found.cure, each.cure), found.cure);
            BOOST_TEST(found.cure.empty() == (each.level == finding_level::good));
            const auto all = findings_of(survey);
            BOOST_TEST(std::ranges::count_if(all, [](const finding& any) {
                           return any.level != finding_level::good;
                       }) == (each.level == finding_level::good ? 0 : 1));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_is_not_told) {
    auto survey = healthy();
    survey.is_here = true;
    survey.clock.reset();
    survey.channels.reset();
    for (const auto& found : findings_of(survey)) {
        BOOST_TEST(found.name != "clock");
        BOOST_TEST(found.name != "channels");
    }
    BOOST_TEST(has(named(survey, "connection").what, "this machine answers as ann@box"));
}

BOOST_AUTO_TEST_CASE(a_failed_connection_names_its_phase) {
    const std::string by_hand = "ssh -p 2222 ann@box.example";
    const std::pair<failure, const char*> examples[] = {
        {{errc::resolve_failed, "no such host"}, "resolve"},
        {{errc::connect_failed, "connection refused"}, "connect"},
        {{errc::timed_out, "no answer within 10 s"}, "connect"},
        {{errc::timed_out, "the login shell there gave no answer"}, "shell"},
        {{errc::authentication_failed, "no key"}, "login"},
        {{errc::host_key_unknown, "unknown"}, "host_key"},
        {{errc::host_key_changed, "changed"}, "host_key"},
        {{errc::agent_unusable, "the login shell there prints without end"}, "shell"},
        {{errc::agent_unusable, "no directory on gpu1 may hold"}, "agent"},
        {{errc::unsupported, "no agent runs on this kind of machine"}, "agent"},
        {{errc::protocol_violation, "nonsense"}, "connection"},
    };
    for (const auto& [why, phase] : examples) {
        const auto found = finding_of(why, by_hand);
        BOOST_TEST_CONTEXT(why.context) {
            BOOST_TEST(found.name == phase);
            BOOST_TEST((found.level == finding_level::problem));
            BOOST_TEST(has(found.what, why.context));
            BOOST_TEST(!found.cure.empty());
        }
    }
    BOOST_TEST(has(finding_of({errc::connect_failed, "x"}, by_hand).cure, by_hand));
}

BOOST_AUTO_TEST_CASE(check_has_the_names_of_guild_in_its_order) {
    auto survey = healthy();
    survey.hello.build = "abc";
    survey.gpus = {"0, A100, 40960 MiB, 3 MiB, 0 %", "1, A100, 40960 MiB, 3 MiB, 0 %"};
    const auto facts = facts_of(survey);
    const std::vector<std::string> first{
        "guild_version",     "guild_install_location", "guild_home", "guild_resource_cache",
        "installed_plugins", "python_version",         "python_exe", "platform"};
    for (std::size_t i = 0; i < first.size(); ++i) {
        BOOST_TEST(facts.at(i).name == first[i]);
    }
    const auto value = [&](const std::string& name) {
        const auto found = std::ranges::find(facts, name, &machine_fact::name);
        return found == facts.end() ? std::string("(none)") : found->value;
    };
    BOOST_TEST(value("guild_resource_cache") == "/home/ann/.guild/cache/resources");
    BOOST_TEST(value("platform") == "Linux 6.1 x86_64");
    BOOST_TEST(value("psutil_version") == "not installed");
    BOOST_TEST(value("disk_space") == "50.0 GiB free of 100.0 GiB (/home/ann/.guild, ext4)");
    BOOST_TEST(value("clock_offset") == "0.020 s ahead (give or take 0.001 s)");
    BOOST_TEST(value("gpus") == survey.gpus[0] + "\n" + survey.gpus[1]);
    survey.gpus.clear();
    survey.gpu_failure = "driver mismatch";
    survey.python.reset();
    survey.python_failure = "there is no program 'python3'";
    const auto without = facts_of(survey);
    BOOST_TEST(std::ranges::any_of(without, [](const machine_fact& fact) {
        return fact.value == "not found: there is no program 'python3'";
    }));
    BOOST_TEST(std::ranges::any_of(without, [](const machine_fact& fact) {
        return fact.value == "not known: driver mismatch";
    }));
}

BOOST_AUTO_TEST_SUITE_END()
