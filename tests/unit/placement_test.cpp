#include "engine/commands/pools/placement.hpp"
#include "engine/commands/pools/sweep_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

pool_member machine(const std::string& name, std::int64_t free, std::int64_t total,
                    double load = 0) {
    return {.remote = name,
            .report = {.total = total,
                       .free = free,
                       .gpu_memory_mib = 24 * 1024,
                       .gpu_name = "NVIDIA A100",
                       .processors = 8,
                       .memory_bytes = std::int64_t{64} << 30,
                       .load = load}};
}

std::string order(std::vector<pool_member> machines) {
    std::string out;
    for (const auto& each : best_first(std::move(machines))) {
        out += each.remote + " ";
    }
    return out;
}

bool holds(const std::string& condition, const pool_member& at) {
    const auto parsed = placement_condition::parse(condition);
    BOOST_REQUIRE_MESSAGE(parsed, condition);
    return parsed->holds(at);
}

std::string wrong(const std::string& condition) {
    const auto parsed = placement_condition::parse(condition);
    BOOST_REQUIRE(!parsed);
    return parsed.error().context;
}

} // namespace

BOOST_AUTO_TEST_SUITE(placement)

BOOST_AUTO_TEST_CASE(a_free_slot_comes_first_then_what_is_preferred_then_what_is_idle) {
    BOOST_TEST(order({machine("a", 0, 2), machine("b", 1, 2)}) == "b a ");
    auto liked = machine("c", 1, 2, 7);
    liked.prefer = 1;
    BOOST_TEST(order({machine("a", 1, 2), liked}) == "c a ");
    liked.report.free = 0;
    BOOST_TEST(order({machine("a", 1, 2), liked}) == "a c ");
    BOOST_TEST(order({machine("a", 2, 2, 4), machine("b", 1, 2, 1)}) == "b a ");
    BOOST_TEST(order({machine("a", 1, 2), machine("b", 2, 2)}) == "b a ");
    BOOST_TEST(order({machine("b", 1, 2), machine("a", 1, 2)}) == "b a ");
    BOOST_TEST(order({machine("a", 0, 2), machine("no limit", 0, 0)}) == "no limit a ");
}

BOOST_AUTO_TEST_CASE(a_machine_with_trouble_has_no_slot) {
    auto odd = machine("a", 0, 0);
    odd.report.trouble = "there are no GPUs";
    BOOST_TEST(!odd.has_free_slot());
    BOOST_TEST(order({odd, machine("b", 1, 1)}) == "b a ");
    BOOST_TEST(offer_text(odd) == "there are no GPUs");
}

BOOST_AUTO_TEST_CASE(conditions_are_about_what_a_machine_is) {
    auto at = machine("gpu1", 1, 2, 0.5);
    at.tags = {"fast", "a100"};
    BOOST_TEST(holds("", at));
    BOOST_TEST(holds("gpu.memory >= 24G", at));
    BOOST_TEST(!holds("gpu.memory > 24GiB", at));
    BOOST_TEST(holds("memory >= 0.0625T and tag:fast", at));
    BOOST_TEST(!holds("tag:slow", at));
    BOOST_TEST(holds("not tag:slow and (tag:x or tag:a100)", at));
    BOOST_TEST(holds("gpu.name contains a100", at));
    BOOST_TEST(holds("name in [gpu1, gpu2]", at));
    BOOST_TEST(holds("processors = 8 and slots = 2 and free = 1 and load < 1", at));
    BOOST_TEST(holds("name != '24G'", at));
    at.report.gpu_memory_mib = 0;
    BOOST_TEST(!holds("gpu.memory >= 1", at));
}

BOOST_AUTO_TEST_CASE(a_condition_that_makes_no_sense_is_refused) {
    BOOST_TEST(wrong("gpu.memory >").starts_with("--where 'gpu.memory >': syntax error"));
    BOOST_TEST(
        wrong("colour = red").starts_with("--where 'colour = red': a machine has no colour"));
    BOOST_TEST(wrong("flag:x = 1").starts_with("--where 'flag:x = 1': a machine has no x"));
}

BOOST_AUTO_TEST_CASE(an_offer_is_told_in_words) {
    auto at = machine("gpu1", 1, 2);
    BOOST_TEST(offer_text(at) == "1 of 2 slots are free");
    at.report.gpus = {1, 3};
    BOOST_TEST(offer_text(at) == "1 of 2 slots are free, GPU 1, 3");
    BOOST_TEST(offer_text(machine("b", 0, 0)) == "it has no limit");
}

BOOST_AUTO_TEST_CASE(a_box_takes_idle_slots_first_and_leaves_those_of_others) {
    // Slots and held trials of each box; what the first one takes of so many with two ahead.
    const auto taken = [](std::vector<sweep_share> all, std::int64_t waiting,
                          std::int64_t ahead = 2) {
        return trials_to_take(all, 0, waiting, ahead);
    };
    BOOST_TEST(taken({{1, 0}}, 0) == 0);
    BOOST_TEST(taken({{2, 0}}, 1) == 1);
    BOOST_TEST(taken({{2, 0}}, 100) == 6);
    BOOST_TEST(taken({{2, 6}}, 100) == 0);
    BOOST_TEST(taken({{2, 5}}, 100) == 1);
    BOOST_TEST(taken({{2, 0}}, 100, 0) == 2);
    BOOST_TEST(taken({{2, 0}}, 100, -1) == 100);
    BOOST_TEST(taken({{3, 0}, {2, 0}, {1, 0}}, 6) == 3);        // each slot has one
    BOOST_TEST(taken({{3, 0}, {2, 0}, {1, 0}}, 4) == 3);        // its own may be used at once
    BOOST_TEST(taken({{3, 0}, {2, 0}, {1, 0}}, 12) == 6);       // its half of the six more
    BOOST_TEST(taken({{3, 0}, {2, 0, false}, {1, 0}}, 5) == 4); // nobody waits for who is gone
    BOOST_TEST(taken({{1, 0}, {1, 0}}, 100, -1) == 50);         // its half
    BOOST_TEST(taken({{0, 0}, {1, 0}}, 100) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
