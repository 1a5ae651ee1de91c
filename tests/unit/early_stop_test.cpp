#include "engine/search/early_stop.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace outrider;

namespace {

step_values curve(std::initializer_list<double> values) {
    step_values out;
    for (const double value : values) {
        out[static_cast<std::int64_t>(out.size()) + 1] = value;
    }
    return out;
}

std::string judged(const early_stop_settings& settings, const step_values& trial,
                   const std::vector<step_values>& others) {
    std::vector<const step_values*> all;
    for (const auto& each : others) {
        all.push_back(&each);
    }
    std::int64_t decided = 0;
    const auto verdict = judge_trial(settings, trial, all, decided);
    return verdict ? verdict->text() : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(early_stop)

BOOST_AUTO_TEST_CASE(the_median_of_the_others_at_its_step_decides) {
    const std::vector<step_values> others{curve({5, 1, 1}), curve({5, 2, 2}), curve({5, 3, 3}),
                                          curve({5, 4, 4})};
    BOOST_TEST(judged({}, curve({9, 2.6}), others) == "stopped early: rank 3 of 5 at step 2");
    BOOST_TEST(judged({}, curve({9, 9}), others) == "stopped early: rank 5 of 5 at step 2");
    BOOST_TEST(judged({}, curve({9, 2.5}), others) == "");
    BOOST_TEST(judged({}, curve({1, 9}), others) == ""); // it has been good
    BOOST_TEST(judged({}, curve({}), others) == "");
    BOOST_TEST(judged({}, curve({9, 9, 9, 9}), others) == ""); // nobody has come as far
    BOOST_TEST(judged({.first_step = 3}, curve({9, 9}), others) == "");
    BOOST_TEST(judged({.trials = 5}, curve({9, 9}), others) == "");
    BOOST_TEST(judged({.maximize = true}, curve({1, 2}), others) ==
               "stopped early: rank 5 of 5 at step 2");
    BOOST_TEST(judged({}, curve({NAN, NAN}), others) == "stopped early: rank 5 of 5 at step 2");
    BOOST_TEST(judged({}, curve({9, 9}), {}) == "");
}

BOOST_AUTO_TEST_CASE(at_rungs_one_of_so_many_goes_on) {
    const early_stop_settings asha{.rule = early_stop_rule::asha};
    const std::vector<step_values> others{curve({1, 1, 1, 1}), curve({2, 2, 2}), curve({3, 3}),
                                          curve({4}), curve({5})};
    BOOST_TEST(judged(asha, curve({1.5}), others) == "");
    BOOST_TEST(judged(asha, curve({2.5}), others) == "stopped early: rank 3 of 6 at step 1");
    BOOST_TEST(judged(asha, curve({1.5, 9, 9}), others) == // the best so far is 1.5
               "stopped early: rank 2 of 3 at step 3");
    BOOST_TEST(judged(asha, curve({0.5, 9, 9}), others) == "");
    BOOST_TEST(judged(asha, curve({9}), {curve({1})}) == ""); // there is no best part of two
    early_stop_settings later = asha;
    later.first_step = 2;
    BOOST_TEST(judged(later, curve({9}), others) == "");
    BOOST_TEST(judged(later, curve({9, 9}), others) == "stopped early: rank 4 of 4 at step 2");
}

BOOST_AUTO_TEST_CASE(a_rung_that_was_passed_is_not_asked_again) {
    const early_stop_settings asha{.rule = early_stop_rule::asha};
    const step_values good = curve({1});
    const step_values better = curve({0.1});
    std::int64_t decided = 0;
    const step_values trial = curve({1.5});
    const std::vector<const step_values*> at_first{&good};
    BOOST_TEST(!judge_trial(asha, trial, at_first, decided));
    BOOST_TEST(decided == 1);
    const std::vector<const step_values*> later{&good, &better, &better};
    BOOST_TEST(!judge_trial(asha, trial, later, decided));
}

BOOST_AUTO_TEST_SUITE_END()
