#include "engine/commands/transfer_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using protocol::file_entry;
using protocol::file_type;

namespace {

using paths = std::vector<std::string>;

file_entry file(std::string path, std::int64_t size = 1, std::int64_t mtime_ns = 1) {
    return {.path = std::move(path), .size = size, .mtime_ns = mtime_ns, .mode = 0644};
}

} // namespace

BOOST_AUTO_TEST_SUITE(transfer_plans)

BOOST_AUTO_TEST_CASE(a_new_run_copies_files_then_attributes_then_opref) {
    const auto plan = plan_transfer(
        {file(".guild/attrs/exit_status"), file(".guild/opref"), file("model.bin")}, {}, false);
    BOOST_TEST(plan.files == paths{"model.bin"}, boost::test_tools::per_element());
    BOOST_TEST(plan.attributes == paths{".guild/attrs/exit_status"},
               boost::test_tools::per_element());
    BOOST_TEST(plan.opref == paths{".guild/opref"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_belongs_to_the_machine_stays_there) {
    const auto plan =
        plan_transfer({file(".guild/LOCK"), file(".guild/LOCK.remote"), file(".guild/PENDING"),
                       file(".guild/STAGED"), file(".guild/TERMINATED.remote"), file(".guild/JOB"),
                       file(".guild/job-packages/x.whl"), file(".guild/outrider/identity"),
                       file(".guild/outrider/lock")},
                      {}, false);
    BOOST_TEST(plan.nothing_to_copy());
}

BOOST_AUTO_TEST_CASE(the_reason_travels_and_names_that_only_begin_alike_do_too) {
    const auto plan = plan_transfer({file(".guild/outrider/reason"), file(".guild/job-packages2"),
                                     file("LOCK"), file("sub/.guild/LOCK")},
                                    {}, false);
    BOOST_TEST(plan.files.size() == 4U);
}

BOOST_AUTO_TEST_CASE(unchanged_files_cost_nothing_and_each_difference_counts) {
    const auto here = file("a", 5, 7);
    BOOST_TEST(plan_transfer({file("a", 5, 7)}, {here}, true).nothing_to_copy());
    auto other_mode = here;
    other_mode.mode = 0600;
    auto link = here;
    link.type = file_type::link;
    link.target = "b";
    for (const auto& changed : {file("a", 6, 7), file("a", 5, 8), other_mode, link}) {
        BOOST_TEST(plan_transfer({changed}, {here}, false).files == paths{"a"},
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(extra_files_go_only_when_asked_children_first) {
    const std::vector<file_entry> here{file("a"), file("a/b"), file(".guild/LOCK.remote")};
    BOOST_TEST(plan_transfer({}, here, false).remove.empty());
    BOOST_TEST(plan_transfer({}, here, true).remove == (paths{"a/b", "a"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_restarted_run_loses_its_old_end) {
    const auto plan = plan_transfer(
        {file(".guild/opref")}, {file(".guild/opref"), file(".guild/attrs/exit_status")}, false);
    BOOST_TEST(plan.remove == paths{".guild/attrs/exit_status"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
