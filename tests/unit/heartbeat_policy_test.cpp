#include "engine/remotes/heartbeat_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace std::chrono_literals;

namespace {

/// A link as its heartbeat sees it, on clocks of our own.
struct quiet_link {
    heartbeat_policy policy;
    heartbeat_policy::steady now{1000s};
    heartbeat_policy::wall today{50'000h};
    heartbeat_policy::steady heard = now;
    bool busy = true;

    heartbeat_policy::steady::duration pause() { return policy.pause(now, today, heard, busy); }
    void run_for(heartbeat_policy::steady::duration time) {
        now += time;
        today += std::chrono::duration_cast<heartbeat_policy::wall::duration>(time);
    }
    void sleep_for(heartbeat_policy::wall::duration time) { today += time; }
    /// Looks as often as it is told to, until it is to ask; gives how long that took.
    heartbeat_policy::steady::duration time_to_ask() {
        const auto start = now;
        for (auto rest = pause(); rest > 0s; rest = pause()) {
            run_for(rest);
        }
        return now - start;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(heartbeats_of_links)

BOOST_AUTO_TEST_CASE(a_link_that_somebody_waits_for_is_found_dead_within_15_seconds) {
    quiet_link link;
    const auto asked_after = link.time_to_ask();
    BOOST_CHECK(asked_after == heartbeat_policy::busy_silence);
    BOOST_CHECK(asked_after + heartbeat_policy::answer_limit < 15s);
}

BOOST_AUTO_TEST_CASE(what_comes_is_an_answer_to_a_question_that_was_not_put) {
    quiet_link link;
    for (int i = 0; i < 100; ++i) {
        BOOST_CHECK(link.pause() > 0s);
        link.run_for(4s);
        link.heard = link.now;
    }
}

BOOST_AUTO_TEST_CASE(an_idle_link_is_asked_seldom_but_soon_after_somebody_begins_to_wait) {
    quiet_link link;
    link.busy = false;
    BOOST_CHECK(link.time_to_ask() == heartbeat_policy::idle_silence);
    link.heard = link.now;
    link.run_for(30s);
    const auto pause = link.pause();
    BOOST_CHECK(pause <= heartbeat_policy::busy_silence);
    link.run_for(pause);
    link.busy = true;
    BOOST_CHECK(link.pause() == 0s);
}

BOOST_AUTO_TEST_CASE(a_laptop_that_wakes_asks_at_once_and_once) {
    for (const bool busy : {true, false}) {
        quiet_link link;
        link.busy = busy;
        BOOST_CHECK(link.pause() > 0s);
        link.run_for(1s);
        link.sleep_for(8h);
        BOOST_CHECK(link.pause() == 0s);
        link.heard = link.now; // it answered
        BOOST_CHECK(link.pause() > 0s);
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_is_no_sleep) {
    quiet_link link;
    BOOST_CHECK(link.pause() > 0s);
    link.run_for(1s);
    link.sleep_for(-8h);
    BOOST_CHECK(link.pause() > 0s);
}

BOOST_AUTO_TEST_CASE(a_process_that_stood_still_itself_asks_again) {
    const heartbeat_policy::steady asked{1000s};
    BOOST_TEST(heartbeat_policy::is_lost(asked, asked + heartbeat_policy::answer_limit));
    BOOST_TEST(heartbeat_policy::is_lost(asked, asked + heartbeat_policy::answer_limit + 100ms));
    BOOST_TEST(!heartbeat_policy::is_lost(asked, asked + 60s));
}

BOOST_AUTO_TEST_SUITE_END()
