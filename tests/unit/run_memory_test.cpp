// What a service remembers of the runs of machines: pure data.
#include "cli/render/remembered_text.hpp"
#include "engine/fleet/news.hpp"
#include "engine/fleet/run_memory.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

constexpr std::int64_t minute_us = 60'000'000;

protocol::run_facts running(const std::string& id, int started) {
    protocol::run_facts facts;
    facts.id = id;
    facts.opref = "guildfile:/p/guild.yml 1 '' op";
    facts.attributes["started"] = std::to_string(started);
    facts.lock = "1";
    facts.operation = protocol::process_state::alive;
    return facts;
}

protocol::run_facts ended(const std::string& id, int started) {
    auto facts = running(id, started);
    facts.lock.reset();
    facts.operation = protocol::process_state::none;
    facts.attributes["exit_status"] = "0";
    return facts;
}

/// A memory of one machine, and what it told.
struct remembering {
    std::vector<std::string> told; // "ended b"
    run_memory memory{[this](const machine_memory&, const std::vector<memory_change>& changes) {
        for (const auto& each : changes) {
            told.push_back(std::string(boost::describe::enum_to_string(each.what, "?")) + " " +
                           each.run.id);
        }
    }};

    remembering() { memory.add("key", "gpu1"); }

    void take(std::vector<protocol::run_facts> runs, std::int64_t total) {
        memory.take(
            "key",
            {.home = "/h", .runs = std::move(runs), .total = total, .moment = memory.moment()});
    }
    [[nodiscard]] std::string ids() const {
        std::string out;
        for (const auto& each : memory.find("key")->runs) {
            out += each.id;
        }
        return out;
    }
    std::vector<std::string> take_told() { return std::exchange(told, {}); }
};

using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(what_is_remembered)

BOOST_AUTO_TEST_CASE(the_first_listing_is_no_news_and_later_ones_tell_what_differs) {
    remembering it;
    it.take({running("b", 2), ended("a", 1)}, 2);
    BOOST_TEST(it.take_told() == lines{}, boost::test_tools::per_element());
    BOOST_TEST(it.ids() == "ba");
    it.take({running("c", 3), ended("b", 2)}, 2);
    BOOST_TEST(it.take_told() == (lines{"appeared c", "ended b", "gone a"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_run_that_may_stand_behind_the_listing_is_not_gone) {
    remembering it;
    it.take({running("b", 2), ended("a", 1)}, 2);
    it.take({running("c", 3), running("b", 2)}, 3);
    BOOST_TEST(it.take_told() == lines{"appeared c"}, boost::test_tools::per_element());
    BOOST_TEST(!it.memory.find("key")->whole());
}

BOOST_AUTO_TEST_CASE(changes_keep_the_order) {
    remembering it;
    it.take({running("c", 3), ended("a", 1)}, 2);
    it.memory.take_changes("key", {running("b", 2), ended("c", 3), running("d", 4)}, {"a"}, 3);
    BOOST_TEST(it.ids() == "dcb");
    BOOST_TEST(it.take_told() == (lines{"gone a", "appeared b", "ended c", "appeared d"}),
               boost::test_tools::per_element());
    BOOST_TEST(it.memory.find("key")->whole());
}

BOOST_AUTO_TEST_CASE(what_did_not_change_is_no_news) {
    remembering it;
    it.take({running("a", 1)}, 1);
    it.memory.take_changes("key", {running("a", 1)}, {}, 1);
    BOOST_TEST(it.take_told().empty());
}

BOOST_AUTO_TEST_CASE(a_run_that_starts_again_is_the_newest_and_ends_again) {
    remembering it;
    it.take({ended("b", 2), ended("a", 1)}, 2);
    it.memory.take_changes("key", {running("a", 3)}, {}, 2);
    BOOST_TEST(it.ids() == "ab");
    it.memory.take_changes("key", {ended("a", 3)}, {}, 2);
    BOOST_TEST(it.take_told() == (lines{"changed a", "ended a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_older_run_than_all_that_are_known_is_left_out_if_there_are_more) {
    remembering it;
    it.take({running("d", 4), running("c", 3)}, 4);
    it.memory.take_changes("key", {ended("a", 1)}, {}, 4);
    BOOST_TEST(it.ids() == "dc");
    BOOST_TEST(it.take_told().empty());
    it.memory.take_changes("key", {running("a", 5)}, {}, 4);
    BOOST_TEST(it.ids() == "adc");
}

BOOST_AUTO_TEST_CASE(the_space_is_bounded_for_one_machine_and_for_all) {
    remembering it;
    std::vector<protocol::run_facts> many;
    for (int i = 0; i < 1500; ++i) {
        many.push_back(running(std::to_string(i), i));
    }
    it.take(many, 1500);
    BOOST_TEST(it.memory.find("key")->runs.size() == run_memory::most_per_machine);
    BOOST_TEST(it.memory.find("key")->runs.front().id == "1499");
    for (int i = 0; i < 99; ++i) {
        it.memory.add(std::to_string(i), "m" + std::to_string(i));
    }
    BOOST_TEST(it.memory.find("key")->runs.size() == 400);
    it.memory.take_changes("key", {running("new", 9999)}, {}, 1501);
    BOOST_TEST(it.memory.find("key")->runs.size() == 400);
    BOOST_TEST(it.memory.find("key")->runs.front().id == "new");
}

BOOST_AUTO_TEST_CASE(only_attributes_of_a_row_are_kept) {
    remembering it;
    auto facts = running("a", 1);
    facts.attributes["env"] = std::string(100'000, 'x');
    facts.attributes["label"] = "l";
    it.take({facts}, 1);
    const auto& kept = it.memory.find("key")->runs.front().attributes;
    BOOST_TEST(!kept.contains("env"));
    BOOST_TEST(kept.contains("label"));
}

BOOST_AUTO_TEST_CASE(a_remote_whose_configuration_changed_is_another_machine) {
    remembering it;
    it.take({running("a", 1)}, 1);
    it.memory.add("other key", "gpu1");
    BOOST_TEST(it.memory.find("key") == nullptr);
    BOOST_TEST(it.memory.find("other key")->confirmed_us == 0);
    it.take({running("a", 1)}, 1); // a watch that has not ended yet
    BOOST_TEST(it.memory.find("key") == nullptr);
}

BOOST_AUTO_TEST_CASE(an_invalidation_is_settled_by_what_was_asked_for_later) {
    remembering it;
    const auto before = it.memory.moment();
    it.take({running("a", 1)}, 1);
    const auto moment = it.memory.invalidate("key");
    it.memory.take("key", {.home = "/h", .runs = {}, .total = 0, .moment = before});
    BOOST_TEST(it.memory.is_invalid("key"));
    it.memory.settle("key", moment - 1);
    BOOST_TEST(it.memory.is_invalid("key"));
    it.memory.settle("key", moment);
    BOOST_TEST(!it.memory.is_invalid("key"));
    it.memory.invalidate("key");
    it.take({running("a", 1)}, 1);
    BOOST_TEST(!it.memory.is_invalid("key"));
}

BOOST_AUTO_TEST_CASE(while_a_machine_is_watched_a_listing_of_a_command_adds_only_what_is_newer) {
    remembering it;
    it.take({running("b", 2), running("a", 1)}, 2);
    it.memory.set_watched("key", true);
    it.memory.take_aside("key", {.home = "/h", .runs = {ended("b", 2)}, .total = 2});
    BOOST_TEST(it.ids() == "ba");
    BOOST_TEST(it.take_told() == lines{"ended b"}, boost::test_tools::per_element());
    it.memory.set_watched("key", false, "lost");
    it.memory.take_aside("key", {.home = "/h", .runs = {ended("b", 2)}, .total = 2});
    BOOST_TEST(it.ids() == "b");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_run_is_published_once) {
    news_hub hub;
    const auto heard = hub.subscribe({}, {});
    const auto end = [](std::int64_t started) {
        return run_news{.remote = "gpu1",
                        .change = run_change::ended,
                        .run = {.id = "a", .started_us = started}};
    };
    hub.publish(end(1));
    hub.publish(end(1));
    hub.publish(end(2)); // it was started again
    BOOST_TEST(hub.published() == 2);
}

BOOST_AUTO_TEST_CASE(only_an_unusual_age_is_said) {
    const std::int64_t now = 1'000 * minute_us;
    using cli::remembered_lines;
    BOOST_TEST(remembered_lines({{.remote = "gpu1", .confirmed_us = now - 4'000'000}}, now) == "");
    BOOST_TEST(remembered_lines({{.remote = "gpu1",
                                  .confirmed_us = now - 3 * minute_us,
                                  .trouble = "gpu1: connection refused"}},
                                now) ==
               "gpu1: connection refused\ngpu1: shown as last confirmed 3m ago\n");
    BOOST_TEST(remembered_lines({{.remote = "gpu1", .confirmed_us = now - 130 * minute_us}}, now) ==
               "gpu1: shown as last confirmed 2h ago\n");
}

BOOST_AUTO_TEST_SUITE_END()
