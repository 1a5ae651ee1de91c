#include "engine/sync/copy_plan.hpp"

#include "engine/sync/path_order.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace outrider;
using protocol::file_entry;
using protocol::file_type;

namespace {

using paths = std::vector<std::string>;
using entries = std::vector<file_entry>;

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

file_entry file(std::string path, std::int64_t size = 1, std::int64_t mtime_ns = 1) {
    return {.path = std::move(path), .size = size, .mtime_ns = mtime_ns, .mode = 0644};
}

file_entry directory(std::string path, std::int64_t mtime_ns = 1) {
    return {
        .path = std::move(path), .type = file_type::directory, .mtime_ns = mtime_ns, .mode = 0755};
}

file_entry link_to(std::string path, std::string target) {
    return {.path = std::move(path), .type = file_type::link, .target = std::move(target)};
}

file_entry fifo(std::string path) {
    return {.path = std::move(path), .type = file_type::other, .mode = 0644};
}

// As the comparison of two scans does it.
copy_plan plan_of(entries source, entries copy, bool delete_extra = false, paths partials = {}) {
    const auto before = [](const auto& a, const auto& b) {
        return compare_paths(a.path, b.path) < 0;
    };
    std::ranges::sort(source, before);
    std::ranges::sort(copy, before);
    copy_planner planner("id", delete_extra);
    for (auto& name : partials) {
        planner.add_partial(std::move(name));
    }
    auto theirs = copy.begin();
    for (const auto& entry : source) {
        for (; theirs != copy.end() && before(*theirs, entry); ++theirs) {
            planner.compare(nullptr, 0, &*theirs);
        }
        const bool both = theirs != copy.end() && theirs->path == entry.path;
        planner.compare(&entry, entry.size, both ? &*theirs++ : nullptr);
    }
    for (; theirs != copy.end(); ++theirs) {
        planner.compare(nullptr, 0, &*theirs);
    }
    return std::move(planner).finish();
}

paths paths_of(const planned_orders& orders) {
    paths out;
    std::ranges::transform(orders, std::back_inserter(out),
                           [](const auto& order) { return order.order.entry.path; });
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(copy_plans)

BOOST_AUTO_TEST_CASE(what_cannot_travel_is_named) {
    const auto plan = plan_of({fifo("control"), file("data"), fifo("logs/socket")}, {});
    BOOST_TEST(plan.no_files == (paths{"control", "logs/socket"}),
               boost::test_tools::per_element());
    BOOST_TEST(plan.no_files_count == 2);
    BOOST_TEST(paths_of(plan.files) == paths{"data"}, boost::test_tools::per_element());
    entries many;
    for (int i = 0; i < 100; ++i) {
        many.push_back(fifo("f" + std::to_string(i)));
    }
    const auto bounded = plan_of(many, {});
    BOOST_TEST(bounded.no_files.size() == 20U);
    BOOST_TEST(bounded.no_files_count == 100);
}

BOOST_AUTO_TEST_CASE(a_directory_comes_right_before_what_is_in_it) {
    paths sorted{"a b", "a", "a/x", "a-", "a/x/y", "", "a/b", "b"};
    std::ranges::sort(sorted, [](const auto& a, const auto& b) { return compare_paths(a, b) < 0; });
    BOOST_TEST(sorted == (paths{"", "a", "a/b", "a/x", "a/x/y", "a b", "a-", "b"}),
               boost::test_tools::per_element());
    BOOST_TEST((compare_paths("a\xff", "a/") > 0));
    BOOST_TEST((compare_paths("x", "x") == 0));
}

BOOST_AUTO_TEST_CASE(a_new_run_copies_files_then_attributes_then_opref) {
    const auto plan =
        plan_of({file(".guild/attrs/exit_status"), file(".guild/opref"), file("model.bin")}, {});
    BOOST_TEST(paths_of(plan.files) == paths{"model.bin"}, boost::test_tools::per_element());
    BOOST_TEST(paths_of(plan.attributes) == paths{".guild/attrs/exit_status"},
               boost::test_tools::per_element());
    BOOST_TEST(paths_of(plan.opref) == paths{".guild/opref"}, boost::test_tools::per_element());
    BOOST_TEST(!plan.copy_exists);
    BOOST_TEST(plan.count() == 3);
    BOOST_TEST(plan.bytes() == 3);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_the_machine_stays_there) {
    const auto plan =
        plan_of({file(".guild/LOCK"), file(".guild/LOCK.remote"), file(".guild/PENDING"),
                 file(".guild/STAGED"), file(".guild/TERMINATED.remote"), file(".guild/JOB"),
                 file(".guild/job-packages/x.whl"), file(".guild/outrider/identity"),
                 file(".guild/outrider/lock")},
                {});
    BOOST_TEST(plan.nothing_to_copy());
}

BOOST_AUTO_TEST_CASE(the_reason_travels_and_names_that_only_begin_alike_do_too) {
    const auto plan = plan_of({file(".guild/outrider/reason"), file(".guild/job-packages2"),
                               file("LOCK"), file("sub/.guild/LOCK")},
                              {});
    BOOST_TEST(plan.files.size() == 4U);
}

BOOST_AUTO_TEST_CASE(unchanged_files_cost_nothing_and_each_difference_counts) {
    const auto here = file("a", 5, 7);
    BOOST_TEST(plan_of({here}, {here}, true).nothing_to_copy());
    auto other_mode = here;
    other_mode.mode = 0600;
    for (const auto& changed :
         {file("a", 6, 7), file("a", 5, 8), other_mode, link_to("a", "b"), directory("a")}) {
        const auto plan = plan_of({changed}, {here});
        BOOST_TEST(paths_of(plan.files) == paths{"a"}, boost::test_tools::per_element());
        BOOST_TEST(!plan.files.front().is_new);
    }
    BOOST_TEST(plan_of({link_to("l", "b")}, {link_to("l", "b")}).nothing_to_copy());
    BOOST_TEST(!plan_of({link_to("l", "b")}, {link_to("l", "c")}).nothing_to_copy());
}

BOOST_AUTO_TEST_CASE(times_of_directories_count_but_for_those_that_transfers_change) {
    for (const auto* path : {".guild", ".guild/outrider"}) {
        BOOST_TEST(plan_of({directory(path, 1)}, {directory(path, 2)}).nothing_to_copy());
    }
    BOOST_TEST(!plan_of({directory("sub", 1)}, {directory("sub", 2)}).nothing_to_copy());
    BOOST_TEST(plan_of({directory("sub", 1)}, {directory("sub", 1)}).nothing_to_copy());
}

BOOST_AUTO_TEST_CASE(other_things_than_files_directories_and_links_are_not_copied) {
    auto pipe = file("pipe", 0);
    pipe.type = file_type::other;
    BOOST_TEST(plan_of({pipe}, {}).nothing_to_copy());
}

BOOST_AUTO_TEST_CASE(extra_files_go_only_when_asked_children_first) {
    const entries here{directory("a"), file("a/b"), file(".guild/LOCK.remote"),
                       file(".guild/opref")};
    BOOST_TEST(plan_of({}, here).remove.empty());
    BOOST_TEST(plan_of({}, here, true).remove == (paths{"a/b", "a"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_in_a_directory_that_is_replaced_goes_with_it) {
    const auto plan =
        plan_of({file("a")}, {directory("a"), file("a/b"), directory("a/c"), file("z")}, true);
    BOOST_TEST(paths_of(plan.files) == paths{"a"}, boost::test_tools::per_element());
    BOOST_TEST(plan.remove == paths{"z"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_restarted_run_loses_its_old_end) {
    const auto plan =
        plan_of({file(".guild/opref")}, {file(".guild/opref"), file(".guild/attrs/exit_status")});
    BOOST_TEST(plan.remove == paths{".guild/attrs/exit_status"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_state_of_the_copy_is_read_from_its_entries) {
    const auto ended = plan_of({}, {file(".guild/opref"), file(".guild/attrs/exit_status")});
    BOOST_TEST(ended.copy_exists);
    BOOST_TEST(ended.copy_ended);
    const auto running = plan_of(
        {}, {file(".guild/opref"), file(".guild/attrs/exit_status"), file(".guild/LOCK.remote")});
    BOOST_TEST(!running.copy_ended);
    BOOST_TEST(running.markers.remote_lock);
    BOOST_TEST(plan_of({}, {file(".guild/STAGED")}).markers.staged);
}

BOOST_AUTO_TEST_CASE(only_large_files_with_something_there_are_compared_by_blocks) {
    struct row {
        std::int64_t source;
        std::int64_t copy; // -1: none
        bool partial;
        bool basis;
    };
    for (const auto& [source, copy, partial, basis] : std::initializer_list<row>{
             {2 * mebibyte, 1 * mebibyte, false, true},
             {2 * mebibyte, mebibyte - 1, false, false},
             {mebibyte - 1, 2 * mebibyte, false, false},
             {2 * mebibyte, -1, false, false},
             {2 * mebibyte, -1, true, true},
             {100, -1, true, false},
         }) {
        const auto plan =
            plan_of({file("m", source, 1)}, copy < 0 ? entries{} : entries{file("m", copy, 2)},
                    false, partial ? paths{protocol::partial_name("m")} : paths{});
        BOOST_TEST_CONTEXT(source << " over " << copy << " partial " << partial) {
            BOOST_TEST(plan.files.front().order.basis == basis);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_space_needed_is_that_of_the_worst_moment) {
    auto space = plan_of({file("a", 10), file("b", 10)}, {}).space;
    BOOST_TEST(space.bytes == 20);
    BOOST_TEST(space.files == 2);
    // A file that takes the place of another needs room beside it, and gives that back.
    space.add(plan_of({file("c", 30, 2), file("d", 25, 2)}, {file("c", 30), file("d", 5)}).space);
    BOOST_TEST(space.bytes == 50);
    BOOST_TEST(space.grown == 40);
    BOOST_TEST(space.files == 2);
}

BOOST_AUTO_TEST_CASE(holes_need_no_space) {
    copy_planner planner("id", false);
    const auto sparse = file("s", 1000 * mebibyte);
    planner.compare(&sparse, 4096, nullptr);
    BOOST_TEST(std::move(planner).finish().space.bytes == 4096);
}

BOOST_AUTO_TEST_SUITE_END()
