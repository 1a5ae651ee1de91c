#include "engine/commands/copying/copy_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

copy_plan plan_with_files() {
    copy_plan plan;
    plan.run_id = "id";
    plan.copy_state = "token";
    plan.files.push_back({.order = {.entry = {.path = "big"}, .basis = true}});
    plan.attributes.push_back({.order = {.entry = {.path = ".guild/attrs/label"}}});
    plan.opref.push_back({.order = {.entry = {.path = ".guild/opref"}}});
    plan.remove = {"old"};
    return plan;
}

run_and_copy run_in(run_state state) {
    run_and_copy run;
    run.source.state = state;
    run.lock_name = "gpu1";
    return run;
}

} // namespace

BOOST_AUTO_TEST_SUITE(copy_sections)

BOOST_AUTO_TEST_CASE(files_and_attributes_come_before_the_markers_and_opref_after) {
    const auto section = section_of(run_in(run_state::completed), plan_with_files());
    BOOST_TEST(section.begin.run_id == "id");
    BOOST_TEST(section.begin.state == "token");
    BOOST_REQUIRE(section.files.size() == 1U);
    BOOST_TEST(section.files[0].order.entry.path == "big");
    BOOST_TEST(section.files[0].order.basis);
    BOOST_REQUIRE(section.attributes.size() == 1U);
    BOOST_TEST(section.attributes[0].order.entry.path == ".guild/attrs/label");
    BOOST_TEST(section.marks.remove == std::vector<std::string>{"old"},
               boost::test_tools::per_element());
    BOOST_REQUIRE(section.last.size() == 1U);
    BOOST_TEST(section.last[0].order.entry.path == ".guild/opref");
}

BOOST_AUTO_TEST_CASE(the_markers_are_those_of_the_state) {
    struct row {
        run_state state;
        bool lock, pending, staged, terminated;
    };
    for (const auto& [state, lock, pending, staged, terminated] : std::initializer_list<row>{
             {run_state::running, true, false, false, false},
             {run_state::pending, false, true, false, false},
             {run_state::staged, false, false, true, false},
             {run_state::terminated, false, false, false, true},
             {run_state::completed, false, false, false, false},
             {run_state::error, false, false, false, false},
         }) {
        BOOST_TEST_CONTEXT(static_cast<int>(state)) {
            const auto marks = section_of(run_in(state), plan_with_files()).marks;
            BOOST_TEST(marks.remote_lock.value_or("") == (lock ? "gpu1" : ""));
            BOOST_TEST(marks.pending == pending);
            BOOST_TEST(marks.staged == staged);
            BOOST_TEST(marks.terminated_remote == terminated);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_copy_says_running_until_its_end_is_there) {
    struct row {
        bool exists, ended;
        run_state state;
        bool says_running;
    };
    for (const auto& [exists, ended, state, says_running] : std::initializer_list<row>{
             {false, false, run_state::running, false}, // nobody sees it yet
             {true, false, run_state::completed, true}, // its end is not here yet
             {true, true, run_state::completed, false}, // a label changed
             {true, true, run_state::running, true},    // it was started again
             {true, false, run_state::staged, false},   // it never ran
             {true, false, run_state::pending, false},
         }) {
        auto plan = plan_with_files();
        plan.copy_exists = exists;
        plan.copy_ended = ended;
        const auto section = section_of(run_in(state), std::move(plan));
        BOOST_TEST(section.begin.remote_lock.has_value() == says_running);
    }
}

BOOST_AUTO_TEST_CASE(equal_files_with_other_markers_are_not_up_to_date) {
    copy_plan plan;
    plan.copy_exists = true;
    BOOST_TEST(is_up_to_date(run_in(run_state::completed), plan));
    BOOST_TEST(!is_up_to_date(run_in(run_state::terminated), plan));
    plan.markers.remote_lock = true;
    BOOST_TEST(!is_up_to_date(run_in(run_state::completed), plan));
    auto running = run_in(run_state::running);
    BOOST_TEST(!is_up_to_date(running, plan)); // it is not known where the copy says it runs
    running.copy.emplace().remote = "gpu1";
    BOOST_TEST(is_up_to_date(running, plan));
    running.copy->remote = "gpu2";
    BOOST_TEST(!is_up_to_date(running, plan));
}

BOOST_AUTO_TEST_SUITE_END()
