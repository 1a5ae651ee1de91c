#include "engine/project/flag_import.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/project/operation_command.hpp"
#include "engine/project/operation_description.hpp"
#include "tests/support/caller_environment.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace outrider;
namespace json = boost::json;

namespace {

/// A project of one operation `op`, and what its module's source says.
struct imports {
    testing::temporary_directory scratch;
    module_reading how{.environment = caller_environment(), .cache = scratch / "cache"};

    operation_def op(const std::string& yaml) const {
        scratch.write("guild.yml", yaml);
        auto file = load_guild_file(scratch.path().native());
        BOOST_REQUIRE_MESSAGE(file.has_value(), file.error().context);
        return *find_operation(**file, "op").value();
    }
    /// Name and default of each flag of `op`, in JSON.
    std::string flags_after(operation_def& op) const {
        const auto notes = import_flags(op, scratch.path().native(), how);
        BOOST_TEST(notes.empty());
        json::object out;
        for (const auto& flag : op.flags) {
            out[flag.name] = flag.default_value;
        }
        return json::serialize(out);
    }
    std::string found(const std::string& source, const std::string& dest = {}) const {
        const auto read = read_module_flags(scratch.write("m.py", source), dest, how);
        BOOST_REQUIRE_MESSAGE(read.has_value(), read.error().context);
        return json::serialize(read->flags);
    }
};

std::string parser_of(const std::string& arguments) {
    return "import argparse\np = argparse.ArgumentParser()\np.add_argument(" + arguments + ")\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(flag_import)

BOOST_FIXTURE_TEST_CASE(globals_are_top_level_literals, imports) {
    const std::pair<const char*, const char*> cases[] = {
        {"x = 1\n", R"({"x":{"default":1,"type":"number"}})"},
        {"x = -0.5\n", R"({"x":{"default":-5E-1,"type":"number"}})"},
        {"x: float = 1e-3\n", R"({"x":{"default":1E-3,"type":"number"}})"},
        {"x = 2 * 3\n", R"({"x":{"default":6,"type":"number"}})"},
        {"x = 'a b'\n", R"({"x":{"default":"a b","type":"string"}})"},
        {"x = True\n", R"({"x":{"default":true,"type":"boolean"}})"},
        {"x = None\n", R"({"x":{"default":null}})"},
        {"x = y = 1\n", R"({"x":{"default":1,"type":"number"},"y":{"default":1,"type":"number"}})"},
        {"x = 1\nx = 2\n", R"({"x":{"default":1,"type":"number"}})"},
        {"x = [1, 2]\n", R"({"x":{"default":"1 2","arg-split":true}})"},
        {"x = ['a b', 'c']\n", R"({"x":{"default":"'a b' c","arg-split":true}})"},
        {"x = [1]\n", R"({"x":{"default":"1","arg-split":true}})"},
        // Words are decoded, and would come back as numbers: the module keeps its own value.
        {"x = ['1']\n", R"({"x":{"default":"1","arg-split":true,"arg-skip-value":"1"}})"},
        {"x = 10 ** 2\n", "{}"},
        {"_x = 1\n__version__ = '1'\n", "{}"},
        {"x = f()\n", "{}"},
        {"x = 1\ny = x\n", R"({"x":{"default":1,"type":"number"}})"},
        {"x = float('nan')\nz = 1e999\n", "{}"},
        {"def f():\n  x = 1\n", "{}"},
        {"if 1:\n  x = 1\n", "{}"},
        {"x, y = 1, 2\n", "{}"},
        {"x = {'a': 1}\n", "{}"},
        {"raise SystemExit('executed')\nx = 1\n", R"({"x":{"default":1,"type":"number"}})"},
        {"", "{}"},
    };
    for (const auto& [source, expected] : cases) {
        BOOST_TEST(found(source) == expected, "from " << source << ": " << found(source));
    }
}

BOOST_FIXTURE_TEST_CASE(arguments_of_parsers_are_flags, imports) {
    const std::pair<const char*, const char*> cases[] = {
        {"'--lr', '-l', type=float, default=0.1, help='Rate'",
         R"({"lr":{"description":"Rate","type":"float","default":1E-1}})"},
        {"'-b', '--batch-size', dest='size', type=int", R"({"batch-size":{"type":"int"}})"},
        // A number where the parser makes text stays the module's own.
        {"'--x', default=5, type=str, required=True",
         R"({"x":{"required":true,"type":"string","default":5,"arg-skip-value":5}})"},
        {"'--x', choices=['a', 'b'], default='a'", R"({"x":{"choices":["a","b"],"default":"a"}})"},
        {"'--x', choices=['a', 'b'], default='z'", R"({"x":{"choices":["a","b"]}})"},
        {"'--x', choices=range(3), type=int", R"({"x":{"type":"int","choices":[0,1,2]}})"},
        {"'--x', type=int, default='auto'", R"({"x":{"default":"auto"}})"},
        {"'--x', type=int, default='7'", R"({"x":{"type":"int","default":7}})"},
        {"'--x', type=open", R"({"x":{}})"},
        {"'--x', default=compute()", R"({"x":{}})"},
        {"'--x', action='store_true'",
         R"({"x":{"arg-switch":true,"choices":[true,false],"default":false}})"},
        {"'--x', action='store_true', default=True",
         R"({"x":{"arg-switch":true,"choices":[true],"default":true}})"},
        {"'--x', action='store_false'",
         R"({"x":{"arg-switch":false,"choices":[true,false],"default":true}})"},
        {"'--x', action=argparse.BooleanOptionalAction, default=True",
         R"({"x":{"arg-switch":false,"choices":[true,false],"arg-name":"no-x","default":true}})"},
        {"'--x', nargs='+', type=int, default=[1, 2]",
         R"({"x":{"type":"int","arg-split":true,"default":"1 2"}})"},
        {"'--x', nargs=argparse.ZERO_OR_MORE, default=['a']",
         R"({"x":{"arg-split":true,"default":"a"}})"},
        {"'--x', nargs='+', default=(1, 2)",
         R"({"x":{"arg-split":true,"default":"1 2","arg-skip-value":"1 2"}})"},
        {"'--x', nargs=argparse.REMAINDER", "{}"},
        {"'--x', action='count'", "{}"},
        {"'--x', action='append'", "{}"},
        {"'--version', action='version'", "{}"},
        {"'-x', type=int", "{}"},
        {"'file'", "{}"},
    };
    for (const auto& [arguments, expected] : cases) {
        const auto got = found(parser_of(arguments));
        BOOST_TEST(got == expected, "from " << arguments << ": " << got);
    }
    BOOST_TEST(found("LR = 0.1\n" + parser_of("'--lr', type=float, default=LR")) ==
               R"({"lr":{"type":"float","default":1E-1}})");
    BOOST_TEST(found("import click\n@click.command()\n@click.option('--n', default=3, "
                     "help='N')\ndef main(n): pass\n") ==
               R"({"n":{"description":"N","type":"int","default":3}})");
}

BOOST_FIXTURE_TEST_CASE(parsers_are_followed_as_the_module_makes_them, imports) {
    const std::string one = R"({"x":{"type":"int","default":1}})";
    const std::pair<const char*, std::string> cases[] = {
        {"from argparse import ArgumentParser as P\ndef get():\n  q = P()\n"
         "  q.add_argument('--x', type=int, default=1)\n  return q\n"
         "if __name__ == '__main__':\n  get().parse_args()\n",
         one},
        {"import argparse\ndef add(q, name, value=1):\n  q.add_argument('--' + name, type=int, "
         "default=value)\np = argparse.ArgumentParser()\nadd(p, 'x')\np.parse_args()\n",
         one},
        {"import argparse\nclass Main:\n  def __init__(self):\n    self.p = "
         "argparse.ArgumentParser()\n    self.p.add_argument('--x', type=int, default=1)\nMain()\n",
         one},
        {"import argparse\nclass Mine(argparse.ArgumentParser):\n  pass\np = Mine()\n"
         "add = p.add_argument\nadd('--x', type=int, default=1)\np.parse_args()\n",
         one},
        {"import argparse\nb = argparse.ArgumentParser(add_help=False)\n"
         "b.add_argument('--x', type=int, default=1)\n"
         "p = argparse.ArgumentParser(parents=[b])\np.parse_args()\n",
         one},
        {"import argparse\np = argparse.ArgumentParser()\nfor n in ['x']:\n"
         "  p.add_argument(f'--{n}', **{'type': int, 'default': 1})\np.parse_args()\n",
         one},
        // What only one branch adds is not passed unless it is changed.
        {"import argparse, os\np = argparse.ArgumentParser()\nif os.name == 'x':\n"
         "  p.add_argument('--x', type=int, default=1)\np.parse_args()\n",
         R"({"x":{"type":"int","default":1,"arg-skip-value":1}})"},
        // Another parser, that gets words of its own, is none of the module's.
        {"import argparse\na = argparse.ArgumentParser()\na.add_argument('--y')\n"
         "a.parse_args([])\np = argparse.ArgumentParser()\n"
         "p.add_argument('--x', type=int, default=1)\np.parse_args()\n",
         one},
        {"import argparse\np = argparse.ArgumentParser()\nwhile True:\n"
         "  p.add_argument('--x', type=int, default=1)\n",
         R"({"x":{"type":"int","default":1,"arg-skip-value":1}})"},
        {"def f():\n  return f()\nf()\nimport argparse\np = argparse.ArgumentParser()\n"
         "p.add_argument('--x', type=int, default=1)\n",
         one},
    };
    for (const auto& [source, expected] : cases) {
        const auto got = found(source);
        BOOST_TEST(got == expected, "from " << source << ": " << got);
    }
}

BOOST_FIXTURE_TEST_CASE(parsers_of_other_modules_of_the_project_are_followed, imports) {
    scratch.write("guild.yml", "op: {main: src/m}\n");
    scratch.write("opts.py", "import argparse\nfrom pkg.more import add_more, LR\n"
                             "def get_parser():\n  p = argparse.ArgumentParser()\n"
                             "  p.add_argument('--lr', type=float, default=LR)\n"
                             "  add_more(p)\n  return p\n");
    scratch.write("pkg/__init__.py", "from .more import *\n");
    scratch.write("pkg/more.py", "LR = 0.25\ndef add_more(q, n=3):\n"
                                 "  q.add_argument('--n', type=int, default=n)\n");
    const std::string path =
        scratch.write("src/m.py", "import argparse, numpy, pkg\nfrom opts import get_parser\n"
                                  "p = get_parser()\n"
                                  "p.add_argument('--own', type=float, default=pkg.LR)\n"
                                  "p.parse_args()\n");
    const auto defaults = [&] {
        json::object out;
        for (const auto& flag : read_module_flags(path, "", how).value().flags) {
            out[flag.key()] = flag.value().at("default");
        }
        return json::serialize(out);
    };
    BOOST_TEST(defaults() == R"({"lr":2.5E-1,"n":3,"own":2.5E-1})");
    // What was kept counts only while those modules are what they were.
    scratch.write("pkg/more.py", "LR = 0.5\ndef add_more(q, n=3):\n  pass\n");
    BOOST_TEST(defaults() == R"({"lr":5E-1,"own":5E-1})");
    scratch.write("pkg/more.py", "import opts\n(");
    BOOST_TEST(read_module_flags(path, "", how).has_value());
}

BOOST_FIXTURE_TEST_CASE(several_options_of_one_value_agree, imports) {
    const std::string head = "import argparse\np = argparse.ArgumentParser()\n";
    BOOST_TEST(found(head + "p.add_argument('--lr', dest='rate', type=float, default=0.1)\n"
                            "p.set_defaults(rate=0.5)\n") ==
               R"({"lr":{"type":"float","default":5E-1}})");
    BOOST_TEST(found(head + "p.add_argument('--a', dest='x', default='a')\n"
                            "p.add_argument('--b', dest='x', default='b')\n") ==
               R"({"a":{"default":"a"},"b":{}})");
    BOOST_TEST(found(head + "g = p.add_mutually_exclusive_group()\n"
                            "g.add_argument('--a', default='a')\n") ==
               R"({"a":{"default":"a","arg-skip-value":"a"}})");
    scratch.write("m.py", head + "p.add_argument('--no-foo', dest='foo', action='store_false')\n"
                                 "p.add_argument('--foo', dest='foo', action='store_true')\n"
                                 "p.parse_args()\n");
    const auto words = [&](const std::string& imported, std::vector<std::string> typed) {
        auto made = op("op: {main: m, flags-import: " + imported + "}\n");
        BOOST_TEST(import_flags(made, scratch.path().native(), how).empty());
        const auto flags = resolve_flags(made, typed, {});
        BOOST_REQUIRE_MESSAGE(flags.has_value(), flags.error().context);
        const auto command = make_command(made, flags->all).value().words;
        std::string out;
        for (std::size_t i = 5; i < command.size(); ++i) {
            out += command[i] + " ";
        }
        return out;
    };
    BOOST_TEST(words("all", {}) == "--foo ");
    BOOST_TEST(words("all", {"foo=no"}) == "--no-foo ");
    BOOST_TEST(words("all", {"no-foo=no"}) == "--no-foo --no-foo ");
    BOOST_TEST(words("all", {"no-foo=yes"}) == "--foo ");
    BOOST_TEST(words("[foo]", {"foo=no"}) == "--no-foo ");
    BOOST_TEST(words("[no-foo]", {"no-foo=no"}) == "--no-foo ");
    BOOST_TEST(words("[no-foo]", {}) == "");
}

BOOST_FIXTURE_TEST_CASE(a_subcommand_has_the_flags_of_its_parser, imports) {
    scratch.write("m.py", parser_of("'--top', default=1") + "s = p.add_subparsers()\n"
                                                            "t = s.add_parser('train')\n"
                                                            "t.add_argument('--lr', type=float)\n"
                                                            "t.set_defaults(lr=0.5)\n"
                                                            "e = s.add_parser('eval')\n"
                                                            "e.add_argument('--k', default=3)\n");
    for (const auto& [main, expected] :
         {std::pair{"m", R"({"top":1})"}, std::pair{"m train", R"({"lr":5E-1})"},
          std::pair{"m eval", R"({"k":3})"}}) {
        auto made = op(std::string("op: {flags-import: all, main: ") + main + "}\n");
        BOOST_TEST(flags_after(made) == expected, main);
    }
}

BOOST_FIXTURE_TEST_CASE(dicts_and_namespaces_have_dotted_flags, imports) {
    const std::string source = "import types\np = {'a': 1, 'b': {'c': 'x', 'd': f()}}\n"
                               "q = dict(a=2)\nargs = types.SimpleNamespace(lr=0.5, n=[1, 2])\n";
    BOOST_TEST(found(source, "global:p") ==
               R"({"a":{"default":1,"type":"number"},"b.c":{"default":"x","type":"string"}})");
    BOOST_TEST(found(source, "dict:q") == R"({"a":{"default":2,"type":"number"}})");
    BOOST_TEST(found(source, "namespace:args") ==
               R"({"lr":{"default":5E-1,"type":"number"},"n":{"default":"1 2","arg-split":true}})");
    BOOST_TEST(found(source, "global:none") == "{}");
    BOOST_TEST(found(source, "none") == "{}");
}

BOOST_FIXTURE_TEST_CASE(where_flags_go_is_told_by_what_is_imported, imports) {
    const std::pair<const char*, const char*> cases[] = {
        {"x = 1\n", "globals"},
        {"import argparse\n", "args"},
        {"from argparse import ArgumentParser as P\n", "args"},
        {"def f():\n  import click\n", "args:click"},
        {"import click, argparse\n", "args"},
        {"import fire\n", "args"},
        {"import sys\nprint(sys.argv)\n", "globals"},
        {"import sys, os\nprint(sys.path)\n", "globals"},
    };
    for (const auto& [source, expected] : cases) {
        const auto read = read_module_flags(scratch.write("m.py", source), "", how);
        BOOST_TEST(read.value().dest == expected, source);
    }
}

BOOST_FIXTURE_TEST_CASE(an_operation_says_which_flags_it_takes_over, imports) {
    scratch.write("m.py", "a = 1\nb = 2\nc = 3\n");
    const std::pair<const char*, const char*> cases[] = {
        {"op: {main: m}", "{}"},
        {"op: {main: m, flags-import: off}", "{}"},
        {"op: {main: m, flags-import: []}", "{}"},
        {"op: {main: m, flags-import: all}", R"({"a":1,"b":2,"c":3})"},
        {"op: {main: m, flags-import: yes}", R"({"a":1,"b":2,"c":3})"},
        {"op: {main: m --x, flags-import: all}", R"({"a":1,"b":2,"c":3})"},
        {"op: {main: m, flags-import: [c, z]}", R"({"c":3,"z":null})"},
        {"op: {main: m, flags-import: all, flags-import-skip: [a]}", R"({"b":2,"c":3})"},
        {"op: {main: m, flags-import: all, flags-import-skip: a}", R"({"b":2,"c":3})"},
        {"op: {main: m, flags-import: all, flags: {a: 5, d: 4}}", R"({"a":5,"d":4,"b":2,"c":3})"},
        {"op: {main: m, flags-import: all, flags: {a: {description: A}}}",
         R"({"a":1,"b":2,"c":3})"},
        {"op: {main: m, flags: {a: 5}}", R"({"a":5})"},
        {"op: {main: m, flags: {a: , d: 4}}", R"({"a":1,"d":4})"},
        {"op: {main: m, flags: {a: {description: A}}}", R"({"a":1})"},
        {"op: {main: m, flags-import: no, flags: {a: }}", R"({"a":null})"},
        {"op: {main: m, flags-import: all, flags: {x: {default: 9, arg-name: a}}}",
         R"({"x":9,"b":2,"c":3})"},
        {"op: {exec: 'echo', flags-import: all, flags: {a: 5}}", R"({"a":5})"},
    };
    for (const auto& [yaml, expected] : cases) {
        auto made = op(std::string(yaml) + "\n");
        const auto got = flags_after(made);
        BOOST_TEST(got == expected, yaml << ": " << got);
    }
    auto described = op("op: {main: m, flags-import: all, flags: {a: {description: A}}}\n");
    flags_after(described);
    BOOST_TEST(described.flags_dest == "globals");
    BOOST_TEST(described.find_flag("a")->description == "A");
    auto with_dest = op("op: {main: m, flags-dest: args, flags: {a: 1}}\n");
    flags_after(with_dest);
    BOOST_TEST(with_dest.flags_dest == "args");
    auto models = op("- model: ''\n  flags-import: [b]\n  operations: {op: {main: m}}\n");
    BOOST_TEST(flags_after(models) == R"({"b":2})");
}

BOOST_FIXTURE_TEST_CASE(modules_are_found_as_the_operation_finds_them, imports) {
    scratch.write("src/pkg/m.py", "a = 1\n");
    scratch.write("src/pkg/__main__.py", "b = 2\n");
    for (const auto& [main, expected] :
         {std::pair{"pkg.m, sourcecode: {root: src}", R"({"a":1})"},
          std::pair{"pkg, sourcecode: {root: src}", R"({"b":2})"},
          std::pair{"src/pkg.m", R"({"a":1})"}, std::pair{"src.pkg.m", R"({"a":1})"}}) {
        auto made = op(std::string("op: {flags-import: all, main: ") + main + "}\n");
        BOOST_TEST(flags_after(made) == expected, main);
    }
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_read_is_said_where_flags_are_asked_for, imports) {
    auto gone = op("op: {main: gone, flags-import: all}\n");
    BOOST_TEST(import_flags(gone, scratch.path().native(), how) ==
                   std::vector<std::string>{"cannot import flags from gone: No module named gone"},
               boost::test_tools::per_element());
    scratch.write("bad.py", "x = 1\nif x\n  y\n");
    auto bad = op("op: {main: bad, flags-import: all}\n");
    const auto notes = import_flags(bad, scratch.path().native(), how);
    BOOST_REQUIRE(notes.size() == 1);
    BOOST_TEST(notes[0].starts_with("cannot import flags from " + scratch / "bad.py" + ": "));
    BOOST_TEST(notes[0].find(" on line 2\n  if x\n") != std::string::npos);
    // Nothing is imported: the operation itself says what is wrong.
    auto quiet = op("op: {main: bad, flags: {x: 1}}\n");
    BOOST_TEST(import_flags(quiet, scratch.path().native(), how).empty());
    BOOST_TEST(quiet.flags_dest == "");
    const auto missing = read_module_flags(scratch / "none.py", "", how);
    BOOST_TEST(missing.error().context.find("none.py") != std::string::npos);
    scratch.write("bytes.py", std::string("x = '\xff'\n"));
    BOOST_TEST(read_module_flags(scratch / "bytes.py", "", how).has_error());
}

BOOST_FIXTURE_TEST_CASE(problems_of_other_operations_are_said, imports) {
    scratch.write("bad.py", "x = 1\nif x\n");
    scratch.write("good.py", "x = 1\n");
    scratch.write("guild.yml", "bad: {main: bad, flags-import: all}\n"
                               "also: {main: bad, flags-import: all}\n"
                               "quiet: {main: none}\n"
                               "good: {main: good, flags-import: all}\n");
    const auto file = load_guild_file(scratch.path().native());
    const auto chosen = *find_operation(**file, "good").value();
    const auto notes = other_import_problems(**file, chosen, how);
    BOOST_REQUIRE(notes.size() == 1);
    BOOST_TEST(notes[0].find("bad.py: ") != std::string::npos);
    // A mistake is kept as well: it is as sure as what is right.
    BOOST_TEST(other_import_problems(**file, chosen, how) == notes,
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_config_file_gives_its_values_as_flags, imports) {
    scratch.write("c.yml", "rate: 0.1\nlayers: [8, 4]\nopt: {kind: sgd, deep: {n: 1}}\nnone:\n");
    auto made = op("op: {exec: cat c.yml, flags-dest: 'config:c.yml', flags-import: all}\n");
    BOOST_TEST(flags_after(made) ==
               R"({"rate":1E-1,"layers":"8 4","opt.kind":"sgd","opt.deep.n":1,"none":null})");
    BOOST_TEST(json::serialize(made.requires_) ==
               R"([{"config":"c.yml","replace-existing":true,"always-resolve":true}])");
    auto some = op("op: {main: m, flags-dest: 'config:c.yml', flags: {opt.kind: },"
                   " requires: [file: x]}\n");
    BOOST_TEST(flags_after(some) == R"({"opt.kind":"sgd"})");
    BOOST_TEST(some.requires_.get_array().size() == 2);
    auto gone = op("op: {main: m, flags-dest: 'config:gone.yml', flags-import: all}\n");
    BOOST_TEST(import_flags(gone, scratch.path().native(), how).size() == 1);
}

BOOST_FIXTURE_TEST_CASE(what_was_read_is_kept_by_content, imports) {
    const std::string path = scratch.write("m.py", "x = 1\n");
    BOOST_TEST(read_module_flags(path, "", how).has_value());
    std::vector<std::filesystem::path> kept;
    for (const auto& each : std::filesystem::directory_iterator(scratch / "cache")) {
        kept.push_back(each.path());
    }
    BOOST_REQUIRE(kept.size() == 1);
    // Only the cache can say this.
    const std::string entry = "cache/" + kept[0].filename().native();
    scratch.write(entry, R"({"dest":"args","flags":{"kept":{}}})");
    BOOST_TEST(read_module_flags(path, "", how).value().flags.contains("kept"));
    scratch.write(entry, "damaged");
    BOOST_TEST(read_module_flags(path, "", how).value().flags.contains("x"));
    scratch.write("m.py", "y = 1\n");
    BOOST_TEST(read_module_flags(path, "", how).value().flags.contains("y"));
}

BOOST_FIXTURE_TEST_CASE(bad_imports_are_refused, imports) {
    for (const char* value : {"7", "{a: b}"}) {
        scratch.write("guild.yml", std::string("op: {main: m, flags-import: ") + value + "}\n");
        const auto file = load_guild_file(scratch.path().native());
        BOOST_REQUIRE(file.has_error());
        BOOST_TEST(file.error().context.find("invalid flags-import value ") != std::string::npos,
                   value);
    }
}

BOOST_FIXTURE_TEST_CASE(an_operation_is_described, imports) {
    const auto made = describe(op("op:\n"
                                  "  description: |\n    Trains.\n\n    For long.\n"
                                  "  default: yes\n"
                                  "  flags:\n"
                                  "    x10: {default: yes, description: Ten}\n"
                                  "    x9: {required: yes, choices: [a, {value: b, alias: be}]}\n"
                                  "    s: {default: no, arg-switch: yes, choices: [yes, no]}\n"
                                  "  requires:\n"
                                  "    - data\n"
                                  "    - {file: a.csv}\n"
                                  "    - {operation: prepare, name: prepared}\n"
                                  "    - {sources: [{url: 'http://x/y'}]}\n"));
    BOOST_TEST(made.is_default);
    BOOST_TEST(made.dependencies ==
                   (std::vector<std::string>{"data", "file:a.csv", "prepared", "url:http://x/y"}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(made.flags.size() == 3);
    BOOST_TEST(made.flags[0].name == "s");
    BOOST_TEST(made.flags[0].choices == (std::vector<std::string>{"yes", "no"}),
               boost::test_tools::per_element());
    BOOST_TEST(made.flags[1].name == "x9");
    BOOST_TEST(made.flags[1].required);
    BOOST_TEST(made.flags[1].choices == (std::vector<std::string>{"a", "be"}),
               boost::test_tools::per_element());
    BOOST_TEST(made.flags[2].default_value == "yes");
    BOOST_TEST(matches_words({"train-all"}, {"tr", "all"}));
    BOOST_TEST(!matches_words({"train"}, {"tr", "all"}));
}

BOOST_AUTO_TEST_SUITE_END()
