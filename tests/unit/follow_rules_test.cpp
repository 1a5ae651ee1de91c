#include "engine/remotes/follow_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(follow_rules)

BOOST_AUTO_TEST_CASE(only_what_may_come_back_by_itself_is_tried_again) {
    struct verdict_case {
        errc why;
        bool at_first; // tried again before there ever was a connection
        bool later;
    };
    const verdict_case cases[] = {
        {errc::connect_failed, true, true},
        {errc::timed_out, true, true},
        {errc::resolve_failed, false, true},
        {errc::authentication_failed, false, false},
        {errc::host_key_unknown, false, false},
        {errc::host_key_changed, false, false},
        {errc::agent_unusable, false, false},
        {errc::not_found, false, false}, // the remote is not configured any more
        {errc::no_space, false, false},
        {errc::permission_denied, false, false},
        {errc::protocol_violation, false, false},
        {errc::cancelled, false, false},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(errc_name(each.why)) {
            BOOST_TEST((judge_follow(each.why, false) == follow_verdict::try_again) ==
                       each.at_first);
            BOOST_TEST((judge_follow(each.why, true) == follow_verdict::try_again) == each.later);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_copying_waits_for_the_interval_and_five_times_what_the_last_one_took) {
    struct pace_case {
        std::chrono::seconds interval;
        std::chrono::milliseconds took;
        std::chrono::milliseconds next; // after the end of the last one
    };
    const pace_case cases[] = {
        {0s, 0ms, 1s}, {0s, 100ms, 1s},      {0s, 200ms, 1s}, {0s, 2s, 10s},
        {10s, 1s, 9s}, {10s, 100ms, 9900ms}, {10s, 3s, 15s},  {3600s, 1s, 3599s},
    };
    for (const auto& each : cases) {
        copy_pace pace(each.interval);
        const copy_pace::clock::time_point began{1000s};
        BOOST_TEST((pace.next() <= began)); // the first one at once
        pace.copied(began, began + each.took);
        BOOST_TEST(((pace.next() - began) - each.took == each.next));
    }
}

BOOST_AUTO_TEST_SUITE_END()
