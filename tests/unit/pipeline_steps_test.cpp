#include "engine/project/pipeline_steps.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

/// A pipeline as guild.yml has it, and what it is started with.
struct pipeline_scene {
    flag_map flags;
    run_command typed;
    bool again = false;
    std::string label;

    result<std::vector<pipeline_step>> read(const std::string& steps) const {
        operation_def op{.name = "p"};
        op.data["steps"] = read_yaml(steps, "steps").value();
        return read_steps(op,
                          {.flags = flags, .typed = typed, .passed_label = label, .again = again});
    }
    pipeline_step first(const std::string& steps) const { return read(steps).value().front(); }
};

std::string title_of(const pipeline_step& step) {
    return step.title(step.operation);
}

} // namespace

BOOST_AUTO_TEST_SUITE(pipeline_step_forms)

BOOST_FIXTURE_TEST_CASE(a_function_stays_one_in_a_mapping_and_in_text, pipeline_scene) {
    const auto mapping = first("[{run: grind, flags: {turns: '[1:100]', grain: 'a b'}}]");
    BOOST_TEST(mapping.command.flags == (std::vector<std::string>{"grain=a b", "turns=[1:100]"}),
               boost::test_tools::per_element());
    const auto text = first("['grind turns=[1:100]']");
    BOOST_TEST(text.command.flags.at(0) == "turns=[1:100]");
}

BOOST_FIXTURE_TEST_CASE(checks_are_one_or_a_list, pipeline_scene) {
    const auto one = first("[{run: a, expect: {output: x}}]");
    BOOST_REQUIRE(one.checks.size() == 1U);
    BOOST_TEST(one.checks[0].output == "x");
    const auto list =
        first("[{run: a, expect: [{file: f*, contains: y}, {file: g, compare-to: h}]}]");
    BOOST_REQUIRE(list.checks.size() == 2U);
    BOOST_TEST(list.checks[0].file == "f*");
    BOOST_TEST(list.checks[0].contains == "y");
    BOOST_TEST(list.checks[1].compare_to == "h");
    BOOST_TEST(first("[{run: a, checks: [{output: x}]}]").checks.empty());
}

BOOST_FIXTURE_TEST_CASE(options_that_mean_nothing_in_a_step_are_said, pipeline_scene) {
    const auto step = first("['a --stage --run-dir /x lr=1 --keep-run']");
    BOOST_TEST(step.command.flags == std::vector<std::string>{"lr=1"},
               boost::test_tools::per_element());
    BOOST_REQUIRE(step.notes.size() == 3U);
    BOOST_TEST(step.notes[0] == "WARNING: [guild] run parameter stage used in 'a --stage "
                                "--run-dir /x lr=1 --keep-run' ignored");
    BOOST_TEST(step.notes[1].find("parameter run_dir used") != std::string::npos);
    BOOST_TEST(step.notes[2].find("parameter keep_run used") != std::string::npos);
    const auto bad = read("['a --no-such']");
    BOOST_TEST(bad.error().context == "invalid run spec 'a --no-such': no such option: --no-such");
}

BOOST_FIXTURE_TEST_CASE(some_of_what_a_pipeline_is_started_with_goes_to_its_steps, pipeline_scene) {
    typed.needed = true;
    typed.stage_trials = true;
    typed.gpus = "1";
    label = "l";
    auto step = first("[a x=1]");
    BOOST_TEST(title_of(step) == "a: a --label l --stage-trials x=1");
    BOOST_TEST(!step.command.needed);
    BOOST_TEST(step.command.stage_trials);
    BOOST_TEST(step.command.gpus.empty());
    again = true;
    step = first("[a x=1]");
    BOOST_TEST(title_of(step) == "a: a --label l --needed --stage-trials x=1");
    BOOST_TEST(step.title("ID") == "a: ID --label l --needed --stage-trials x=1");
    BOOST_TEST(step.command.needed);
    BOOST_TEST(title_of(first("[a --label own]")) == "a: a --label own --needed --stage-trials");
}

BOOST_FIXTURE_TEST_CASE(a_step_may_run_elsewhere, pipeline_scene) {
    typed.remote = "there";
    const auto step = first("[{run: a, remote: gpu1}]");
    BOOST_TEST(step.remote == "gpu1");
    BOOST_TEST(step.command.remote == "there");
    BOOST_TEST(first("[a]").remote.empty());
}

BOOST_FIXTURE_TEST_CASE(each_name_is_that_of_one_link, pipeline_scene) {
    const auto steps = read("[a, a x=1, {run: m/a, name: a/b}, a]").value();
    BOOST_TEST(steps[0].name == "a");
    BOOST_TEST(steps[1].name == "a_2");
    BOOST_TEST(steps[1].said_name == "a");
    BOOST_TEST(steps[2].name == "a_b");
    BOOST_TEST(steps[3].name == "a_3");
}

BOOST_AUTO_TEST_SUITE_END()
