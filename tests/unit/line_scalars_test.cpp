#include "engine/project/output_scalars.hpp"
#include "engine/scalars/line_attributes.hpp"
#include "engine/scalars/line_scalars.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

// "loss=0.5@3 " for each scalar of the lines.
std::string taken(line_scalars& scalars, const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) {
        for (const auto& point : scalars.take(line)) {
            char text[200];
            std::snprintf(text, sizeof text, "%s=%g@%lld ", point.tag.c_str(), point.value,
                          static_cast<long long>(point.step));
            out += text;
        }
    }
    return out;
}

std::string by_default(const std::vector<std::string>& lines) {
    line_scalars scalars({});
    return taken(scalars, lines);
}

protocol::output_scalar_rules rules_of(const char* yaml,
                                       std::vector<std::string>* notes = nullptr) {
    std::vector<std::string> said;
    auto rules = output_scalar_rules_of(read_yaml(yaml, "test").value(), {"lr"}, said);
    if (notes != nullptr) {
        *notes = said;
    } else {
        BOOST_TEST(said.empty());
    }
    return rules;
}

std::string by(const char* yaml, const std::vector<std::string>& lines) {
    line_scalars scalars(rules_of(yaml));
    return taken(scalars, lines);
}

} // namespace

BOOST_AUTO_TEST_SUITE(scalars_in_lines)

BOOST_AUTO_TEST_CASE(lines_of_a_key_and_a_number_are_scalars) {
    const std::pair<const char*, const char*> cases[] = {{"loss: 0.5", "loss=0.5@0 "},
                                                         {"loss: -1e-3", "loss=-0.001@0 "},
                                                         {"loss:   +.5", "loss=0.5@0 "},
                                                         {"loss:\t12", "loss=12@0 "},
                                                         {"a:b: 1", "a:b=1@0 "},
                                                         {"loss: 0.5  ", "loss=0.5@0 "},
                                                         {"loss: nan", "loss=nan@0 "},
                                                         {"loss: inf", "loss=inf@0 "},
                                                         {"loss: 0.5 (step 12)", "loss=0.5@12 "},
                                                         {"loss: 0.5 (12)", "loss=0.5@12 "},
                                                         {"loss: 0.5 (of 1)", "loss=0.5@0 "},
                                                         {"loss: 0.5 ( step 12)", "loss=0.5@0 "},
                                                         {"loss: 0.5 (step x)", "loss=0.5@0 "},
                                                         {"loss: 0.5 (step -1)", "loss=0.5@0 "},
                                                         {"loss: 0.5 (a) b", ""},
                                                         {"9lives: 9", ""},
                                                         {"_x.y/z: 9", "_x.y/z=9@0 "},
                                                         {"loss: 0.5(step 1)", ""},
                                                         {"loss: (step 1)", ""},
                                                         {"loss:0.5", ""},
                                                         {" loss: 0.5", ""},
                                                         {"my loss: 0.5", ""},
                                                         {"loss: 0.5 or so", ""},
                                                         {"loss: high", ""},
                                                         {"loss: 0x10", ""},
                                                         {": 1", ""},
                                                         {"loss: ", ""},
                                                         {"loss:", ""},
                                                         {"", ""}};
    for (const auto& [line, found] : cases) {
        BOOST_TEST(by_default({line}) == found, line);
    }
    BOOST_TEST(by_default({std::string(300, 'k') + ": 1"}).empty());
}

BOOST_AUTO_TEST_CASE(a_step_counts_for_what_follows) {
    BOOST_TEST(by_default({"loss: 1", "step: 2", "loss: 2", "acc: 3", "loss: 4 (step 9)", "acc: 5",
                           "step: 1e99", "acc: 6"}) ==
               "loss=1@0 loss=2@2 acc=3@2 loss=4@9 acc=5@9 acc=6@9 ");
}

BOOST_AUTO_TEST_CASE(steps_are_counted_until_one_is_told) {
    BOOST_TEST(by_default({"loss: 3", "acc: 1", "loss: 2", "acc: 2", "b: 1", "step: 10", "loss: 1",
                           "loss: 0"}) ==
               "loss=3@0 acc=1@0 loss=2@1 acc=2@1 b=1@1 loss=1@10 loss=0@10 ");
}

BOOST_AUTO_TEST_CASE(a_key_and_its_value_may_be_named_groups) {
    BOOST_TEST(by(R"('(?P<_key>train|valid)=(?P<_val>\value)')", {"train=1 valid=2", "train=3"}) ==
               "train=1@0 valid=2@0 train=3@1 ");
}

BOOST_AUTO_TEST_CASE(lines_without_a_scalar_may_hold_attributes) {
    const auto attributes = [](const protocol::output_scalar_rules& rules,
                               const std::vector<std::string>& lines) {
        const line_attributes reader(rules);
        std::string out;
        for (const auto& line : lines) {
            for (const auto& point : reader.take(line)) {
                out += point.tag + "=" + point.text + " ";
            }
        }
        return out;
    };
    BOOST_TEST(attributes({.ignored = {"lr"}}, {"kind: conv", "kind: a b", "lr: x", " k: v",
                                                "hex: 0x10  ", "k:v"}) == "kind=conv hex=0x10 ");
    std::vector<std::string> notes;
    const auto rules = output_attribute_rules_of(
        read_yaml("{state: 'state is (.+)$'}", "test").value(), {}, notes);
    BOOST_TEST(attributes(rules, {"the state is good", "kind: conv"}) == "state=good ");
    BOOST_TEST(!line_attributes(output_attribute_rules_of(false, {}, notes)).active());
    line_scalars scalars({});
    BOOST_TEST(scalars.take("step: 3").empty());
    BOOST_TEST(scalars.found_any());
}

BOOST_AUTO_TEST_CASE(flags_that_are_printed_are_no_scalars) {
    line_scalars scalars({.ignored = {"lr"}});
    BOOST_TEST(taken(scalars, {"lr: 0.1", "loss: 1", "lr: 0.2 (step 3)"}) == "loss=1@0 ");
    BOOST_TEST((rules_of("null").ignored == std::vector<std::string>{"lr"}));
}

BOOST_AUTO_TEST_CASE(configured_patterns_replace_the_default) {
    BOOST_TEST(by("off", {"loss: 1"}).empty());
    BOOST_TEST(by("[]", {"loss: 1"}).empty());
    BOOST_TEST(!line_scalars(rules_of("off")).active());
    BOOST_TEST(by(R"('(\key)=(\value)')", {"loss=0.5 acc=1", "loss: 3"}) == "loss=0.5@0 acc=1@0 ");
    BOOST_TEST(by(R"({loss: 'Loss is (\value)', step: 'Epoch (\step)/\d+'})",
                  {"Epoch 3/10", "Loss is 2.5e-1, fine"}) == "loss=0.25@3 ");
    BOOST_TEST(by(R"(['Epoch (?P<step>\step): (?P<a>\value)/(?P<b>\value)'])",
                  {"Epoch 3: 1/2", "Epoch 4: 3/nan"}) == "a=1@3 b=2@3 a=3@4 b=nan@4 ");
    BOOST_TEST(by(R"([x: 'x=(\value)', {y: 'y=(\value)'}, '(\key) -> (\value)'])",
                  {"x=1 y=2", "z -> 3"}) == "x=1@0 y=2@0 z=3@0 ");
    BOOST_TEST(by("['(a)(b)?']", {"ab", "a"}).empty()); // no numbers
}

BOOST_AUTO_TEST_CASE(a_pattern_that_cannot_be_used_is_said_and_left_out) {
    std::vector<std::string> notes;
    const auto rules = rules_of(R"([a: '(', b: 'b=(\value)', 3, {c: [1]}])", &notes);
    BOOST_REQUIRE(notes.size() == 3U);
    BOOST_TEST(notes[0] == "output-scalars: '(' cannot be used: '(' without ')'");
    BOOST_TEST(notes[1] == "output-scalars: an item is neither a pattern nor a mapping of names "
                           "to patterns; it is left out");
    BOOST_TEST(notes[2] == "output-scalars: the pattern of 'c' is no text; it is left out");
    BOOST_TEST(rules.patterns.size() == 1U);
    BOOST_TEST(!rules.defaults);
}

BOOST_AUTO_TEST_CASE(numbers_are_those_of_python) {
    const std::pair<const char*, std::optional<double>> cases[] = {
        {"1", 1.0},           {" 1.5 ", 1.5},
        {"+2", 2.0},          {"-.5", -0.5},
        {"1e400", HUGE_VAL},  {"5.", 5.0},
        {"", std::nullopt},   {"+-1", std::nullopt},
        {"1x", std::nullopt}, {"0x1p3", std::nullopt}};
    for (const auto& [text, value] : cases) {
        BOOST_TEST((number_in(text) == value), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
