#include "engine/project/captured_program.hpp"
#include "engine/project/operation_command.hpp"
#include "tests/support/caller_environment.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
namespace json = boost::json;

namespace {

/// A directory with modules, and how `guild.op_main` runs them there.
struct modules {
    testing::temporary_directory scratch;
    std::map<std::string, std::string> environment = caller_environment();

    modules() {
        environment["PYTHONPATH"] = scratch.path().native() + ":" OUTRIDER_PYTHON;
        for (const char* name : {"FLAGS_DEST", "GUILD_SOURCECODE", "PYTHONSAFEPATH"}) {
            environment.erase(name);
        }
    }
    captured_output run(std::vector<std::string> words, const std::string& dest = "") {
        if (!dest.empty()) {
            environment["FLAGS_DEST"] = dest;
        }
        // Both streams in one pipe, as in a run's output.
        std::vector<std::string> all{"sh",
                                     "-c",
                                     "cd \"$0\" && exec \"$@\" 2>&1",
                                     scratch.path().native(),
                                     "python3",
                                     "-um",
                                     "guild.op_main"};
        all.insert(all.end(), words.begin(), words.end());
        auto got = capture_program(all, environment, std::chrono::seconds(30));
        BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
        return *got;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(op_main)

BOOST_FIXTURE_TEST_CASE(flags_reach_a_module_in_every_way, modules) {
    scratch.write("m.py", "import sys\n"
                          "x = 1\n"
                          "if True:\n"
                          "    y: int = 2\n"
                          "y2 = z = 3\n"
                          "p = dict(a=1)\n"
                          "print(sys.argv[1:], x, y, z, p, __name__)\n"
                          "x = 9\n"
                          "print(x)\n");
    struct flag_case {
        const char* dest;
        std::vector<std::string> words;
        const char* printed;
    };
    const flag_case cases[] = {
        {"", {"m", "a", "--", "--x", "5"}, "['a', '--x', '5'] 1 2 3 {'a': 1} __main__\n9\n"},
        {"args",
         {"m", "--", "b", "--", "--x", "5"},
         "['--', 'b', '--x', '5'] 1 2 3 {'a': 1} __main__\n9\n"},
        {"globals",
         {"m", "a", "--", "--x", "5", "--y", "yes", "--z", "'7'"},
         "['a'] 5 True 7 {'a': 1} __main__\n9\n"},
        {"globals",
         {"m", "--", "--x", "-1", "2.5", "--y", "-z", "[1, {a: b}]"},
         "[] [-1, 2.5] True [1, {'a': 'b'}] {'a': 1} __main__\n9\n"},
        {"global:p",
         {"m", "--", "--a.b", "1", "--a.c", "null", "--d", "e"},
         "[] 1 2 3 {'a': {'b': 1, 'c': None}, 'd': 'e'} __main__\n9\n"},
        {"dict:p", {"m", "--", "--a", "1e2"}, "[] 1 2 3 {'a': 100.0} __main__\n9\n"},
        {"namespace:p", {"m", "--", "--a", "1"}, "[] 1 2 3 namespace(a=1) __main__\n9\n"},
        {"globals", {"m", "--x", "5"}, "[] 5 2 3 {'a': 1} __main__\n9\n"}, // a script's flags
        {"none", {"m", "--", "--x", "5"}, "[] 1 2 3 {'a': 1} __main__\n9\n"},
        {"odd", {"m", "--", "--x", "5"}, "[] 1 2 3 {'a': 1} __main__\n9\n"},
    };
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT(c.dest) {
            const auto got = run(c.words, c.dest);
            BOOST_TEST(got.bytes == c.printed);
            BOOST_TEST(got.exit_status == 0);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_no_flag_stays_in_a_dict_or_a_namespace, modules) {
    scratch.write("m.py", "from types import SimpleNamespace as S\n"
                          "def f(): return 7\n"
                          "p = {'a': 1, 'b': f(), 'c': {'d': 1, 'e': 2}}\n"
                          "q = S(a=1, b=f(), c=S(d=1, e=2))\n"
                          "print(p, q, [k for k in globals() if 'guild' in k])\n");
    BOOST_TEST(run({"m", "--", "--a", "5", "--c.d", "9"}, "dict:p").bytes ==
               "{'a': 5, 'b': 7, 'c': {'d': 9, 'e': 2}} "
               "namespace(a=1, b=7, c=namespace(d=1, e=2)) []\n");
    BOOST_TEST(run({"m", "--", "--a", "5", "--c.d", "9"}, "namespace:q").bytes ==
               "{'a': 1, 'b': 7, 'c': {'d': 1, 'e': 2}} "
               "namespace(a=5, b=7, c=namespace(d=9, e=2)) []\n");
}

BOOST_FIXTURE_TEST_CASE(every_first_assignment_gives_way, modules) {
    scratch.write("m.py", "x, y = 1, 2\n"
                          "try:\n"
                          "    z = 3\n"
                          "except ImportError:\n"
                          "    z = 4\n"
                          "print(x, y, z)\n");
    BOOST_TEST(run({"m", "--", "--x", "5", "--y", "[a, 1]", "--z", ".inf"}, "globals").bytes ==
               "5 ['a', 1] inf\n");
}

// As the agent starts it: nothing of the project stands in for what the launcher imports, and the
// module sees what it would see if it had been started alone.
BOOST_FIXTURE_TEST_CASE(files_of_the_project_do_not_stand_in_for_the_launcher, modules) {
    for (const char* name : {"ast", "collections", "contextlib", "functools", "guild", "importlib",
                             "op_main", "re", "runpy", "tokenize", "types"}) {
        scratch.write(std::string(name) + ".py", "what = 'of the project'\n");
    }
    scratch.write("m.py", "import ast, guild, os, sys\n"
                          "x = 1\n"
                          "print(x, sys.argv[1:], ast.what, guild.what, os.environ['PYTHONPATH'],\n"
                          "      sys.path[0] == os.getcwd(), 'GUILD_PYTHONPATH' in os.environ)\n");
    environment["PYTHONPATH"] = OUTRIDER_PYTHON;
    environment["GUILD_PYTHONPATH"] = ".:" OUTRIDER_PYTHON;
    environment["FLAGS_DEST"] = "globals";
    auto got = capture_program({"sh", "-c", "cd \"$0\" && exec \"$@\" 2>&1",
                                scratch.path().native(), "python3", "-u",
                                OUTRIDER_PYTHON "/guild/op_start.py", "m", "a", "--", "--x", "5"},
                               environment, std::chrono::seconds(30));
    BOOST_TEST(got.value().bytes == "5 ['a'] of the project of the project .:" OUTRIDER_PYTHON
                                    " True False\n");
}

BOOST_FIXTURE_TEST_CASE(values_arrive_as_they_were_encoded, modules) {
    scratch.write("m.py", "import json\nv = 0\nprint(json.dumps(v))\n");
    std::string long_text;
    for (int i = 0; i < 60; ++i) {
        long_text += "word" + std::to_string(i) + " it's ";
    }
    const json::array values{1,
                             -1,
                             1.5,
                             true,
                             false,
                             "",
                             "a b",
                             "1",
                             "yes",
                             "null",
                             "-x",
                             "--x",
                             "it's",
                             "a\nb",
                             "\n\n a",
                             "é\x01",
                             "[1",
                             "{a",
                             "a: b",
                             "a, b",
                             "#x",
                             "-it's",
                             "1e2",
                             1e100,
                             "😀",
                             long_text,
                             long_text + "é",
                             json::array{1, "a, b", json::array{}, nullptr},
                             json::object{{"k v", json::object{{"a", "b: c"}}}, {"e", ""}}};
    for (const auto& value : values) {
        const operation_def op{.name = "m", .main = "m", .flags_dest = "globals"};
        auto words = make_command(op, {{"v", value}}).value().words;
        words.erase(words.begin(), words.begin() + 3);
        const auto got = run(words, "globals");
        json::error_code ec;
        const auto back = json::parse(got.bytes, ec);
        BOOST_CHECK_MESSAGE(!ec && back == value, json::serialize(value)
                                                      << " arrived as " << got.bytes);
    }
}

BOOST_FIXTURE_TEST_CASE(a_module_is_found_by_its_name_or_below_a_path, modules) {
    scratch.write("pkg/__init__.py", "");
    scratch.write("pkg/mod.py", "print('pkg.mod', __package__)\n");
    scratch.write("pkg/__main__.py", "print('main of pkg')\n");
    scratch.write("src/inner/deep.py", "import sys\nprint('deep', sys.argv)\n");
    scratch.write("broken.py", "import not_there_at_all\n");
    BOOST_TEST(run({"pkg.mod", "--"}).bytes == "pkg.mod pkg\n");
    BOOST_TEST(run({"pkg", "--"}).bytes == "main of pkg\n");
    BOOST_TEST(run({"src/inner.deep", "--"}).bytes ==
               "deep ['" + scratch / "src/inner/deep.py" + "']\n");
    for (const char* name : {"nope", "pkg.nope", "nope.x", "src/nope"}) {
        const auto got = run({name, "--"});
        BOOST_TEST(got.bytes == "guild: No module named " + std::string(name) + "\n");
        BOOST_TEST(got.exit_status == 1);
    }
    BOOST_TEST(run({"broken"}).bytes.find("No module named 'not_there_at_all'") !=
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_traceback_shows_only_the_module, modules) {
    scratch.write("bad.py", "def f():\n    raise ValueError('no')\nf()\n");
    scratch.write("wrong.py", "x = = 1\n");
    for (const char* dest : {"args", "globals"}) {
        const auto got = run({"bad", "--", "--x", "1"}, dest);
        BOOST_TEST(got.exit_status == 1);
        BOOST_TEST(got.bytes.starts_with("Traceback (most recent call last):\n  File \"" +
                                         scratch / "bad.py\", line 3, in <module>\n"));
        BOOST_TEST(got.bytes.ends_with("ValueError: no\n"));
        BOOST_TEST(got.bytes.find("op_main") == std::string::npos);
        const auto syntax = run({"wrong", "--", "--x", "1"}, dest);
        BOOST_TEST(syntax.bytes.find("op_main") == std::string::npos);
        BOOST_TEST(syntax.bytes.find("SyntaxError") != std::string::npos);
    }
}

BOOST_FIXTURE_TEST_CASE(an_exit_passes, modules) {
    scratch.write("leave.py", "import sys\nsys.exit(7)\n");
    scratch.write("say.py", "raise SystemExit('bye')\n");
    BOOST_TEST(run({"leave"}).exit_status == 7);
    BOOST_TEST(run({"say"}).exit_status == 1);
    BOOST_TEST(run({"say"}).bytes == "bye\n");
}

BOOST_FIXTURE_TEST_CASE(an_installed_guild_is_still_found, modules) {
    scratch.write("site/guild/__init__.py", "import os\n__version__ = '0.9.9'\n"
                                            "where = os.path.dirname(__file__)\n");
    scratch.write("site/guild/op_main.py", "raise RuntimeError('not this one')\n");
    scratch.write("site/guild/ipy.py", "name = 'real'\n");
    scratch.write("use.py", "import guild, guild.ipy\n"
                            "print(guild.__version__, guild.ipy.name, guild.where)\n");
    environment["PYTHONPATH"] += ":" + scratch / "site";
    BOOST_TEST(run({"use"}).bytes == "0.9.9 real " + scratch / "site/guild\n");
    scratch.write("site/guild/__init__.py", "import not_installed\n");
    scratch.write("plain.py", "print('ok')\n");
    BOOST_TEST(run({"plain"}).bytes == "ok\n");
}

BOOST_FIXTURE_TEST_CASE(the_main_module_can_be_pickled_from, modules) {
    scratch.write("p.py", "import pickle\nclass C: pass\n"
                          "print(type(pickle.loads(pickle.dumps(C()))).__name__)\n");
    BOOST_TEST(run({"p"}).bytes == "C\n");
}

BOOST_AUTO_TEST_SUITE_END()
