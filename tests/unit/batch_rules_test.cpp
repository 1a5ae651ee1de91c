// What decides about the trials of a batch, without any.
#include "engine/agent/children/asked_trials.hpp"
#include "engine/agent/children/failing_start.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::agent;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(batch_rules)

BOOST_AUTO_TEST_CASE(five_failures_in_the_same_way_are_hopeless) {
    const failing_start::clock::time_point now{};
    const auto hopeless = [&](const std::vector<std::pair<int, std::string>>& ends,
                              std::chrono::seconds after) {
        failing_start start(now);
        for (const auto& [code, line] : ends) {
            start.ended(code != 0, code, line, now + after);
        }
        return start.is_hopeless();
    };
    const std::pair<int, std::string> same{1, "ModuleNotFoundError"};
    BOOST_TEST(hopeless({same, same, same, same, same}, 60s));
    BOOST_TEST(hopeless({same, same, same, same, same, {0, ""}}, 1s));
    BOOST_TEST(!hopeless({same, same, same, same}, 1s));
    BOOST_TEST(!hopeless({same, same, same, same, same}, 61s));
    BOOST_TEST(!hopeless({same, same, {2, "ModuleNotFoundError"}, same, same, same}, 1s));
    BOOST_TEST(!hopeless({same, same, {1, "other"}, same, same, same}, 1s));
    BOOST_TEST(!hopeless({{0, ""}, same, same, same, same, same}, 1s));
    BOOST_TEST(!hopeless({{0, ""}, {0, ""}, {0, ""}, {0, ""}, {0, ""}}, 1s));
    failing_start start(now);
    for (int i = 0; i < 5; ++i) {
        start.ended(true, 3, "no data", now);
    }
    BOOST_TEST(start.code() == 3);
    BOOST_TEST(start.text() ==
               "Stopping batch because its first 5 trials failed in the same way (exit 3: no "
               "data) - use --keep-going to go on all the same");
}

BOOST_AUTO_TEST_CASE(an_answer_is_never_trusted) {
    const auto space = read_search_space({{"x", "[0:10]"},
                                          {"lr", "loguniform[0.001:1]"},
                                          {"opt", boost::json::array{"sgd", "adam"}},
                                          {"seed", 7}})
                           .value();
    const auto answer = [&](const std::string& line) {
        const auto read = read_answer(space, line);
        if (!read) {
            return read.error().context;
        }
        std::string out;
        for (const auto& [name, value] : read->value_or(flag_map{{"done", true}})) {
            out += name + "=" + boost::json::serialize(value) + " ";
        }
        return out;
    };
    BOOST_TEST(answer(R"({"flags":{"x":3.0,"lr":1,"opt":"sgd"}})") ==
               "lr=1E0 opt=\"sgd\" seed=7 x=3 ");
    BOOST_TEST(answer(R"({"done":true})") == "done=true ");
    const std::pair<const char*, const char*> wrong[] = {
        {"no JSON", "the optimizer's answer is no JSON object: no JSON"},
        {"[1]", "the optimizer's answer is no JSON object: [1]"},
        {"{}", "the optimizer's answer has no flags: {}"},
        {R"({"error":"no study"})", "the optimizer has failed: no study"},
        {R"({"flags":{"x":3,"lr":1}})", "the optimizer's answer has no value for flag opt"},
        {R"({"flags":{"x":3,"lr":1,"opt":"sgd","y":1}})",
         "the optimizer's answer has a flag that is not searched: y"},
        {R"({"flags":{"x":3,"lr":1,"opt":"sgd","seed":1}})",
         "the optimizer's answer has a flag that is not searched: seed"},
        {R"({"flags":{"x":11,"lr":1,"opt":"sgd"}})",
         "the optimizer's answer has a value for flag x that is none of [0:10]: 11"},
        {R"({"flags":{"x":"3","lr":1,"opt":"sgd"}})",
         "the optimizer's answer has a value for flag x that is none of [0:10]: \"3\""},
        {R"({"flags":{"x":3,"lr":1,"opt":"rms"}})",
         "the optimizer's answer has a value for flag opt that is none of [\"sgd\",\"adam\"]: "
         "\"rms\""},
    };
    for (const auto& [line, why] : wrong) {
        BOOST_TEST(answer(line) == why);
    }
}

BOOST_AUTO_TEST_SUITE_END()
