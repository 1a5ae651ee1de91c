#include "engine/fleet/command_telling.hpp"
#include "engine/fleet/news.hpp"
#include "engine/service/reactor_lateness.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(what_listeners_hear)

BOOST_AUTO_TEST_CASE(a_filter_chooses_by_remote_run_and_kind) {
    run_news ended{.remote = "a"};
    ended.run.id = "3f2a";
    const link_news lost{.remote = "b", .state = link_state::lost, .why = "gone"};
    BOOST_TEST(wants({}, lost));
    BOOST_TEST(wants({.remotes = {"a", "b"}}, lost));
    BOOST_TEST(!wants({.remotes = {"a"}}, lost));
    BOOST_TEST(wants({.kinds = {news_kind::run}}, ended));
    BOOST_TEST(!wants({.kinds = {news_kind::run}}, lost));
    BOOST_TEST(wants({.runs = {"3f2a"}}, ended));
    BOOST_TEST(!wants({.runs = {"0000"}}, ended));
    BOOST_TEST(!wants({.runs = {"3f2a"}}, lost)); // is about no run
}

BOOST_AUTO_TEST_CASE(a_slow_subscriber_loses_the_oldest_and_is_told_how_many) {
    news_hub hub;
    int arrived = 0;
    const auto slow = hub.subscribe({}, [&] { ++arrived; }, 3);
    const auto quick = hub.subscribe({}, {}, 100);
    for (int i = 0; i < 5; ++i) {
        hub.publish(link_news{.remote = "r" + std::to_string(i)});
    }
    BOOST_TEST(arrived == 5);
    BOOST_TEST(slow->take_missed() == 2);
    BOOST_TEST(slow->take_missed() == 0);
    BOOST_TEST((*slow->take())->number == 3);
    BOOST_TEST((*quick->take())->number == 1);
    BOOST_TEST(quick->take_missed() == 0);
    BOOST_TEST(hub.missed() == 2);
}

BOOST_AUTO_TEST_CASE(who_left_is_not_told) {
    news_hub hub;
    auto one = hub.subscribe({}, {});
    BOOST_TEST(hub.subscribers() == 1U);
    one.reset();
    BOOST_TEST(hub.subscribers() == 0U);
    hub.publish(link_news{});
    BOOST_TEST(hub.published() == 1);
}

BOOST_AUTO_TEST_CASE(commands_tell_others_of_runs_that_end_and_of_their_own_end) {
    news_hub hub;
    const auto heard = hub.subscribe({}, {});
    int told = 0;
    const auto client =
        tell_others({.tell = [&](const event&, const std::string&) { ++told; }, .ask = {}}, hub,
                    command_id{7}, watch_command{.remote = "all"});
    run_ended over;
    over.run.id = "3f2a";
    client.tell(output_bytes{.bytes = "x"}, "gpu1");
    client.tell(over, "gpu1");
    client.tell(command_ended{.error = failure(errc::cancelled, "")}, {});
    BOOST_TEST(told == 3);
    const auto begun = std::get<command_news>((*heard->take())->what);
    BOOST_TEST(begun.id == 7);
    BOOST_TEST(begun.name == "watch");
    BOOST_TEST(begun.remote == "all");
    const auto run = std::get<run_news>((*heard->take())->what);
    BOOST_TEST(run.remote == "gpu1");
    BOOST_TEST(run.run.id == "3f2a");
    const auto ended = std::get<command_news>((*heard->take())->what);
    BOOST_TEST(ended.ended);
    BOOST_TEST(ended.failure == "cancelled");
    BOOST_TEST(!heard->take().has_value());
}

BOOST_AUTO_TEST_CASE(lateness_counts_the_last_minute) {
    reactor_lateness late;
    const reactor_lateness::clock::time_point start{};
    late.add(start, 5s);
    for (int i = 0; i < 100; ++i) {
        late.add(start + 70s, i < 98 ? 100us : 20ms);
    }
    const auto seen = late.summary(start + 71s);
    BOOST_TEST(seen.samples == 100);
    BOOST_TEST(seen.max.count() == 20'000);
    BOOST_TEST(seen.p50.count() >= 100);
    BOOST_TEST(seen.p50.count() <= 120);
    BOOST_TEST(seen.p99.count() > 16'000);
}

BOOST_AUTO_TEST_SUITE_END()
