#include "engine/json/described_json.hpp"
#include "engine/project/batch_file.hpp"
#include "engine/project/batch_plan.hpp"
#include "engine/project/trial_children.hpp"
#include "engine/project/trial_table.hpp"
#include "engine/text/yaml_value.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>

using namespace outrider;
namespace json = boost::json;

namespace {

constexpr std::string_view kettle = "boil:\n"
                                    "  flags-dest: globals\n"
                                    "  flags-import: no\n"
                                    "  objective: energy\n"
                                    "  label: at ${watts}\n"
                                    "  flags:\n"
                                    "    watts: 1000\n"
                                    "    lid: {default: yes, choices: [yes, no]}\n"
                                    "    cups: {default: 2, min: 1, max: 8}\n"
                                    "corners:\n"
                                    "  flags-import: no\n"
                                    "  default-max-trials: 7\n"
                                    "  flags:\n"
                                    "    margin: {default: 0, type: int}\n"
                                    "tuned:\n"
                                    "  main: boil\n"
                                    "  flags-import: no\n"
                                    "  objective: {maximize: speed}\n"
                                    "  flags: {watts: 1000}\n"
                                    "  optimizers:\n"
                                    "    ends: {algorithm: corners, default: yes, margin: 5}\n"
                                    "    dice: {algorithm: random}\n"
                                    "torn:\n"
                                    "  main: boil\n"
                                    "  flags-import: no\n"
                                    "  flags: {watts: 1}\n"
                                    "  optimizers: [random, corners]\n";

/// A project whose operations are swept.
struct sweep_project {
    testing::temporary_directory scratch;
    run_request request;

    sweep_project() {
        request.context.directory = scratch.path().native();
        request.context.environment = {
            {"PATH", std::getenv("PATH")}, {"HOME", "/nonexistent"}, {"NO_VCS_COMMIT", "1"}};
        request.run_id = std::string(32, 'b');
        request.now_us = 1'700'000'000'000'000;
        scratch.write("guild.yml", kettle);
        for (const char* name : {"boil.py", "corners.py"}) {
            scratch.write(name, "pass\n");
        }
    }
    result<run_plan> plan(const std::string& operation, std::vector<std::string> flags) {
        request.command.operation = operation;
        request.command.flags = std::move(flags);
        return plan_run(request);
    }
    run_plan planned(const std::string& operation, std::vector<std::string> flags) {
        auto got = plan(operation, std::move(flags));
        BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
        BOOST_REQUIRE(got->batch != nullptr);
        return std::move(*got);
    }
    std::string error_of(const std::string& operation, std::vector<std::string> flags) {
        const auto got = plan(operation, std::move(flags));
        return got ? "no error" : got.error().context;
    }
};

// A row of cells for each trial: "2 yes 10|".
std::string rows_of(const batch_plan& batch) {
    std::string out;
    for (const auto& row : list_trials(batch.trials).trials) {
        for (const auto& cell : row) {
            out += cell + " ";
        }
        out.back() = '|';
    }
    return out;
}

json::value written(const run_plan& plan, const char* name) {
    return read_yaml(plan.start.attributes.at(name), name).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(batch_plans)

BOOST_FIXTURE_TEST_CASE(lists_make_a_grid_and_single_values_none, sweep_project) {
    const auto plan = planned("boil", {"watts=[20,10]", "cups=[1,2]"});
    BOOST_CHECK(plan.batch->kind == batch_kind::grid);
    BOOST_TEST(plan.batch->optimizer == "+");
    BOOST_TEST(plan.batch->count.value() == 4);
    BOOST_TEST(rows_of(*plan.batch) == "1 yes 20|1 yes 10|2 yes 20|2 yes 10|");
    BOOST_CHECK(this->plan("boil", {"watts=5"}).value().batch == nullptr);
    request.command.optimizer = "+";
    BOOST_TEST(rows_of(*planned("boil", {"watts=5"}).batch) == "2 yes 5|");
}

BOOST_FIXTURE_TEST_CASE(a_part_of_a_grid_is_the_one_of_the_seed, sweep_project) {
    request.command.max_trials = 3;
    request.command.random_seed = 99;
    BOOST_TEST(rows_of(*planned("boil", {"watts=range[100:2500:100]"}).batch) ==
               "2 yes 700|2 yes 1300|2 yes 2000|");
    request.command.random_seed = -99; // to Python the same
    BOOST_TEST(rows_of(*planned("boil", {"watts=range[100:2500:100]"}).batch) ==
               "2 yes 700|2 yes 1300|2 yes 2000|");
    request.command.max_trials.reset();
    BOOST_TEST(error_of("boil", {"watts=range[1:1000]", "cups=[1]*1001"})
                   .starts_with("1001000 trials are too many for one batch\n"));
}

BOOST_FIXTURE_TEST_CASE(prototype_and_batch_are_two_runs, sweep_project) {
    request.command.random_seed = 9;
    request.command.tags = {"hot"};
    request.command.batch_label = "all";
    request.command.batch_tags = {"tea"};
    const auto plan = planned("boil", {"watts=[1,2]"});
    BOOST_TEST(written(plan, "id") == "proto");
    BOOST_TEST(json::serialize(written(plan, "flags")) == R"({"cups":2,"lid":true,"watts":[1,2]})");
    BOOST_TEST(written(plan, "random_seed") == 9);
    BOOST_TEST(json::serialize(written(plan, "tags")) == R"(["hot"])");
    BOOST_TEST(!plan.start.attributes.contains("objective"));

    const run_plan& batch = plan.batch->run;
    BOOST_TEST(batch.start.opref == "builtin:guildai 0.9.1 '' +");
    BOOST_TEST(batch.start.run_id == request.run_id);
    BOOST_TEST(batch.start.delete_on_success);
    BOOST_TEST(std::string(written(batch, "id").as_string()) == request.run_id);
    BOOST_TEST(json::serialize(written(batch, "flags")) == "{}");
    BOOST_TEST(written(batch, "objective") == "energy");
    BOOST_TEST(written(batch, "label") == "all");
    BOOST_TEST(json::serialize(written(batch, "tags")) == R"(["tea"])");
    BOOST_TEST(written(batch, "sourcecode_digest").is_null());
    BOOST_TEST(written(batch, "run_params").at("flags").at(0) == "watts=[1,2]");
    BOOST_TEST(!batch.start.attributes.contains("max_trials"));
    BOOST_TEST(batch.sources.empty());
    request.command.keep_batch = true;
    BOOST_TEST(!planned("boil", {"watts=[1,2]"}).batch->run.start.delete_on_success);
}

BOOST_FIXTURE_TEST_CASE(a_trial_is_the_prototype_with_flags_of_its_own, sweep_project) {
    const auto plan = planned("boil", {"watts=[1,2]"});
    const auto trial = plan_trial(plan, plan.batch->trials[1]).value();
    BOOST_TEST(trial.shown == "cups=2, lid=yes, watts=2");
    BOOST_TEST(trial.command.back() == "2");
    BOOST_TEST(trial.environment.at("FLAG_WATTS") == "2");
    BOOST_TEST(!trial.environment.contains("FLAG_CUPS"));
    BOOST_TEST(trial.attributes.at("label") == "at 2\n");
    BOOST_TEST(trial.attributes.at("flags") == "cups: 2\nlid: true\nwatts: 2\n");
    BOOST_TEST(trial.attributes.at("user_flags") == "{}\n");
    request.command.label = "w ${watts}";
    const auto labelled = planned("boil", {"watts=[1,2]"});
    BOOST_TEST(plan_trial(labelled, labelled.batch->trials[0]).value().attributes.at("label") ==
               "w 1\n");
    scratch.write("guild.yml",
                  "a: {exec: ls, flags: {n: 1}, env: {PYTHONPATH: src, N: 'n${n}'}}\n");
    const auto with_env = planned("a", {"n=[1,2]"});
    const auto its = plan_trial(with_env, with_env.batch->trials[1]).value().environment;
    BOOST_TEST(its.at("N") == "n2");
    BOOST_TEST(!its.contains("PYTHONPATH")); // of the prototype, with more than src on it
}

BOOST_FIXTURE_TEST_CASE(a_range_starts_a_random_search_of_all_that_the_project_declares,
                        sweep_project) {
    request.command.max_trials = 3;
    request.command.random_seed = 1;
    const auto plan = planned("boil", {"watts=[1:100]"});
    BOOST_CHECK(plan.batch->kind == batch_kind::random);
    BOOST_TEST(plan.batch->run.start.opref == "builtin:guildai 0.9.1 skopt random");
    BOOST_TEST(written(plan.batch->run, "max_trials") == 3);
    BOOST_TEST(json::serialize(written(plan, "flags")) ==
               R"({"cups":"uniform[1:8:2]","lid":[true,false],"watts":"[1:100]"})");
    BOOST_TEST(plan.flags.at(2).value == "[1:100]");
    BOOST_TEST(plan.batch->trials.size() == 3U);
    BOOST_TEST(plan.batch->trials.at(0).at("cups") == 2);
    request.command.max_trials.reset();
    BOOST_TEST(planned("boil", {"watts=[1:100]", "lid=no", "cups=1"}).batch->count.value() == 20);
}

BOOST_FIXTURE_TEST_CASE(what_a_search_cannot_do_fails_in_the_run_of_the_batch, sweep_project) {
    BOOST_TEST(planned("boil", {"watts=normal[1:2]"}).batch->failed ==
               "ERROR: [guild] unknown function 'normal' used for flag watts");
    request.command.random_seed = -1;
    BOOST_TEST(planned("boil", {"watts=[1:2]"}).batch->failed ==
               "ERROR: [guild] Seed must be between 0 and 2**32 - 1");
}

BOOST_FIXTURE_TEST_CASE(optimizers_are_chosen_as_the_operation_and_the_person_say, sweep_project) {
    request.command.optimizer = "corners";
    auto plan = planned("boil", {"watts=[1:9]"});
    BOOST_CHECK(plan.batch->kind == batch_kind::program);
    BOOST_TEST(plan.batch->count.value() == 7);
    BOOST_TEST(plan.batch->run.operation == "corners");
    BOOST_TEST(plan.batch->run.flags.at(0).value == "0");
    BOOST_TEST(!plan.batch->run.start.delete_on_success);
    BOOST_TEST(!plan.batch->run.sources.empty());
    request.command.optimizer_flags = {"margin=3"};
    BOOST_TEST(planned("boil", {"watts=[1:9]"}).batch->run.flags.at(0).value == "3");
    request.command.optimizer_flags = {"margen=3"};
    BOOST_TEST(error_of("boil", {"watts=[1:9]"})
                   .starts_with("unsupported flag 'margen'\nTry "
                                "'{program} run corners --help-op'"));
    request.command.optimizer_flags.clear();

    request.command.optimizer = "gaussian";
    plan = planned("boil", {"watts=[1:9]"});
    BOOST_CHECK(plan.batch->kind == batch_kind::search);
    BOOST_TEST(plan.batch->optimizer == "skopt:gp");
    BOOST_TEST(plan.batch->search.objective == "energy");
    BOOST_TEST(plan.batch->search.random_starts == 3);
    BOOST_TEST(plan.batch->search.space.dimensions.size() == 3U);
    BOOST_TEST(!plan.batch->run.start.delete_on_success);
    request.command.optimizer = "nosuch";
    BOOST_TEST(error_of("boil", {}) == "operation 'nosuch' is not defined for this project\nTry "
                                       "'{program} operations' for a list of available "
                                       "operations.");

    request.command.optimizer = "";
    request.command.optimize = true;
    plan = planned("tuned", {"watts=[1:9]"});
    BOOST_TEST(plan.batch->run.flags.at(0).value == "5");
    BOOST_TEST(plan.batch->objective == "-speed");
    BOOST_TEST(written(plan.batch->run, "objective") == "-speed");
    BOOST_TEST(error_of("torn", {}) == "no default optimizer defined for torn\nSpecify one of the "
                                       "following with '--optimizer': corners, random");
    BOOST_TEST(planned("boil", {"watts=[1:9]"}).batch->optimizer == "skopt:gp");
}

BOOST_FIXTURE_TEST_CASE(a_program_can_be_the_optimizer, sweep_project) {
    scratch.write("guild.yml", "op:\n"
                               "  main: boil\n"
                               "  flags-import: no\n"
                               "  flags: {x: '[1:9]'}\n"
                               "  optimizers:\n"
                               "    own: {program: ./search.py --fast, answer-seconds: 2, k: 3}\n"
                               "    other: {algorithm: gp}\n");
    request.command.optimizer = "own";
    request.command.optimizer_flags = {"k=4", "j=a"};
    auto plan = planned("op", {});
    BOOST_CHECK(plan.batch->kind == batch_kind::search);
    BOOST_TEST(plan.batch->optimizer == "own");
    BOOST_TEST(plan.batch->remark.empty());
    BOOST_REQUIRE(plan.batch->program);
    const std::vector<std::string> words{"python3", "./search.py", "--fast"};
    BOOST_TEST(plan.batch->program->words == words, boost::test_tools::per_element());
    BOOST_TEST(plan.batch->program->answer_limit_ms == 2000);
    BOOST_CHECK((plan.batch->program->options == flag_map{{"j", "a"}, {"k", 4}}));

    request.command.optimizer = "./bin/search";
    request.command.optimizer_flags.clear();
    plan = planned("op", {});
    BOOST_TEST(plan.batch->optimizer == "./bin/search");
    BOOST_TEST(plan.batch->program.value().words.at(0) == "./bin/search");
    request.command.optimizer = "other";
    BOOST_TEST(!planned("op", {}).batch->program);
}

BOOST_FIXTURE_TEST_CASE(a_plan_from_a_batch_asks_the_program_that_the_batch_asked, sweep_project) {
    const std::string flags = "op:\n"
                              "  main: boil\n"
                              "  flags-import: no\n"
                              "  flags: {x: '[1:9]'}\n"
                              "  objective: {maximize: speed}\n";
    scratch.write("guild.yml", flags + "  optimizers:\n"
                                       "    own: {program: ./search.py, answer-seconds: 2, k: 3}\n"
                                       "    other: {program: ./other}\n");
    request.command.optimizer = "own";
    const auto first = planned("op", {});
    request.from = recorded_run{.id = "b",
                                .opref = first.start.opref,
                                .attributes = first.start.attributes,
                                .proto = true,
                                .optimizer = {}};
    request.command.max_trials = 40;
    // Its program is known by the project alone, as its objective is.
    auto plan = planned("", {"x=[2:7]"});
    BOOST_TEST(plan.batch->program.value().words == first.batch->program.value().words,
               boost::test_tools::per_element());
    BOOST_TEST(plan.batch->objective == "-speed");
    BOOST_TEST(plan.batch->count.value() == 40);
    // By the batch: the project may have changed or be gone.
    request.from->optimizer = recorded_optimizer{
        .name = "own", .program = {.words = {"sh", "old.sh"}, .answer_limit_ms = 700}};
    request.command.optimizer_flags = {"k=9"};
    for (const bool gone : {false, true}) {
        if (gone) {
            std::filesystem::remove(scratch / "guild.yml");
        }
        plan = planned("", {"x=[2:7]"});
        BOOST_TEST(plan.batch->optimizer == "own");
        BOOST_TEST(plan.batch->program.value().words.at(1) == "old.sh");
        BOOST_TEST(plan.batch->program.value().answer_limit_ms == 700);
        BOOST_CHECK((plan.batch->program.value().options == flag_map{{"k", 9}}));
    }
    // Another one was asked for.
    request.command.optimizer_flags.clear();
    request.command.optimizer = "gp";
    BOOST_TEST(!planned("", {}).batch->program);
    scratch.write("guild.yml", flags + "  optimizers: {other: {program: ./other}}\n");
    request.command.optimizer = "other";
    BOOST_TEST(planned("", {}).batch->program.value().words.at(0) == "./other");
}

BOOST_FIXTURE_TEST_CASE(a_search_knows_what_its_trials_require, sweep_project) {
    const std::string op = "op:\n"
                           "  main: boil\n"
                           "  flags-import: no\n"
                           "  flags: {x: '[1:9]', data: big, kind: [a, b]}\n"
                           "  requires:\n"
                           "    - file: '${data}.txt'\n";
    scratch.write("big.txt", "1\n");
    scratch.write("conf.yml", "x: 1\nrest: {y: 2}\n");
    request.command.optimizer = "tpe";
    const auto planned_children = [this] {
        auto prototype = planned("op", {});
        BOOST_REQUIRE(resolve_required(prototype));
        const std::vector<std::string> ids(prototype.batch->trials.size(), "t");
        return plan_children(prototype,
                             {.home = "/h", .activation = {}, .program = "guild", .ids = ids});
    };
    const auto head_of = [](const trial_children& planned) {
        return protocol::decode<protocol::children_head>(
                   planned.plan.substr(0, planned.plan.find('\n')))
            .value();
    };
    // What depends on a flag that is not searched is the same for all.
    scratch.write("guild.yml", op + "    - config: conf.yml\n");
    const auto planned = planned_children();
    BOOST_REQUIRE_MESSAGE(planned, planned.error().context);
    const auto head = head_of(*planned);
    BOOST_REQUIRE(head.common.dependencies.size() == 2U);
    const auto& file = head.common.dependencies[0];
    BOOST_REQUIRE_MESSAGE(file.entries.size() == 1U, file.reason);
    BOOST_TEST(file.entries[0].place == "big.txt");
    BOOST_REQUIRE(head.search->configs.size() == 1U);
    const auto& config = head.search->configs[0];
    BOOST_TEST(config.dependency == 1);
    BOOST_TEST(fill_config(config.recipe, {{"x", 7}, {"kind", "b"}}).value() ==
               "kind: b\nrest:\n  'y': 2\nx: 7\n");
    for (const char* decided : {"    - file: '${kind}.txt'\n", "    - operation: 'up-${kind}'\n"}) {
        scratch.write("guild.yml", op + decided);
        const auto refused = planned_children();
        BOOST_REQUIRE(!refused);
        BOOST_TEST(refused.error().context ==
                   "what operation 'op' requires depends on flag 'kind', which a search that "
                   "learns chooses\nUse '--optimizer random' instead, or one value for that flag.");
    }
    request.command.optimizer = "random";
    scratch.write("a.txt", "");
    scratch.write("b.txt", "");
    scratch.write("guild.yml", op + "    - file: '${kind}.txt'\n");
    BOOST_TEST(planned_children().has_value());
}

BOOST_FIXTURE_TEST_CASE(choices_switch_on_what_is_searched_with_them, sweep_project) {
    scratch.write("guild.yml", "op:\n"
                               "  main: boil\n"
                               "  flags-import: no\n"
                               "  flags:\n"
                               "    momentum: null\n"
                               "    rate: {min: 0.1, max: 1.0}\n"
                               "    kind:\n"
                               "      choices:\n"
                               "        - {value: sgd, flags: {momentum: '[0.5:0.9]'}}\n"
                               "        - {value: adam, flags: {rate: 0.5}}\n");
    request.command.optimizer = "tpe";
    const auto plan = planned("op", {});
    const auto& space = plan.batch->search.space;
    BOOST_TEST(space.dimensions.size() == 1U);
    std::string switches;
    for (const auto& each : space.switches) {
        switches += json::serialize(each.value) + " " + each.target +
                    (each.searched ? " searched|" : " " + json::serialize(each.constant) + "|");
    }
    BOOST_TEST(switches == R"("sgd" momentum searched|"sgd" rate searched|"adam" rate 5E-1|)");
}

BOOST_FIXTURE_TEST_CASE(trials_that_are_written_down_are_taken_as_they_are, sweep_project) {
    scratch.write("a.csv", "\xef\xbb\xbfwatts,lid\r\n1,no\r\n\r\n\"[2,3]\"\r\n");
    scratch.write("b.yml", "- watts: 7\n  colour: red\n- {}\n");
    scratch.write("one.json", R"([{"watts": 4}])");
    BOOST_TEST(rows_of(*planned("boil", {"@a.csv"}).batch) == "2 no 1|2 yes 2|2 yes 3|");
    BOOST_TEST(rows_of(*planned("boil", {"@b.yml", "cups=[5,6]"}).batch) ==
               "red 5 yes 7|red 6 yes 7| 5 yes 1000| 6 yes 1000|");
    const auto single = plan("boil", {"@one.json", "cups=3"});
    BOOST_REQUIRE(single);
    BOOST_CHECK(single->batch == nullptr);
    BOOST_TEST(json::serialize(written(*single, "user_flags")) == R"({"cups":3,"watts":4})");
}

BOOST_FIXTURE_TEST_CASE(batch_files_that_cannot_be_read_are_named_with_the_line, sweep_project) {
    scratch.write("bad.json", "[\n{\"a\": 1},\n{\"b\": }\n]");
    scratch.write("bad.yml", "- a: 1\n- b: [\n");
    scratch.write("number.yml", "42\n");
    scratch.write("mixed.yml", "- {}\n- nothing\n");
    scratch.write("plan.txt", "");
    scratch.write("bin.csv", std::string_view("a,b\n1,\0\n", 8));
    BOOST_TEST(error_of("boil", {"@bin.csv"}) ==
               "cannot read trials for ./bin.csv: line 2 contains NUL");
    BOOST_TEST(error_of("boil", {"@none.csv"}) == "batch file ./none.csv does not exist");
    BOOST_TEST(error_of("boil", {"@./none.csv"}) == "batch file ./none.csv does not exist");
    BOOST_TEST(error_of("boil", {"@plan.txt"}) ==
               "cannot read trials for ./plan.txt: unsupported extension");
    BOOST_TEST(error_of("boil", {"@number.yml"}) ==
               "cannot read trials for ./number.yml: invalid data type for trials: expected list "
               "or dict, got int");
    BOOST_TEST(error_of("boil", {"@mixed.yml"}) ==
               "cannot read trials for ./mixed.yml: invalid data type for trial 'nothing': "
               "expected dict");
    BOOST_TEST(error_of("boil", {"@bad.json"})
                   .starts_with("cannot read trials for ./bad.json: bad.json:3: "));
    BOOST_TEST(
        error_of("boil", {"@bad.yml"}).starts_with("cannot read trials for ./bad.yml: bad.yml:"));
}

BOOST_FIXTURE_TEST_CASE(options_of_batches_mean_nothing_to_a_single_run, sweep_project) {
    request.command.max_trials = 3;
    request.command.batch_comment = "x";
    const auto single = plan("boil", {}).value();
    BOOST_TEST(single.notes.size() == 2U);
    request.command.print_trials = true;
    BOOST_TEST(error_of("boil", {}) == "cannot print trials for a non-batch operation");
}

BOOST_AUTO_TEST_CASE(trials_are_saved_as_files_that_read_back) {
    const std::vector<flag_map> trials{{{"a", 2.5}, {"b", "x,\"y"}}, {{"a", nullptr}, {"c", true}}};
    BOOST_TEST(trials_csv(trials) == "a,b,c\n2.5,\"x,\"\"y\",\nnull,,yes\n");
    BOOST_TEST(trials_json(trials) == R"([{"a": 2.5, "b": "x,\"y"}, {"a": null, "c": true}])");
}

BOOST_FIXTURE_TEST_CASE(many_trials_are_planned_at_once, sweep_project) {
    const auto before = std::chrono::steady_clock::now();
    const auto plan = planned("boil", {"watts=range[1:100]", "cups=[1,2]*50"});
    BOOST_TEST(plan.batch->trials.size() == 10'000U);
    std::size_t words = 0;
    for (const auto& trial : plan.batch->trials) {
        words += plan_trial(plan, trial).value().command.size();
    }
    BOOST_TEST(words > 100'000U);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    BOOST_TEST_MESSAGE("10,000 trials: " << took.count() << " s");
}

BOOST_AUTO_TEST_SUITE_END()
