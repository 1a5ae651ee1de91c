#include "engine/remotes/wake_detector.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(wake_detector_of_links)

BOOST_AUTO_TEST_CASE(a_machine_slept_where_the_wall_clock_went_further) {
    struct wake_case {
        std::chrono::milliseconds ran;
        std::chrono::milliseconds passed;
        bool slept;
    };
    const wake_case cases[] = {
        {5s, 5s, false},
        {5s, 5100ms, false},
        {5s, 14s, false},
        {5s, 15s, true},
        {5s, 8h, true},
        {0s, 3min, true},
        {120s, 120s, false}, // a stopped process, not a
                             // machine that slept
        {5s, -1h, false},    // somebody set the clock back
    };
    for (const auto& each : cases) {
        wake_detector sleep;
        wake_detector::steady ran{1000s};
        wake_detector::wall passed{50'000h};
        BOOST_TEST(!sleep.woke(ran, passed)); // the first call has nothing to compare with
        ran += each.ran;
        passed += each.passed;
        BOOST_TEST(sleep.woke(ran, passed) == each.slept);
        BOOST_TEST(!sleep.woke(ran + 5s, passed + 5s)); // told once
    }
}

BOOST_AUTO_TEST_SUITE_END()
