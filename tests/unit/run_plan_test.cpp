#include "engine/project/captured_program.hpp"
#include "engine/project/digest.hpp"
#include "engine/project/git.hpp"
#include "engine/project/run_plan.hpp"
#include "engine/text/yaml_value.hpp"
#include "tests/support/caller_environment.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace outrider;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view sleep_project = "sleep:\n"
                                           "  flags-dest: globals\n"
                                           "  flags-import: no\n"
                                           "  flags:\n"
                                           "    seconds: 1\n";

/// A project and requests to run its operations.
struct project {
    testing::temporary_directory scratch;
    run_request request;

    project() {
        request.context.directory = scratch.path().native();
        request.context.environment = {{"PATH", std::getenv("PATH")}, {"HOME", "/nonexistent"}};
        request.run_id = std::string(32, 'a');
        request.now_us = 1'700'000'000'000'000;
    }
    result<run_plan> plan(const std::string& operation, std::vector<std::string> flags = {}) {
        request.command.operation = operation;
        request.command.flags = std::move(flags);
        return plan_run(request);
    }
    run_plan planned(const std::string& operation, std::vector<std::string> flags = {}) {
        auto got = plan(operation, std::move(flags));
        BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
        return std::move(*got);
    }
    std::string error_of(const std::string& operation, std::vector<std::string> flags = {}) {
        const auto got = plan(operation, std::move(flags));
        return got ? "no error" : got.error().context;
    }
    void git(std::vector<std::string> words) const {
        words.insert(words.begin(), {"git", "-C", scratch.path().native(), "-c", "user.name=t",
                                     "-c", "user.email=t@t", "-c", "init.defaultBranch=main"});
        const auto done =
            capture_program(words, request.context.environment, std::chrono::seconds(30));
        BOOST_REQUIRE(done.has_value());
        BOOST_REQUIRE_EQUAL(done->exit_status, 0);
    }
};

std::vector<std::string> paths_of(const run_plan& plan) {
    std::vector<std::string> out;
    for (const auto& file : plan.sources) {
        out.push_back(file.path);
    }
    return out;
}

json::value attribute(const run_plan& plan, const char* name) {
    return read_yaml(plan.start.attributes.at(name), name).value();
}

using list = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(run_plans)

BOOST_FIXTURE_TEST_CASE(a_remote_run_is_planned_whole, project) {
    scratch.write("guild.yml", sleep_project);
    scratch.write("sleep.py", "import time\nseconds = 1\n");
    request.remote = true;
    request.command.remote = "lab";
    request.command.tags = {"b", "a", "b"};
    const auto plan = planned("sleep", {"seconds=5"});
    const std::string hash = hex_digest(digest_kind::md5, scratch / "guild.yml").substr(0, 8);
    BOOST_TEST(plan.operation == "sleep");
    BOOST_TEST(plan.distribution == "gpkg.anonymous-" + hash);
    BOOST_TEST(plan.wheel == "gpkg.anonymous_" + hash + "-0.0.0-py2.py3-none-any.whl");
    BOOST_TEST(plan.start.opref == "package:gpkg.anonymous-" + hash + " 0.0.0 '' sleep");
    BOOST_REQUIRE_EQUAL(plan.flags.size(), 1U);
    BOOST_TEST(plan.flags[0].value == "5");
    BOOST_TEST(paths_of(plan) == (list{"guild.yml", "sleep.py"}));
    BOOST_TEST(plan.start.command ==
                   (list{"${python_exe}", "-um", "guild.op_main", "sleep", "--", "--seconds", "5"}),
               boost::test_tools::per_element());
    const std::map<std::string, std::string> environment{{"CMD_DIR", scratch.path().native()},
                                                         {"FLAGS_DEST", "globals"},
                                                         {"FLAG_SECONDS", "5"},
                                                         {"GUILD_OP", "sleep"},
                                                         {"GUILD_PLUGINS", ""},
                                                         {"GUILD_SOURCECODE", "."},
                                                         {"LOG_LEVEL", "20"},
                                                         {"PYTHONPATH", ".:${support_dir}"},
                                                         {"PYTHONUNBUFFERED", "1"}};
    BOOST_CHECK(plan.start.environment == environment);
    BOOST_TEST(plan.start.attributes.at("flags") == "seconds: 5\n");
    BOOST_TEST(plan.start.attributes.at("label") == "b a seconds=5\n");
    BOOST_TEST(plan.start.attributes.at("tags") == "- b\n- a\n");
    BOOST_TEST(plan.start.attributes.at("initialized") == "1700000000000000\n");
    BOOST_TEST(plan.start.attributes.at("plugins") == "[]\n");
    BOOST_TEST(attribute(plan, "run_params").at("flags").at(0).as_string() == "seconds=5");
    BOOST_TEST(attribute(plan, "run_params").as_object().size() == 54U);
    BOOST_TEST(attribute(plan, "op").at("op-cmd").at("flags-dest").as_string() == "globals");
    BOOST_TEST(!plan.start.attributes.contains("started"));
    BOOST_TEST(!plan.start.attributes.contains("vcs_commit"));
    BOOST_TEST(plan.start.flags == (list{"seconds=5"}));
}

BOOST_FIXTURE_TEST_CASE(a_local_run_names_the_guild_file, project) {
    scratch.write("guild.yml", sleep_project);
    request.context.environment["PYTHONPATH"] = "/mine";
    const auto plan = planned("sleep");
    const std::string version = hex_digest(digest_kind::md5, sleep_project);
    BOOST_TEST(plan.start.opref ==
               "guildfile:" + scratch / "guild.yml" + " " + version + " '' sleep");
    BOOST_TEST(plan.start.environment.at("PROJECT_DIR") == scratch.path().native());
    BOOST_TEST(plan.start.environment.at("PYTHONPATH") == ".:${support_dir}:/mine");
}

BOOST_FIXTURE_TEST_CASE(an_operation_without_flags_has_no_label, project) {
    scratch.write("guild.yml", "error: {flags-import: no}\n");
    BOOST_TEST(!planned("error").start.attributes.contains("label"));
    request.command.label = "mine";
    BOOST_TEST(planned("error").start.attributes.at("label") == "mine\n");
}

BOOST_FIXTURE_TEST_CASE(packages_and_models_have_names_of_their_own, project) {
    request.remote = true;
    scratch.write("guild.yml", "- package: gpkg.my_pkg\n  version: 1.2\n"
                               "- model: m\n  operations: {a: {}}\n");
    const auto plan = planned("a");
    BOOST_TEST(plan.start.opref == "package:gpkg.my-pkg 1.2 m a");
    BOOST_TEST(plan.wheel == "gpkg.my_pkg-1.2-py2.py3-none-any.whl");
    BOOST_TEST(plan.operation == "m:a");
    scratch.write("guild.yml", "- model: hello\n  operations: {a: {}}\n");
    BOOST_TEST(planned("a").start.opref == "package:hello 0.0.0 hello a");
}

BOOST_FIXTURE_TEST_CASE(the_manifest_and_the_digests_follow_the_format, project) {
    scratch.write("guild.yml", "op: {sourcecode: {dest: src, root: code}}\n");
    scratch.write("code/b c.py", "2\n");
    scratch.write("code/a.py", "1\n");
    const auto plan = planned("op");
    BOOST_TEST(plan.start.manifest ==
               "s src/a.py e5fa44f2b31c1fb553b6021e7360d07d5d91ff5e code/a.py\n"
               "s 'src/b c.py' 7448d8798a4380162d4b56f9b452e2f6f9e24e7a 'code/b c.py'\n");
    const std::string content("src/a.py\0"
                              "1\n\0"
                              "src/b c.py\0"
                              "2\n\0",
                              26);
    BOOST_TEST(plan.start.attributes.at("sourcecode_digest") ==
               hex_digest(digest_kind::md5, content) + "\n");
    BOOST_TEST(plan.start.environment.at("PYTHONPATH") == "src:.:${support_dir}");
    BOOST_TEST(plan.start.environment.at("GUILD_SOURCECODE") == "src");
    BOOST_TEST(plan.sources[0].size == 2);
    BOOST_TEST(plan.sources[0].absolute == scratch / "code/a.py");
}

BOOST_FIXTURE_TEST_CASE(the_package_changes_with_paths_modes_and_contents_only, project) {
    scratch.write("guild.yml", sleep_project);
    const std::string file = scratch.write("a.py", "1\n");
    const auto first = planned("sleep").package;
    BOOST_TEST(first.size() == 64U);
    BOOST_TEST(planned("sleep", {"seconds=2"}).package == first);
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::hours(1));
    BOOST_TEST(planned("sleep").package == first);
    ::chmod(file.c_str(), 0755);
    const auto executable = planned("sleep").package;
    BOOST_TEST(executable != first);
    scratch.write("a.py", "2\n");
    BOOST_TEST(planned("sleep").package != executable);
}

BOOST_FIXTURE_TEST_CASE(outside_git_only_small_text_outside_odd_directories_is_source, project) {
    scratch.write("guild.yml", sleep_project);
    scratch.write("a.py", "x");
    scratch.write("sub/b.py", "x");
    scratch.write("big.txt", std::string((1 << 20) + 1, 'x'));
    scratch.write("data.bin", std::string("a\0b", 3));
    scratch.write(".hidden/c.py", "x");
    scratch.write("venv/bin/activate", "x");
    scratch.write("venv/d.py", "x");
    scratch.write("skip/.guild-nocopy", "");
    scratch.write("skip/e.py", "x");
    scratch.write("build/f.py", "x");
    scratch.write("p.egg-info/g", "x");
    scratch.write("__pycache__/h", "x");
    BOOST_TEST(paths_of(planned("sleep")) == (list{"a.py", "guild.yml", "sub/b.py"}),
               boost::test_tools::per_element());
    for (int i = 0; i < 120; ++i) {
        scratch.write("many/" + std::to_string(i), "x");
    }
    const auto plan = planned("sleep");
    BOOST_TEST(plan.sources.size() == 100U);
    BOOST_TEST(plan.notes.empty()); // what is not copied is said when the rest is
    BOOST_REQUIRE_EQUAL(plan.start_notes.size(), 2U);
    BOOST_TEST(
        plan.start_notes[0].starts_with("Skipping source code file big.txt because it's too big."));
    BOOST_TEST(plan.start_notes[1].starts_with("Found more than 100 source code files"));
    request.command.print_cmd = true;
    BOOST_TEST(planned("sleep").start_notes.empty());
}

BOOST_FIXTURE_TEST_CASE(what_every_run_has_is_no_attribute_of_a_project, project) {
    scratch.write("guild.yml", "a: {exec: ls, run-attrs: {id: 1, mine: 2}}\n");
    const auto plan = planned("a");
    BOOST_TEST((plan.notes == list{"Invalid run attribute 'id' (reserved attribute) - ignoring"}));
    BOOST_TEST(plan.start.attributes.at("opdef_attrs") == "mine: 2\n");
}

BOOST_FIXTURE_TEST_CASE(a_command_is_shown_whatever_is_required, project) {
    scratch.write("guild.yml", "a: {exec: ls -l, requires: [{dvcfile: d}]}\n");
    BOOST_TEST(error_of("a") == "dependencies: 'dvcfile' is not there yet");
    request.command.print_cmd = true;
    BOOST_TEST((planned("a").start.command == list{"ls", "-l"}));
}

BOOST_FIXTURE_TEST_CASE(rules_select_on_top_of_the_default, project) {
    scratch.write("a.py", "x");
    scratch.write("a.md", "x");
    scratch.write("data.bin", std::string("a\0b", 3));
    scratch.write("sub/b.py", "x");
    scratch.write("sub/c.txt", "x");
    scratch.write(".cfg/d.json", "x");
    const std::pair<const char*, list> cases[] = {
        {"op: {}", {"a.md", "a.py", "guild.yml", "sub/b.py", "sub/c.txt"}},
        {"op: {sourcecode: '*.py'}", {"a.py", "sub/b.py"}},
        {"op: {sourcecode: [exclude: '*.md', exclude: guild.yml, include: data.bin]}",
         {"a.py", "data.bin", "sub/b.py", "sub/c.txt"}},
        {"op: {sourcecode: [exclude: {dir: sub}]}", {"a.md", "a.py", "guild.yml"}},
        {"op: {sourcecode: [exclude: 'sub/*', include: 'sub/c.txt']}",
         {"a.md", "a.py", "guild.yml", "sub/c.txt"}},
        {"op: {sourcecode: [include: {dir: .cfg}, exclude: {text: '*'}, include: '*.json']}",
         {".cfg/d.json"}},
        {"op: {sourcecode: [exclude: '*', include: {binary: '*'}]}", {"data.bin"}},
        {"op: {sourcecode: no}", {}},
        {"op: {sourcecode: {select: ['/a.*']}}", {"a.md", "a.py"}},
    };
    for (const auto& [yaml, expected] : cases) {
        BOOST_TEST_CONTEXT(yaml) {
            scratch.write("guild.yml", yaml);
            BOOST_TEST(paths_of(planned("op")) == expected, boost::test_tools::per_element());
        }
    }
}

BOOST_FIXTURE_TEST_CASE(in_a_work_tree_git_says_what_is_source, project) {
    scratch.write("guild.yml", sleep_project);
    scratch.write("tracked.py", "x");
    scratch.write("gone.py", "x");
    scratch.write("build/odd.py", "x");
    scratch.write(".gitignore", "*.log\n");
    git({"init", "-q"});
    git({"add", "."});
    git({"commit", "-qm", "all"});
    fs::remove(scratch / "gone.py");
    scratch.write("new.py", "x");
    scratch.write("train.log", "x");
    const auto plan = planned("sleep");
    BOOST_TEST(paths_of(plan) == (list{"build/odd.py", "guild.yml", "new.py", "tracked.py"}),
               boost::test_tools::per_element());
    const std::string commit(attribute(plan, "vcs_commit").as_string());
    BOOST_TEST(commit.starts_with("git:"));
    BOOST_TEST(commit.size() == 45U);
    BOOST_TEST(commit.ends_with("*"));
    scratch.write("gone.py", "x");
    fs::remove(scratch / "new.py");
    BOOST_TEST(attribute(planned("sleep"), "vcs_commit").as_string().size() == 44U);
    request.context.environment["NO_VCS_COMMIT"] = "";
    BOOST_TEST(planned("sleep").start.attributes.contains("vcs_commit"));
    request.context.environment["NO_VCS_COMMIT"] = "1";
    BOOST_TEST(!planned("sleep").start.attributes.contains("vcs_commit"));
    scratch.write("guild.yml", "op: {sourcecode: [include: train.log]}\n");
}

BOOST_FIXTURE_TEST_CASE(a_project_in_a_directory_that_git_ignores_is_still_found, project) {
    scratch.write(".gitignore", "inner\n");
    git({"init", "-q"});
    scratch.write("inner/guild.yml", sleep_project);
    scratch.write("inner/a.py", "x");
    request.context.directory = scratch / "inner";
    BOOST_TEST(paths_of(planned("sleep")) == (list{"a.py", "guild.yml"}));
}

BOOST_FIXTURE_TEST_CASE(a_link_to_a_file_is_copied_and_one_to_a_directory_above_is_not_followed,
                        project) {
    scratch.write("guild.yml", sleep_project);
    scratch.write(".outside/real.py", "x");
    fs::create_symlink(".outside/real.py", scratch / "link.py");
    fs::create_directory_symlink("..", scratch / "up");
    fs::create_symlink("nowhere", scratch / "dangling");
    BOOST_TEST(paths_of(planned("sleep")) == (list{"guild.yml", "link.py"}));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_read_is_named, project) {
    scratch.write("guild.yml", sleep_project);
    ::chmod(scratch.write("secret.py", "x").c_str(), 0);
    if (::geteuid() == 0) {
        BOOST_TEST_MESSAGE("SKIPPED: root reads everything");
        return;
    }
    BOOST_TEST(error_of("sleep").starts_with("cannot read source file " + scratch / "secret.py"));
}

BOOST_FIXTURE_TEST_CASE(a_script_is_an_operation_of_its_own, project) {
    scratch.write("train.py", "x = 1\n");
    scratch.write("tools/count.py", "y = 1\n");
    for (const bool remote : {false, true}) {
        request.remote = remote;
        const auto plan = planned("train.py", {"x=2"});
        BOOST_TEST(plan.start.command ==
                       (list{"${python_exe}", "-um", "guild.op_main", "train", "--x", "2"}),
                   boost::test_tools::per_element());
        BOOST_TEST(plan.start.opref == "script:" + scratch.path().native() + " '' '' train.py");
        BOOST_TEST(paths_of(plan) == (list{"tools/count.py", "train.py"}));
        BOOST_TEST((attribute(plan, "tags") == json::array{"model"}));
        BOOST_TEST(attribute(plan, "label") == "x=2");
    }
    // Its source code begins where it and the working directory have their last directory in
    // common.
    const auto below = planned("./tools/count.py");
    BOOST_TEST(below.start.opref == "script:" + scratch / "tools" + " '' '' count.py");
    BOOST_TEST(below.start.command[3] == "tools/count");
    request.context.directory = scratch / "tools";
    const auto above = planned("../train.py");
    BOOST_TEST(above.start.opref == "script:" + scratch.path().native() + " '' '' train.py");
    BOOST_TEST(above.start.command[3] == "train");
    BOOST_TEST(paths_of(above) == (list{"tools/count.py", "train.py"}));
}

BOOST_FIXTURE_TEST_CASE(an_executable_is_run_as_it_is, project) {
    ::chmod(scratch.write("tools/run.sh", "#!/bin/sh\n").c_str(), 0755);
    scratch.write("plain.sh", "");
    const auto plan = planned("tools/run.sh");
    BOOST_TEST((plan.start.command == list{scratch / "tools/run.sh"}));
    BOOST_TEST(plan.start.opref == "script:" + scratch.path().native() + " '' '' tools/run.sh");
    BOOST_TEST(plan.start.environment.at("GUILD_OP") == scratch / "tools/run.sh");
    BOOST_TEST((paths_of(plan) == list{"run.sh"}));
    BOOST_TEST(error_of("tools/run.sh", {"x=1"}).starts_with("unsupported flag 'x'\n"));
    BOOST_TEST(error_of("plain.sh") == "cannot run 'plain.sh': must be an executable file");
    BOOST_TEST(error_of("tools") == "cannot run 'tools': must be an executable file");
    request.remote = true; // the copy, for the original is not there
    BOOST_TEST((planned("tools/run.sh").start.command == list{"${run_dir}/run.sh"}));
}

BOOST_FIXTURE_TEST_CASE(source_code_may_be_outside_of_the_project, project) {
    scratch.write("lib/util.py", "x");
    scratch.write("p/guild.yml", "a: {exec: ls, sourcecode: {root: ../lib}}\n");
    request.context.directory = scratch / "p";
    const auto plan = planned("a");
    BOOST_TEST((paths_of(plan) == list{"util.py"}));
    BOOST_TEST(plan.start.manifest.find(" ../lib/util.py\n") != std::string::npos,
               plan.start.manifest);
}

BOOST_FIXTURE_TEST_CASE(a_command_refers_to_flags_and_the_project_and_nothing_else, project) {
    scratch.write("guild.yml",
                  "a: {exec: 'x ${n}-${none} ${project_dir}/y ${python_exe}', "
                  "flags: {n: 1, none: null}}\n"
                  "b: {exec: 'x ${nobody}'}\n"
                  "c: {exec: 'x ${flag_args}-z'}\n"
                  "d: {main: 'm --n ${n} p', flags-import: no, flags: {n: 1, z: 2}}\n");
    BOOST_TEST(planned("a").start.command == (list{"x", "1-", scratch / "y", "${python_exe}"}),
               boost::test_tools::per_element());
    const std::string wrong = "invalid setting for operation: command contains invalid reference ";
    BOOST_TEST(error_of("b") == wrong + "'nobody'");
    BOOST_TEST(error_of("c") == wrong + "'flag_args'");
    const auto shadowed = planned("d");
    BOOST_TEST(shadowed.start.command == (list{"${python_exe}", "-um", "guild.op_main", "m", "--n",
                                               "1", "p", "--", "--z", "2"}),
               boost::test_tools::per_element());
    BOOST_TEST((shadowed.notes == list{"ignoring flag 'n=1' because it's shadowed in the operation "
                                       "cmd as --n"}));
}

BOOST_FIXTURE_TEST_CASE(requirements_are_planned_for_remotes_only, project) {
    scratch.write("requirements.txt", "numpy\n-c limits.txt\n-e .\n");
    scratch.write("limits.txt", "numpy<2\n");
    scratch.write("guild.yml", "a: {exec: ls}\n");
    BOOST_TEST(planned("a").start.requirements.empty());
    request.remote = true;
    const auto plan = planned("a");
    BOOST_TEST(plan.start.requirements == list{"numpy"}, boost::test_tools::per_element());
    BOOST_TEST(plan.start.constraints == list{"numpy<2"}, boost::test_tools::per_element());
    BOOST_REQUIRE(plan.notes.size() == 1);
    BOOST_TEST(plan.notes.front().starts_with("'-e .'"));
    scratch.write("guild.yml", "- package: p\n  requires: [six, 'pandas>2']\n"
                               "  python-requires: '>=3.6'\n"
                               "- operations: {a: {exec: ls}, b: {exec: ls, python-requires: "
                               "'>=3.8'}}\n");
    const auto packaged = planned("a");
    BOOST_TEST(packaged.start.requirements == (list{"six", "pandas>2"}),
               boost::test_tools::per_element());
    BOOST_TEST(packaged.start.python_requires == ">=3.6");
    BOOST_TEST(planned("b").start.python_requires == ">=3.8");
}

BOOST_FIXTURE_TEST_CASE(a_digest_is_recorded_unless_unwanted, project) {
    scratch.write("m.py", "x = 1\n");
    scratch.write("guild.yml", "a: {main: m}\nb: {main: m, sourcecode: {digest: no}}\n");
    BOOST_TEST(attribute(planned("a"), "sourcecode_digest").is_string());
    const auto without = planned("b");
    BOOST_TEST(attribute(without, "sourcecode_digest").is_null());
    BOOST_TEST(!without.sources.empty());
}

BOOST_FIXTURE_TEST_CASE(lines_of_keras_are_scalars_of_a_module_that_trains_by_it, project) {
    const std::pair<const char*, bool> modules[] = {
        {"import keras\nm.fit(1)\n", true},
        {"from tensorflow.keras import Model\nif 1:\n  print(m.predict (x))\n", true},
        {"import os, tensorflow as tf\nfit(x)\n", true},
        {"from os import keras\nm.fit(1)\n", false},
        {"import keras\ndef fit(x): pass\nm.fit_all(x)\nm.refit(x)\n", false},
        {"import torch\nm.fit(1)  # import keras\n", false},
    };
    for (const auto& [source, trains] : modules) {
        scratch.write("m.py", source);
        scratch.write("guild.yml", "a: {main: m}\nb: {main: m, output-scalars: no}\n");
        const auto rules = planned("a").start.output_scalars;
        BOOST_TEST(rules.patterns.size() == (trains ? 4U : 0U), source);
        BOOST_TEST(rules.defaults);
        BOOST_TEST(planned("b").start.output_scalars.patterns.empty());
    }
}

BOOST_FIXTURE_TEST_CASE(packages_are_recorded_unless_unwanted, project) {
    scratch.write("guild.yml", "a: {exec: ls}\nb: {exec: ls, pip-freeze: no}\n");
    BOOST_TEST(planned("a").start.record_packages);
    BOOST_TEST(!planned("b").start.record_packages);
    request.context.environment["NO_PIP_FREEZE"] = "1";
    BOOST_TEST(!planned("a").start.record_packages);
}

BOOST_FIXTURE_TEST_CASE(tags_secrets_and_attributes_of_an_operation_are_its_runs, project) {
    scratch.write("guild.yml",
                  "a: {exec: ls, tags: [red, green], env-secrets: [X], label: fixed,\n"
                  "    run-attrs: {level: 3}, flags: {n: 1}, python-requires: '>=3'}\n");
    const auto plan = planned("a");
    BOOST_TEST((attribute(plan, "tags") == json::array{"red", "green"}));
    BOOST_TEST(attribute(plan, "label") == "fixed");
    BOOST_TEST(attribute(plan, "opdef_attrs").at("level") == 3);
    BOOST_TEST((plan.start.secrets == list{"X"}));
    BOOST_TEST(plan.start.python_requires == ">=3");
    request.command.tags = {"blue", "big"};
    const auto tagged = planned("a");
    BOOST_TEST((attribute(tagged, "tags") == json::array{"blue", "big", "red", "green"}));
    BOOST_TEST(attribute(tagged, "label") == "blue big n=1");
}

BOOST_FIXTURE_TEST_CASE(the_environment_of_an_operation_is_recorded_less_what_is_secret, project) {
    scratch.write("guild.yml", "a: {exec: ls, flags: {n: 1}, env-secrets: [PIN],\n"
                               "    env: {A: '${n}', B: 2, PIN: open-pin, API_TOKEN: sesame}}\n");
    const auto plan = planned("a");
    const auto op = attribute(plan, "op");
    const auto& recorded = op.at("op-cmd").at("cmd-env").as_object();
    BOOST_TEST(recorded.at("A") == "${n}");
    BOOST_TEST(recorded.at("B") == 2);
    BOOST_TEST(!recorded.contains("PIN"));
    BOOST_TEST(!recorded.contains("API_TOKEN"));
    BOOST_TEST((op.at("env-secrets") == json::array{"PIN"}));
    BOOST_TEST(plan.start.environment.at("PIN") == "open-pin");
    for (const auto& [name, text] : plan.start.attributes) {
        BOOST_TEST(text.find("open-pin") == text.npos, name);
        BOOST_TEST(text.find("sesame") == text.npos, name);
    }
    // One that starts after this record has all of it, what is secret from the project.
    request.from = recorded_run{.id = "b", .opref = plan.start.opref};
    request.from->attributes = plan.start.attributes;
    const auto again = planned("", {"n=3"});
    BOOST_TEST(again.start.environment.at("A") == "3");
    BOOST_TEST(again.start.environment.at("B") == "2");
    BOOST_TEST(again.start.environment.at("PIN") == "open-pin");
    BOOST_TEST(again.start.environment.at("API_TOKEN") == "sesame");
    BOOST_TEST((again.start.secrets == list{"PIN"}));
    BOOST_TEST(again.start.attributes.at("op").find("open-pin") == std::string::npos);
    std::filesystem::remove(scratch / "guild.yml");
    const auto alone = planned("", {"n=3"});
    BOOST_TEST(alone.start.environment.at("A") == "3");
    BOOST_TEST(!alone.start.environment.contains("PIN"));
    BOOST_TEST((alone.start.secrets == list{"PIN"}));
}

BOOST_FIXTURE_TEST_CASE(words_that_are_no_flags_are_all_named, project) {
    scratch.write("guild.yml", "a: {exec: ls, flags: {n: 1}}\n");
    BOOST_TEST(error_of("a", {"x", "n=2", "--y"}) ==
               "invalid argument(s):\nx\n--y\nexpected NAME=VAL");
    BOOST_TEST(error_of("a", {"@gone.csv"}) == "batch file ./gone.csv does not exist");
    scratch.write("there.csv", "");
    BOOST_TEST(error_of("a", {"@there.csv"}) == "no error");
    request.command.print_trials = true;
    BOOST_TEST(error_of("a") == "cannot print trials for a non-batch operation");
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_run_is_explained, project) {
    BOOST_TEST(error_of("nope").starts_with("cannot find operation nope\n"));
    BOOST_TEST(error_of("").starts_with("cannot find a default operation: "));
    scratch.write("guild.yml", "a: {requires: [file: x.csv]}\nb: {main: ''}\n");
    BOOST_TEST(error_of("nope") ==
               "operation 'nope' is not defined for this project\n"
               "Try '{program} operations' for a list of available operations.");
    scratch.write("guild.yml", "a: {requires: nonsense}\nb: {main: ''}\n");
    BOOST_TEST(error_of("a") == "invalid definition for operation 'a': resource 'nonsense' "
                                "required by operation 'a' is not defined");
    BOOST_TEST(error_of("b", {"x=1"}) ==
               "operation 'b' cannot be run: main must be the name of a module");
    scratch.write("guild.yml", "a:\n b: [\n");
    BOOST_TEST(
        error_of("a").starts_with("error in " + scratch / "guild.yml" + ": guild.yml:3:1: "));
    scratch.write("guild.yml", "a: {sourcecode: {root: ../x}}\n");
    BOOST_TEST(error_of("a").find("/x does not exist") != std::string::npos);
    scratch.write("guild.yml", "a: {sourcecode: {root: none}}\n");
    BOOST_TEST(error_of("a").find("none does not exist") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
