#include "engine/project/guild_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
namespace json = boost::json;

namespace {

guild_file load(const std::string& yaml) {
    const testing::temporary_directory scratch;
    scratch.write("guild.yml", yaml);
    auto file = load_guild_file(scratch.path().native());
    BOOST_REQUIRE_MESSAGE(file.has_value(), file.error().context);
    BOOST_REQUIRE(file->has_value());
    return std::move(**file);
}

std::string error_of(std::string_view yaml) {
    const testing::temporary_directory scratch;
    const std::string path = scratch.write("guild.yml", yaml);
    const auto file = load_guild_file(scratch.path().native());
    if (file) {
        return "no error";
    }
    const std::string& text = file.error().context;
    const std::string start = "error in " + path + ": ";
    BOOST_TEST((file.error().kind() == errc::bad_project), text);
    BOOST_TEST(text.starts_with(start), text);
    return text.substr(std::min(start.size(), text.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(guild_files)

BOOST_AUTO_TEST_CASE(a_plain_mapping_is_operations) {
    const auto file = load("train:\n"
                           "  description: trains\n"
                           "  default: yes\n"
                           "  flags-dest: global:params\n"
                           "  label: ${lr}\n"
                           "prepare-data: {}\n"
                           "short: pkg.mod --x 1\n");
    BOOST_TEST(file.package == "");
    BOOST_TEST(file.default_model == "");
    const auto* train = find_operation(file, "").value();
    BOOST_TEST(train->name == "train");
    BOOST_TEST(train->main == "train");
    BOOST_TEST(train->flags_dest == "global:params");
    BOOST_TEST(train->label == "${lr}");
    BOOST_TEST(find_operation(file, "prepare-data").value()->main == "prepare_data");
    BOOST_TEST(find_operation(file, "short").value()->main == "pkg.mod --x 1");
    BOOST_TEST(find_operation(file, "nope").error().context ==
               "operation 'nope' is not defined for this project\n"
               "Try '{program} operations' for a list of available operations.");
}

BOOST_AUTO_TEST_CASE(the_full_form_has_packages_models_and_inheritance) {
    const auto file = load("- package: hello\n"
                           "  version: 0.1\n"
                           "- config: shared\n"
                           "  flags: {lr: 0.1, n: {default: 3, type: int}}\n"
                           "- config: model-defaults\n"
                           "  sourcecode: {dest: src, select: [exclude: '*.md']}\n"
                           "  operations:\n"
                           "    base: {main: base, flags: {b: 1}}\n"
                           "- model: spare\n"
                           "  operations: {base: {exec: ls, flags: {b: 2}}}\n"
                           "- model: m\n"
                           "  extends: model-defaults\n"
                           "  operations:\n"
                           "    train:\n"
                           "      main: train\n"
                           "      flags: {$include: [shared, 'spare:base'], lr: 0.5}\n"
                           "      sourcecode: [include: data.csv]\n"
                           "- operations:\n"
                           "    other: {}\n"
                           "- test: t\n");
    BOOST_TEST(file.package == "hello");
    BOOST_TEST(file.package_version == "0.1");
    const auto* train = find_operation(file, "m:train").value();
    BOOST_TEST(train->full_name() == "m:train");
    BOOST_TEST(train->flags.size() == 3U);
    BOOST_TEST(train->find_flag("lr")->default_value.get_double() == 0.5);
    BOOST_TEST(train->find_flag("n")->type == "int");
    BOOST_TEST(train->sourcecode.dest == "src");
    BOOST_REQUIRE_EQUAL(train->sourcecode.rules.size(), 2U);
    BOOST_TEST(!train->sourcecode.rules[0].include);
    BOOST_TEST(train->sourcecode.rules[1].pattern == "data.csv");
    BOOST_TEST(find_operation(file, "m:base").has_value());
    BOOST_TEST(find_operation(file, "other").value()->model == "");
    BOOST_TEST(load("- model: only\n  operations: {a: {}}\n").default_model == "only");
}

BOOST_AUTO_TEST_CASE(patterns_alone_select_only_what_they_name) {
    const auto file = load("a: {sourcecode: '*.py'}\nb: {sourcecode: no}\n");
    const auto& rules = find_operation(file, "a").value()->sourcecode.rules;
    BOOST_REQUIRE_EQUAL(rules.size(), 2U);
    BOOST_TEST(!rules[0].include);
    BOOST_TEST(rules[1].pattern == "*.py");
    BOOST_TEST(find_operation(file, "b").value()->sourcecode.disabled);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_in_the_words_of_guild) {
    const std::pair<const char*, const char*> cases[] = {
        {"text\n", "invalid guildfile data 'text': expected a mapping"},
        {"- text\n", "invalid item 'text': expected a mapping"},
        {"- {x: 1}\n",
         "missing required type (one of: config, include, model, package) in {'x': 1}"},
        {"- {model: m, config: c}\n", "multiple types (config, model) in "},
        {"- {model: 3}\n", "invalid model name 3: expected a string"},
        {"- model: m\n- model: m\n", "duplicate model 'm'"},
        {"- config: m\n- config: m\n", "duplicate config 'm'"},
        {"- package: a\n- package: b\n", "multiple package definitions"},
        {"- include: gone.yml\n", "cannot find include 'gone.yml' (includes must be local"},
        {"- {model: m, operations: [a]}\n", "invalid operations value ['a']: expected a mapping"},
        {"a: 1\n", "invalid value for operation 'a': expected a string or a mapping"},
        {"3: {exec: ls}\n", "invalid operation name 3: expected a string"},
        {"- operations: {yes: {exec: ls}}\n", "invalid operation name True: expected a string"},
        {"a: {exec: ls, flags: {d: 2024-01-01}}\n", "invalid value for d flag (a date): expected"},
        {"a:\n", "invalid value for operation 'a': expected a string or a mapping"},
        {"a: {flags: [x]}\n", "invalid flags value ['x']: expected a mapping"},
        {"a: {flags: {$include: zz}}\n", "invalid include reference 'zz': cannot find target"},
        {"a: {flags: {$include: a}}\n", "invalid include reference 'a': it leads back to itself"},
        {"a: {flags-import: maybe}\n",
         "invalid flags-import value 'maybe': expected yes/all, no, "},
        {"a: {output-scalars: 3}\n", "invalid output-scalars 3: expected a mapping, list, string"},
        {"a: {requires: [3]}\n", "invalid requires value 3: expected a string or mapping"},
        {"a: {requires: [{fiel: x}]}\n", "invalid source {'fiel': 'x'} in resource ':<inline>': "},
        {"a: {steps: b}\n", "invalid steps data 'b': expected a list"},
        {"a: {optimizer: x, optimizers: [y]}\n",
         "conflicting optimizer configuration in operation 'a'"},
        {"a: {sourcecode: 5}\n",
         "invalid select files spec 5: expected a string, list, or mapping"},
        {"a: {sourcecode: [3]}\n", "invalid sourcecode 3: expected a string or mapping"},
        {"a: {sourcecode: [{take: x}]}\n", "unsupported file select spec: {'take': 'x'}"},
        {"a: {sourcecode: [{include: x, exclude: y}]}\n", "invalid file select spec "},
        {"- {model: m, resources: {r: 3}}\n",
         "invalid resource value 3: expected a mapping or a list"},
        {"- {model: m, extends: zz}\n", "undefined model or config 'zz'"},
        {"- {config: a, extends: b}\n- {config: b, extends: a}\n- {model: m, extends: a}\n",
         "cycle in 'extends' (a -> b -> a)"},
    };
    for (const auto& [yaml, expected] : cases) {
        const std::string got = error_of(yaml);
        BOOST_TEST(got.starts_with(expected), yaml << " gave: " << got);
    }
    BOOST_TEST(error_of("a:\n  b: [\n").find(":3:1: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_operation_that_cannot_run_takes_no_other_with_it) {
    const std::pair<const char*, const char*> cases[] = {
        {"notebook: n.ipynb", "'notebook' is not there yet"},
        {"exec: \"x 'y\"", "exec is no command line"},
        {"main: [a]", "main must be the name of a module"},
        {"sourcecode: {dest: ../x}", "sourcecode: dest must stay below"},
        {"env: x", "env must be a mapping"},
        {"run-attrs: [x]", "run-attrs must be a mapping"},
        {"env-secrets: {x: 1}", "env-secrets must be a text or a list of texts"},
        {"tags: [[x]]", "tags must be a text or a list of texts"},
        {"main: guild.plugins.nbexec n.ipynb", "'main: guild.plugins.nbexec' is not there yet"},
        {"dvc-stage: s", "'dvc-stage' is not there yet"},
        {"main: n.ipynb", "a notebook cannot be 'main' yet"},
        {"main: m\n  flags-dest: locals", "'flags-dest: locals' is not there"},
        {"main: m\n  flags-dest: 'global:'", "'flags-dest: global:' is not there"},
        {"main: train.R --x", "a script in R cannot be 'main' yet: use 'exec: Rscript train.R "},
    };
    for (const auto& [body, expected] : cases) {
        const auto file = load("a:\n  description: what it does\n  " + std::string(body) +
                               "\nfine: {exec: ls}\n");
        const auto* bad = find_operation(file, "a").value();
        BOOST_REQUIRE_MESSAGE(bad->refused, body);
        BOOST_TEST(bad->refused->context.starts_with("operation 'a' cannot be run: " +
                                                     std::string(expected)),
                   bad->refused->context);
        BOOST_TEST(bad->description == "what it does");
        BOOST_TEST(!find_operation(file, "fine").value()->refused);
    }
    BOOST_TEST(load("'3': {exec: ls, flags: {d: '2024-01-01', 1: 2}}\n").operations.size() == 1U);
    for (const char* body : {"plugins: no", "plugins: []", "plugins: off", "plugins: all",
                             "plugins: [python_script]", "plugins: [cpu, gpu]", "plugins: summary",
                             "main: guild.pass x", "main: m\n  flags-dest: args:click",
                             "main: m\n  flags-dest: 'dict:p'", "flags-dest: none"}) {
        BOOST_TEST(!find_operation(load("a:\n  " + std::string(body) + "\n"), "a").value()->refused,
                   body);
    }
    BOOST_TEST(load("a: {exec: ls, requires: [{dvcfile: d}]}\nb: {exec: ls}\n").operations.size() ==
               2U);
    const auto plugged =
        load("- model: m\n  plugins: [cpu]\n  operations: {a: {exec: ls}, b: {exec: "
             "ls, plugins: no}}\n");
    BOOST_TEST(find_operation(plugged, "a").value()->remarks.size() == 1U);
    BOOST_TEST(find_operation(plugged, "b").value()->remarks.empty());
    // A flag that cannot be read is still one of the operation's.
    const auto file = load("a: {exec: ls, flags: {x: {min: low}, y: 1}}\n");
    const auto* op = find_operation(file, "a").value();
    BOOST_TEST(op->refused.has_value());
    BOOST_TEST(op->flags.size() == 2U);
}

BOOST_AUTO_TEST_CASE(old_words_and_defaults_of_operations_are_flags_as_any) {
    const auto file = load("- config: c\n  operations: {b: x}\n"
                           "- model: m\n  operation-defaults: {flags: {x: 1, y: {default: 2}}}\n"
                           "  operations:\n    a: {exec: ls}\n    $import: {exec: ls}\n"
                           "    old: {exec: ls, flags: {$import: [u, v]}, requires: {}}\n");
    const auto* op = find_operation(file, "m:a").value();
    BOOST_TEST(op->find_flag("x")->default_value.get_int64() == 1);
    BOOST_TEST(op->find_flag("y")->default_value.get_int64() == 2);
    BOOST_TEST(find_operation(file, "m:old").value()->find_flag("$import")->default_value ==
               (boost::json::array{"u", "v"}));
    BOOST_TEST(error_of("- {model: m, operations: {a: {operations: {b: 3}}, $include: a}}\n")
                   .starts_with("invalid value for operation 'b'"));
}

BOOST_AUTO_TEST_CASE(keys_that_mean_nothing_are_ignored_and_of_two_the_last_counts) {
    const auto file = load("a:\n  exec: echo 1\n  exec: echo 2\n  decription: x\n"
                           "  extra: {b: [1, {c: d}]}\n  flags: {x: {default: 1, hoices: [2]}}\n");
    const auto* op = find_operation(file, "a").value();
    BOOST_TEST(!op->refused);
    BOOST_TEST((op->exec == std::vector<std::string>{"echo", "2"}));
    BOOST_TEST(op->find_flag("x")->default_value.get_int64() == 1);
}

BOOST_AUTO_TEST_CASE(models_inherit_merge_and_fill_in_parameters) {
    const auto file = load("- config: base\n"
                           "  params: {volts: 230, plug: 'type-{{ volts }}'}\n"
                           "  operation-defaults: {label: shared, flags-dest: args}\n"
                           "  operations:\n"
                           "    run:\n"
                           "      description: '{{thing}} at {{volts}} V ({{plug}}, {{unknown}})'\n"
                           "      main: run\n"
                           "      flags: {volts: '{{volts}}', n: {default: 5, type: int}}\n"
                           "    stop: run --stop\n"
                           "- config: loud\n"
                           "  operations: {run: {flags: {watts: 900, n: 1}}}\n"
                           "- model: mixer\n"
                           "  extends: base\n"
                           "  params: {thing: mixer}\n"
                           "  operations: {run: {label: mine, flags: {n: 2}}}\n"
                           "- model: grinder\n"
                           "  extends: [loud, base]\n"
                           "  params: {volts: 110}\n");
    const auto* mixer = find_operation(file, "mixer:run").value();
    BOOST_TEST(mixer->description == "mixer at 230 V (type-230, {{unknown}})");
    BOOST_TEST(mixer->label == "mine");
    BOOST_TEST(mixer->flags_dest == "args");
    BOOST_TEST(mixer->find_flag("volts")->default_value.get_int64() == 230);
    BOOST_TEST(mixer->find_flag("n")->default_value.get_int64() == 2);
    BOOST_TEST(mixer->find_flag("n")->type == "int");
    BOOST_TEST(find_operation(file, "mixer:stop").value()->main == "run --stop");
    BOOST_TEST(find_operation(file, "mixer:stop").value()->label == "shared");
    const auto* grinder = find_operation(file, "grinder:run").value();
    BOOST_TEST(grinder->find_flag("n")->default_value.get_int64() == 1);
    BOOST_TEST(grinder->find_flag("watts")->default_value.get_int64() == 900);
    BOOST_TEST(grinder->find_flag("volts")->default_value.get_int64() == 110);
}

BOOST_AUTO_TEST_CASE(parameters_that_grow_without_end_stay_as_they_are) {
    const auto file =
        load("- model: m\n"
             "  params: {a: '{{b}}{{b}}{{b}}{{b}}', b: '{{a}}{{a}}{{a}}{{a}}', c: '{{c}}'}\n"
             "  operations: {o: {exec: ls, description: '{{a}}', label: '{{c}}'}}\n");
    const auto* op = find_operation(file, "o").value();
    BOOST_TEST(op->description.size() < 1'000'000U);
    BOOST_TEST(op->label == "{{c}}");
}

BOOST_AUTO_TEST_CASE(sections_include_what_others_have_as_it_is_written) {
    const auto file =
        load("- config: size\n"
             "  flags: {width: 10, height: 20, depth: {description: d, default: 30}}\n"
             "- config: colour\n"
             "  flags: {colour: red, depth: 1}\n"
             "- config: lid\n"
             "  operations: {close: {exec: echo}}\n"
             "- model: box\n"
             "  operations:\n"
             "    build: {exec: echo, flags: {height: 99, $include: size}}\n"
             "    paint: {exec: echo, flags: {$include: ['size#depth', colour], gloss: yes}}\n"
             "    ship: {exec: echo, flags: {$include: 'box:build#width,height', weight: 4}}\n"
             "    $include: lid\n");
    const auto flags_of = [&](const char* name) {
        std::string out;
        for (const auto& flag : find_operation(file, name).value()->flags) {
            out += flag.name + "=" + json::serialize(flag.default_value) + " ";
        }
        return out;
    };
    BOOST_TEST(flags_of("build") == "width=10 height=99 depth=30 ");
    BOOST_TEST(flags_of("paint") == "depth=1 colour=\"red\" gloss=true ");
    BOOST_TEST(find_operation(file, "paint").value()->find_flag("depth")->description == "d");
    BOOST_TEST(flags_of("ship") == "height=99 weight=4 ");
    BOOST_TEST(find_operation(file, "close").has_value());
}

BOOST_AUTO_TEST_CASE(included_files_stand_for_their_items) {
    const testing::temporary_directory scratch;
    scratch.write("guild.yml", "- include: sub/one.yml\n- model: m\n  extends: shared\n");
    scratch.write("sub/one.yml",
                  "- config: shared\n  operations: {o: {exec: ls}}\n- include: [two.yml]\n");
    scratch.write("sub/two.yml", "plain: {exec: ls}\n");
    const auto load_it = [&] { return load_guild_file(scratch.path().native()); };
    const auto file = load_it();
    BOOST_REQUIRE_MESSAGE(file.has_value(), file.error().context);
    BOOST_TEST(find_operation(**file, "m:o").has_value());
    BOOST_TEST(find_operation(**file, ":plain").has_value());
    scratch.write("sub/two.yml", "- include: ../guild.yml\n");
    BOOST_TEST(load_it().error().context.find("cycle in 'includes' (") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_of_operations_are_looked_up_as_in_guild) {
    const auto file =
        load("- model: north-wind\n  operations: {blow: {exec: ls}, calm: {exec: ls}}\n"
             "- model: north-star\n  operations: {shine: {exec: ls}}\n"
             "- operations: {main-op: {exec: ls}, other: {exec: ls}}\n");
    BOOST_TEST(find_operation(file, "star:shine").value()->full_name() == "north-star:shine");
    BOOST_TEST(find_operation(file, ":main-op").value()->full_name() == "main-op");
    BOOST_TEST(find_operation(file, "main-op").value()->full_name() == "main-op");
    const std::pair<const char*, const char*> wrong[] = {
        {"blow",
         "operation 'blow' is not defined for this project\nTry '{program} operations' for"},
        {"north-wind:nope", "operation 'nope' is not defined for model 'north-wind'\nTry "
                            "'{program} operations north-wind' for"},
        {"north-star:", "invalid operation 'north-star:'\n"},
        {"nobody:blow", "cannot find operation nobody:blow\n"},
        {"north:blow", "there are multiple models that match 'north'\nTry specifying one of the "
                       "following:\n  north-star\n  north-wind"},
        {"a:b:c", "invalid operation 'a:b:c'\n"},
        {"a/b/c", "invalid operation 'a/b/c'\n"},
        {"", "a default operation is not defined for this project\n"},
    };
    for (const auto& [name, expected] : wrong) {
        const auto found = find_operation(file, name);
        BOOST_REQUIRE_MESSAGE(!found, name);
        BOOST_TEST(found.error().context.starts_with(expected), found.error().context);
    }
    BOOST_TEST(find_operation(load("a: {exec: ls}\n_b: {exec: ls}\n"), "").value()->name == "a");
    BOOST_TEST(
        find_operation(load("# nothing\n"), "op")
            .error()
            .context.starts_with("cannot find operation op\nYou may need to include a model"));
}

BOOST_AUTO_TEST_CASE(settings_of_runs_are_read_from_the_operation_and_its_model) {
    const auto file = load("- model: m\n"
                           "  python-requires: '>=3'\n"
                           "  sourcecode: [exclude: '*.md']\n"
                           "  operations:\n"
                           "    a: {exec: ls, tags: one, env-secrets: [X], run-attrs: {level: 3},\n"
                           "        default-flag-arg-skip: yes, flags: {x: 1, y: {arg-skip: no}}}\n"
                           "    b: {exec: ls, sourcecode: no, python-requires: '==3.9'}\n");
    const auto* a = find_operation(file, "a").value();
    BOOST_TEST((a->tags == std::vector<std::string>{"one"}));
    BOOST_TEST((a->env_secrets == std::vector<std::string>{"X"}));
    BOOST_TEST(a->run_attrs.at("level").get_int64() == 3);
    BOOST_TEST(a->python_requires == ">=3");
    BOOST_TEST(a->find_flag("x")->arg_skip);
    BOOST_TEST(!a->find_flag("y")->arg_skip);
    const auto* b = find_operation(file, "b").value();
    BOOST_TEST(b->sourcecode.disabled);
    BOOST_TEST(b->python_requires == "==3.9");
    BOOST_TEST(find_operation(load("named.py: {}\n"), "named.py").value()->main == "named");
}

BOOST_AUTO_TEST_CASE(a_directory_without_guild_yml_has_no_project) {
    const testing::temporary_directory scratch;
    BOOST_TEST(!load_guild_file(scratch.path().native()).value().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
