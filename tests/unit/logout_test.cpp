#include "engine/agent/machine/logout.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace outrider::agent;
using outrider::testing::read_file;
using outrider::testing::temporary_directory;
using outrider::testing::write_file;
namespace fs = std::filesystem;

namespace {

struct plan_case {
    session_scope place;
    bool kills;
    bool lingers;
    logout_plan plan;
};
using enum session_scope;
const plan_case plans[] = {
    {none, true, false, logout_plan::stay},          {none, true, true, logout_plan::stay},
    {login, false, false, logout_plan::stay},        {login, false, true, logout_plan::stay},
    {login, true, false, logout_plan::warn},         {login, true, true, logout_plan::enter_scope},
    {user_manager, false, false, logout_plan::warn}, {user_manager, true, true, logout_plan::stay},
};

struct place_case {
    const char* text;
    session_scope place;
};
const place_case places[] = {
    {"0::/user.slice/user-1000.slice/session-3.scope\n", login},
    {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n", user_manager},
    {"0::/system.slice/ssh.service\n", none},
    {"0::/\n", none},
    {"", none},
    {"nonsense", none},
    {"0::/docker/session-box\n", none},
    {"2:cpu:/session-1.scope\n1:name=systemd:/user.slice/user-1.slice/session-c2.scope\n", login},
    {"2:cpu:/user.slice/session-1.scope\n1:name=systemd:/system.slice/cron.service\n", none},
};

struct settings_case {
    const char* text;
    const char* user;
    bool kills;
};
const settings_case settings[] = {
    {"", "ann", false},
    {"[Login]\nKillUserProcesses=yes\n", "ann", true},
    {"[Login]\nKillUserProcesses=yes\n", "root", false},
    {"[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n", "root", true},
    {"[Login]\nKillUserProcesses=no\n", "ann", false},
    {"[Login]\n#KillUserProcesses=yes\n", "ann", true},
    {"[Login]\n#KillUserProcesses=yes\nKillUserProcesses = no\n", "ann", false},
    {"[Login]\nKillUserProcesses=no\n#KillUserProcesses=yes\n", "ann", false},
    {"[Other]\nKillUserProcesses=yes\n", "ann", false},
    {"[Login]\nKillUserProcesses=perhaps\n", "ann", false},
    {"[Login]\nKillUserProcesses=yes\nKillExcludeUsers=root ann\n", "ann", false},
    {"[Login]\nKillOnlyUsers=bob ann\n", "ann", true},
    {"[Login]\nKillUserProcesses=yes\nKillOnlyUsers=bob\n", "ann", false},
};

} // namespace

BOOST_AUTO_TEST_SUITE(logout)

BOOST_AUTO_TEST_CASE(a_supervisor_moves_or_warns_only_where_its_end_is_certain) {
    for (const auto& c : plans) {
        const logout_facts facts{
            .place = c.place, .kills_processes = c.kills, .lingers = c.lingers};
        BOOST_TEST_CONTEXT("case " << &c - plans)
        BOOST_TEST((plan_for_logout(facts) == c.plan));
    }
}

BOOST_AUTO_TEST_CASE(control_groups_tell_a_login_from_a_service) {
    for (const auto& c : places) {
        BOOST_TEST((place_in_cgroups(c.text) == c.place), c.text);
    }
}

BOOST_AUTO_TEST_CASE(logind_is_told_by_settings_and_by_the_defaults_in_comments) {
    for (const auto& c : settings) {
        logind_settings read;
        read_logind_settings(c.text, read);
        BOOST_TEST(kills_processes_of(c.user, read) == c.kills, c.text);
    }
}

BOOST_AUTO_TEST_CASE(facts_come_from_files_and_drop_ins_win_by_name) {
    temporary_directory root;
    const auto facts = [&] { return read_logout_facts("ann", root.path()); };
    root.write("proc/self/cgroup", "0::/user.slice/user-1.slice/session-1.scope\n");
    root.write("etc/systemd/logind.conf", "[Login]\nKillUserProcesses=yes\n");
    BOOST_TEST((facts().place == none)); // no systemd
    fs::create_directories(root / "run/systemd/system");
    BOOST_TEST((facts().place == login));
    BOOST_TEST(facts().kills_processes);
    BOOST_TEST(!facts().lingers);
    root.write("usr/lib/systemd/logind.conf.d/10-a.conf", "[Login]\nKillUserProcesses=no\n");
    BOOST_TEST(!facts().kills_processes);
    root.write("etc/systemd/logind.conf.d/10-a.conf", "[Login]\nKillUserProcesses=yes\n");
    BOOST_TEST(facts().kills_processes);
    root.write("var/lib/systemd/linger/ann", "");
    BOOST_TEST(facts().lingers);
    BOOST_TEST(logout_warning("ann", "gpu1").find("loginctl enable-linger ann") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_scope_is_asked_for_with_the_pid_of_the_caller) {
    temporary_directory place;
    const std::string program = place / "busctl";
    write_file(program, "#!/bin/sh\necho \"$@\" > '" + (place / "asked") + "'\n", 0700);
    BOOST_TEST(!!enter_user_scope("r1", program));
    const std::string asked = read_file(place / "asked");
    BOOST_TEST(asked.find("outrider-r1.scope") != std::string::npos);
    BOOST_TEST(asked.find("PIDs au 1 " + std::to_string(::getpid()) + " ") != std::string::npos);
    write_file(program, "#!/bin/sh\nexit 1\n", 0700);
    BOOST_TEST(!enter_user_scope("r1", program));
    BOOST_TEST(!enter_user_scope("r1", place / "missing"));
}

BOOST_AUTO_TEST_SUITE_END()
