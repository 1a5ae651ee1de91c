#include "engine/search/parzen_sampler.hpp"

#include "engine/json/described_json.hpp"
#include "engine/search/parzen_density.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace outrider;

namespace {

search_settings settings_of(const flag_map& flags) {
    search_settings out{.space = read_search_space(flags).value(), .random_starts = 5, .seed = 7};
    return out;
}

observed_trial completed(flag_map flags, double objective) {
    return {.flags = std::move(flags), .objective = objective};
}

// Trials of a search that minimizes a function, one after the other.
template <class Function>
std::vector<observed_trial> searched(const search_settings& settings, int count, Function value) {
    std::vector<observed_trial> out;
    for (int i = 0; i < count; ++i) {
        auto flags = suggest_trial(settings, out, i);
        const double objective = value(flags);
        out.push_back(completed(std::move(flags), objective));
    }
    return out;
}

double real(const flag_map& flags, const char* name) {
    return flags.at(name).as_double();
}

double best_of(const std::vector<observed_trial>& trials) {
    double out = INFINITY;
    for (const auto& trial : trials) {
        out = std::min(out, trial.objective);
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(parzen_sampler)

BOOST_AUTO_TEST_CASE(the_same_seed_and_trials_give_the_same_trial_and_others_another) {
    auto settings = settings_of({{"x", "[0.0:1.0]"}, {"y", "loguniform[1e-5:1]"}});
    const auto value = [](const flag_map& flags) { return std::fabs(real(flags, "x") - 0.3); };
    const auto once = searched(settings, 20, value);
    const auto again = searched(settings, 20, value);
    for (std::size_t i = 0; i < once.size(); ++i) {
        BOOST_CHECK(once[i].flags == again[i].flags);
    }
    BOOST_CHECK(suggest_trial(settings, once, 20) != suggest_trial(settings, once, 21));
    settings.seed = 8;
    BOOST_CHECK(
        suggest_trial(settings, once, 20) !=
        suggest_trial(settings_of({{"x", "[0.0:1.0]"}, {"y", "loguniform[1e-5:1]"}}), once, 20));
}

BOOST_AUTO_TEST_CASE(settings_that_travelled_give_the_same_trials) {
    auto settings = settings_of({{"x", "[0.0:1.0:0.25]"},
                                 {"y", "loguniform[1e-5:1]"},
                                 {"c", boost::json::array{"a", nullptr, 1.0}}});
    settings.space.switches = {{.flag = "c",
                                .value = "a",
                                .target = "z",
                                .searched = dimension{.flag = "z", .low = 2, .high = 3}}};
    const auto there = protocol::decode<search_settings>(protocol::encode(settings));
    BOOST_REQUIRE(there);
    const auto value = [](const flag_map& flags) { return real(flags, "x"); };
    const auto trials = searched(settings, 20, value);
    for (int number = 0; number < 20; ++number) {
        BOOST_CHECK(suggest_trial(*there, trials, number) ==
                    suggest_trial(settings, trials, number));
    }
}

BOOST_AUTO_TEST_CASE(values_stay_within_their_bounds_and_are_of_their_kind) {
    const auto settings = settings_of({{"n", "[-2:3]"},
                                       {"r", "[0.25:0.5]"},
                                       {"l", "loguniform[1e-4:1e-1]"},
                                       {"c", boost::json::array{"a", 2, nullptr}},
                                       {"k", 7}});
    const auto trials = searched(settings, 60, [](const flag_map& flags) {
        return real(flags, "r") - (100 * real(flags, "l"));
    });
    for (const auto& trial : trials) {
        const auto& flags = trial.flags;
        BOOST_TEST(flags.size() == 5U);
        BOOST_TEST(flags.at("n").as_int64() >= -2);
        BOOST_TEST(flags.at("n").as_int64() <= 3);
        BOOST_TEST(real(flags, "r") >= 0.25);
        BOOST_TEST(real(flags, "r") <= 0.5);
        BOOST_TEST(real(flags, "l") >= 1e-4);
        BOOST_TEST(real(flags, "l") <= 1e-1);
        BOOST_TEST((flags.at("c") == "a" || flags.at("c") == 2 || flags.at("c").is_null()));
        BOOST_TEST(flags.at("k") == 7);
    }
}

BOOST_AUTO_TEST_CASE(it_finds_the_minimum_of_a_bowl_and_the_maximum_when_asked) {
    auto settings = settings_of({{"x", "[-10.0:10.0]"}, {"y", "[-10.0:10.0]"}});
    const auto bowl = [](const flag_map& flags) {
        return std::pow(real(flags, "x") - 3, 2) + std::pow(real(flags, "y") + 4, 2);
    };
    BOOST_TEST(best_of(searched(settings, 80, bowl)) < 0.5);
    settings.maximize = true;
    const auto hill = searched(settings, 80, [&](const flag_map& flags) { return -bowl(flags); });
    double top = -INFINITY;
    for (const auto& trial : hill) {
        top = std::max(top, trial.objective);
    }
    BOOST_TEST(top > -0.5);
}

BOOST_AUTO_TEST_CASE(the_first_trial_has_the_initial_values) {
    const auto settings = settings_of({{"x", "[1:100:55]"}, {"y", "[0.0:1.0:0.5]"}});
    BOOST_TEST(suggest_trial(settings, {}, 0).at("x") == 55);
    BOOST_TEST(suggest_trial(settings, {}, 0).at("y") == 0.5);
    BOOST_TEST(suggest_trial(settings, {}, 1).at("y") != 0.5);
}

BOOST_AUTO_TEST_CASE(failed_and_running_trials_keep_others_away_from_their_place) {
    const auto settings = settings_of({{"x", "[0.0:1.0]"}});
    std::vector<observed_trial> trials;
    for (int i = 0; i < 20; ++i) {
        trials.push_back(completed({{"x", i / 20.0}}, std::fabs((i / 20.0) - 0.5)));
    }
    // Around the best place all fail, or are being tried.
    std::vector<observed_trial> crowded = trials;
    for (int i = 0; i < 30; ++i) {
        const bool runs = i % 2 == 0;
        crowded.push_back({.flags = {{"x", 0.47 + (i * 0.002)}},
                           .outcome = runs ? trial_outcome::running : trial_outcome::failed,
                           .objective = runs ? 0 : std::numeric_limits<double>::quiet_NaN()});
    }
    const auto near = [&](const std::vector<observed_trial>& seen) {
        int out = 0;
        for (int number = 100; number < 200; ++number) {
            out += std::fabs(real(suggest_trial(settings, seen, number), "x") - 0.5) < 0.05 ? 1 : 0;
        }
        return out;
    };
    BOOST_TEST(near(trials) > 60);
    BOOST_TEST(near(crowded) < near(trials) / 2);
}

BOOST_AUTO_TEST_CASE(trials_that_all_failed_leave_it_at_random) {
    const auto settings = settings_of({{"x", "[0.0:1.0]"}});
    std::vector<observed_trial> trials;
    for (int i = 0; i < 30; ++i) {
        trials.push_back({.flags = {{"x", 0.5}}, .outcome = trial_outcome::failed});
    }
    BOOST_CHECK(suggest_trial(settings, trials, 30) == suggest_trial(settings, {}, 30));
}

BOOST_AUTO_TEST_CASE(what_others_searched_elsewhere_is_no_hindrance) {
    const auto settings = settings_of({{"x", "[0.0:1.0]"}, {"c", boost::json::array{"a", "b"}}});
    std::vector<observed_trial> trials;
    for (int i = 0; i < 20; ++i) {
        trials.push_back(completed({{"x", 5.0}, {"c", "z"}}, i));
        trials.push_back(completed({{"other", 1}}, i));
    }
    const auto flags = suggest_trial(settings, trials, 40);
    BOOST_TEST(real(flags, "x") <= 1);
}

BOOST_AUTO_TEST_CASE(a_choice_switches_a_flag_on_or_gives_it_a_value) {
    auto settings = settings_of({{"kind", boost::json::array{"sgd", "adam"}}, {"momentum", 0}});
    settings.space.switches = {
        {.flag = "kind",
         .value = "sgd",
         .target = "momentum",
         .searched = dimension{.flag = "momentum", .low = 0.5, .high = 1}},
        {.flag = "kind", .value = "adam", .target = "momentum", .constant = "none"},
    };
    double near = 0;
    double seen = 0;
    const auto trials = searched(settings, 80, [&](const flag_map& flags) {
        if (flags.at("kind") == "adam") {
            BOOST_TEST(flags.at("momentum") == "none");
            return 2.0;
        }
        BOOST_TEST(real(flags, "momentum") >= 0.5);
        return std::fabs(real(flags, "momentum") - 0.9);
    });
    for (std::size_t i = 40; i < trials.size(); ++i) {
        if (trials[i].flags.at("kind") == "sgd") {
            ++seen;
            near += trials[i].objective < 0.1 ? 1 : 0;
        }
    }
    BOOST_TEST(seen > 20);
    BOOST_TEST(near > seen / 2);
}

BOOST_AUTO_TEST_CASE(a_small_space_is_tried_out_before_anything_is_tried_twice) {
    const auto settings = settings_of({{"n", "[1:4]"}, {"c", boost::json::array{"a", "b"}}});
    const auto trials = searched(settings, 16, [](const flag_map& flags) {
        return static_cast<double>(flags.at("n").as_int64());
    });
    std::set<std::string> different;
    for (const auto& trial : trials) {
        different.insert(boost::json::serialize(trial.flags.at("n")) +
                         boost::json::serialize(trial.flags.at("c")));
    }
    BOOST_TEST(different.size() >= 7U);
}

BOOST_AUTO_TEST_CASE(a_density_is_one_in_sum) {
    const dimension number{.flag = "n", .kind = dimension_kind::integer, .low = 1, .high = 6};
    const dimension choice{
        .flag = "c", .kind = dimension_kind::categorical, .choices = {"a", "b", "c"}};
    const parzen_density density({&number, &choice}, {{1, 0}, {5, 2}, {6, 2}});
    double sum = 0;
    for (int n = 1; n <= 6; ++n) {
        for (int c = 0; c < 3; ++c) {
            sum += std::exp(density.log_at({static_cast<double>(n), static_cast<double>(c)}));
        }
    }
    BOOST_TEST(sum == 1.0, boost::test_tools::tolerance(1e-9));
    const dimension line{.flag = "x", .low = -1, .high = 3};
    const parzen_density along({&line}, {{-1}, {0.2}, {3}});
    double area = 0;
    for (int i = 0; i < 40'000; ++i) {
        area += std::exp(along.log_at({-1 + ((i + 0.5) / 10'000)})) / 10'000;
    }
    BOOST_TEST(area == 1.0, boost::test_tools::tolerance(1e-4));
}

BOOST_AUTO_TEST_SUITE_END()
