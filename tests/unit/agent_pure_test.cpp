#include "engine/agent/machine/cache_directory.hpp"
#include "engine/agent/machine/descendants.hpp"
#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/slots/gpus.hpp"
#include "engine/agent/supervise/operation_words.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/text/version_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::agent;

BOOST_AUTO_TEST_SUITE(agent_pure)

BOOST_AUTO_TEST_CASE(a_process_stat_is_read_whatever_its_command_is_called) {
    const std::string tail = " S 7 8 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 304324 1 2";
    for (const char* command : {"(sh)", "(a b)", "(a) S 1 (b)", "())"}) {
        const auto got = parse_process_stat("42 " + std::string(command) + tail);
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(got->pid == 42);
        BOOST_TEST(got->state == 'S');
        BOOST_TEST(got->parent == 7);
        BOOST_TEST(got->group == 8);
        BOOST_TEST(got->session == 9);
        BOOST_TEST(got->start == 304324);
    }
    for (const char* broken : {"", "42", "42 (sh)", "42 (sh) S 1 2", ") ("}) {
        BOOST_TEST(!parse_process_stat(broken).has_value());
    }
}

BOOST_AUTO_TEST_CASE(requirements_of_python_count_as_far_as_they_are_written) {
    const std::tuple<const char*, const char*, bool> cases[] = {
        {"3.11.2", ">=3", true},      {"3.11.2", ">=9.1", false},
        {"3.9", ">=3.6,<3.10", true}, {"3.10", ">=3.6, <3.10", false},
        {"3.9.7", "==3.9", true},     {"3.9.7", "3.9", true},
        {"3.10.1", "==3.1", false},   {"3.8", "~=3.7", true},
        {"4.0", "~=3.7", false},      {"3.7.1", "!=3.7.1", false},
        {"3.7.2", "!=3.7.1", true},   {"3.7.2", ">3.7.1", true},
        {"3.7", "<=3.7", true},       {"3.7", "recent", false},
        {"", ">=3", false},           {"3.9.1 (main, x)", ">=3.9", true}};
    for (const auto& [version, requirement, fits] : cases) {
        BOOST_TEST(fits_version(version, requirement) == fits, version << " " << requirement);
    }
}

BOOST_AUTO_TEST_CASE(an_environment_loses_what_is_named_a_secret) {
    const environment_map environment{{"A", "1"}, {"MINE", "2"}, {"API_TOKEN", "3"}};
    BOOST_TEST((public_environment(environment, {"MINE"}) == environment_map{{"A", "1"}}));
}

BOOST_AUTO_TEST_CASE(a_process_is_marked_for_a_run_by_its_environment) {
    const auto environment = [](std::initializer_list<std::string> variables) {
        std::string out;
        for (const auto& each : variables) {
            out += each + '\0';
        }
        return out;
    };
    const run_processes unique{.run_id = "0123456789abcdef0123456789abcdef", .directory = "/h/x"};
    const std::string id = "RUN_ID=" + unique.run_id;
    BOOST_TEST(is_marked_for(unique, environment({"A=1", id})));
    BOOST_TEST(is_marked_for(unique, environment({id, "RUN_DIR=/copied/x"})));
    BOOST_TEST(!is_marked_for(unique, environment({"MY_" + id})));
    BOOST_TEST(!is_marked_for(unique, environment({id + "0"})));
    BOOST_TEST(!is_marked_for(unique, ""));
    // Of runs in directories that people named, many have the same name.
    const run_processes named{.run_id = "out", .directory = "/"};
    BOOST_TEST(is_marked_for(named, environment({"RUN_ID=out", "RUN_DIR=/"})));
    BOOST_TEST(is_marked_for(named, environment({"RUN_ID=out", "RUN_DIR=/tmp/.."})));
    BOOST_TEST(is_marked_for(named, environment({"RUN_ID=out"})));
    BOOST_TEST(!is_marked_for(named, environment({"RUN_ID=out", "RUN_DIR=/tmp"})));
}

BOOST_AUTO_TEST_CASE(this_process_is_alive_and_another_start_time_is_another_process) {
    auto mark = own_mark();
    BOOST_TEST(is_alive(mark));
    BOOST_TEST(start_time_us(mark.start) <= now_us());
    BOOST_TEST(start_time_us(mark.start) > now_us() - 3'600'000'000LL);
    ++mark.start;
    BOOST_TEST(!is_alive(mark));
    BOOST_TEST(!is_alive({}));
}

BOOST_AUTO_TEST_CASE(credentials_are_recognised_by_name_or_url) {
    for (const char* name :
         {"PASSWORD", "my_password", "HF_TOKEN", "hub_Token_2", "CLIENT_SECRET", "OPENAI_API_KEY",
          "WANDB_APIKEY", "AWS_SESSION", "aws_region", "GOOGLE_APPLICATION_CREDENTIALS", "SSH_KEY",
          "DB_PASSWD", "PRIVATE_KEY_FILE", "PGPASSFILE", "GIT_PAT"}) {
        BOOST_TEST(looks_secret(name, "x"), name);
    }
    for (const char* name : {"PATH", "HOME", "KEYBOARD", "PYTHONPATH", "MONKEY", "FLAG_SECONDS"}) {
        BOOST_TEST(!looks_secret(name, "/usr/bin:/bin"), name);
    }
    BOOST_TEST(looks_secret("http_proxy", "http://user:pw@proxy:3128"));
    BOOST_TEST(!looks_secret("http_proxy", "http://proxy:3128/a@b"));
    BOOST_TEST(!looks_secret("http_proxy", "http://user@proxy:3128"));
}

BOOST_AUTO_TEST_CASE(only_known_variables_are_replaced) {
    const run_substitutions values{.python_exe = "/usr/bin/python3",
                                   .run_dir = "/r/${home}",
                                   .support_dir = "/s",
                                   .home = "/h"};
    BOOST_TEST(substitute("${python_exe} ${other} $HOME ${", values) ==
               "/usr/bin/python3 ${other} $HOME ${");
    BOOST_TEST(substitute("${support_dir}:${support_dir}", values) == "/s:/s");
    BOOST_TEST(substitute("plain", values) == "plain");
}

BOOST_AUTO_TEST_CASE(a_replaced_value_is_not_replaced_again) {
    const run_substitutions values{.run_dir = "/r/${home}", .home = "/h"};
    BOOST_TEST(substitute("${run_dir}", values) == "/r/${home}");
}

BOOST_AUTO_TEST_CASE(the_environment_of_an_operation_says_where_its_run_is) {
    const auto got = operation_environment(
        {{"_", "/usr/bin/agent"}, {"PYTHONPATH", "/inherited"}, {"KEEP", "1"}, {"A", "old"}},
        {{"PYTHONPATH", ".:${support_dir}"}, {"A", "${run_dir}"}},
        {.run_dir = "/h/runs/abc", .support_dir = "/s", .home = "/h"});
    const environment_map expected{{"PYTHONPATH", ".:/s:/inherited"},
                                   {"KEEP", "1"},
                                   {"A", "/h/runs/abc"},
                                   {"RUN_DIR", "/h/runs/abc"},
                                   {"RUN_ID", "abc"},
                                   {"GUILD_HOME", "/h"},
                                   {"PWD", "/h/runs/abc"}};
    BOOST_CHECK(got == expected);
}

BOOST_AUTO_TEST_CASE(a_captured_environment_may_hold_line_feeds_and_equal_signs) {
    const auto got = parse_environment(std::string("A=1\n2\0B==\0=x\0none\0C=", 20));
    const environment_map expected{{"A", "1\n2"}, {"B", "="}, {"C", ""}};
    BOOST_CHECK(got == expected);
}

BOOST_AUTO_TEST_CASE(homes_are_relative_to_the_users_home_directory) {
    BOOST_TEST(resolve_home("", "/home/ada") == "/home/ada/.guild");
    BOOST_TEST(resolve_home(".guild", "/home/ada") == "/home/ada/.guild");
    BOOST_TEST(resolve_home("~/g", "/home/ada") == "/home/ada/g");
    BOOST_TEST(resolve_home("~", "/home/ada") == "/home/ada");
    BOOST_TEST(resolve_home("/srv/g/", "/home/ada") == "/srv/g/");
}

BOOST_AUTO_TEST_CASE(a_name_with_more_than_one_component_is_not_safe) {
    for (const char* name : {"", ".", "..", "a/b", "/"}) {
        BOOST_TEST(!is_safe_name(name));
    }
    BOOST_TEST(!is_safe_name(std::string_view("a\0b", 3)));
    BOOST_TEST(!is_safe_name(std::string(256, 'a')));
    for (const char* name : {"a", ".hidden", "...", "9eb29cd1", "a b"}) {
        BOOST_TEST(is_safe_name(name));
    }
}

BOOST_AUTO_TEST_CASE(the_cache_of_a_deployed_agent_is_two_levels_above_it) {
    BOOST_TEST(cache_directory_for("/x/cache/agents/HASH/outrider-agent", "/root") == "/x/cache");
    BOOST_TEST(cache_directory_for("/x/cache/agents/HASH/other", "/root") != "/x/cache");
    BOOST_TEST(cache_directory_for("/usr/bin/outrider-agent", "/root") != "/usr");
}

BOOST_AUTO_TEST_CASE(hashes_are_canonical) {
    BOOST_TEST(outrider::protocol::hash_of("") == "99aa06d3014798d86001c324468d497f");
}

BOOST_AUTO_TEST_CASE(modules_are_executed_by_what_no_file_of_the_project_can_replace) {
    using list = std::vector<std::string>;
    const list command{"/usr/bin/python3", "-um", "guild.op_main", "m", "--", "--x", "1"};
    const auto made = words_to_execute(command, ".:/c/python-1:/own/lib", "/c/python-");
    BOOST_TEST(made.words == (list{"/usr/bin/python3", "-u", "/c/python-1/guild/op_start.py", "m",
                                   "--", "--x", "1"}),
               boost::test_tools::per_element());
    BOOST_TEST(made.variables.at("PYTHONPATH") == "/c/python-1:/own/lib");
    BOOST_TEST(made.variables.at("GUILD_PYTHONPATH") == ".:/c/python-1:/own/lib");
    // What does not name our files is none of our modules.
    BOOST_TEST(words_to_execute(command, ".:/own", "/c/python-").words == command,
               boost::test_tools::per_element());
    const list shell{"sh", "-c", "echo"};
    BOOST_TEST(words_to_execute(shell, ".:/c/python-1", "/c/python-").words == shell,
               boost::test_tools::per_element());
    BOOST_TEST(words_to_execute(shell, ".:/c/python-1", "/c/python-").variables.empty());
}

BOOST_AUTO_TEST_CASE(the_driver_tells_gpus_and_who_computes_on_them) {
    const auto got =
        read_gpus("0, GPU-a\n1, GPU-b\n", "GPU-b, 12\nGPU-b, [N/A]\nGPU-gone, 3\n").value();
    BOOST_REQUIRE(got.size() == 2U);
    BOOST_TEST(got[0].index == 0);
    BOOST_TEST(got[0].uuid == "GPU-a");
    BOOST_TEST(got[0].pids.empty());
    BOOST_TEST(got[1].pids == (std::vector<std::int64_t>{12, 0}), boost::test_tools::per_element());
    BOOST_TEST(read_gpus("No devices were found\n", "").value().empty());
    BOOST_TEST(!read_gpus("x, GPU-a\n", ""));
}

BOOST_AUTO_TEST_SUITE_END()
