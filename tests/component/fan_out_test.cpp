#include "engine/commands/several/fan_out.hpp"
#include "tests/support/run_reactor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;

namespace {

using outcome = std::optional<std::int64_t>; // the exit status
using status = result<outcome>;

/// A command on several remotes, its client, and all that the client hears and is asked.
struct command_on_many {
    asio::io_context reactor{1};
    engine_resources resources{reactor.get_executor(), {}};
    std::vector<std::string> told; ///< "REMOTE: text" of notes, "REMOTE failed: message"
    std::vector<question> asked;
    std::function<void(const question&, answer_taker)> answer =
        [](const question&, const answer_taker& give) { give("yes"); };
    command_session session{
        {},
        {.tell = [this](const event& what, const std::string& remote) { hear(what, remote); },
         .ask =
             [this](const question& what, answer_taker give) {
                 asked.push_back(what);
                 answer(what, std::move(give));
             }},
        resources};

    std::vector<branch_end> run(std::vector<std::string> remotes, fan_out::work each) {
        std::vector<branch_end> ends;
        run_reactor(reactor, [&]() -> awaitable<void> {
            fan_out over(session, remotes, each, co_await asio::this_coro::executor);
            ends = co_await over.run();
        });
        return ends;
    }

  private:
    void hear(const event& what, const std::string& remote) {
        if (const auto* said = std::get_if<note>(&what)) {
            told.push_back(remote + ": " + said->text);
        } else if (const auto* failed = std::get_if<remote_failed>(&what)) {
            told.push_back(remote + " failed: " + failed->message);
        }
    }
};

awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

question about_run(const std::string& id) {
    question what;
    what.runs = {run_row{.id = id}};
    return what;
}

} // namespace

BOOST_AUTO_TEST_SUITE(on_several_remotes)

BOOST_AUTO_TEST_CASE(ends_come_in_the_order_of_the_remotes_and_events_name_theirs) {
    command_on_many it;
    const auto ends =
        it.run({"b", "a", "c"}, [](command_session& own, std::string remote) -> awaitable<status> {
            co_await pause(remote == "b" ? 20ms : 1ms);
            own.emit(note{.text = "here"});
            if (remote == "a") {
                co_return failure(errc::not_found, "nothing there");
            }
            if (remote == "c") {
                throw std::runtime_error("broken");
            }
            co_return outcome{7};
        });
    BOOST_REQUIRE(ends.size() == 3U);
    BOOST_TEST(ends[0].remote == "b");
    BOOST_TEST(!ends[0].error);
    BOOST_TEST(ends[0].exit_status.value() == 7);
    BOOST_TEST((ends[1].error.value().kind() == errc::not_found));
    BOOST_TEST((ends[2].error.value().kind() == errc::internal));
    std::ranges::sort(it.told);
    const std::vector<std::string> expected{"a failed: nothing there", "a: here", "b: here",
                                            "c failed: broken", "c: here"};
    BOOST_TEST(it.told == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_question_stands_for_all_who_ask_or_have_left) {
    command_on_many it;
    std::vector<std::string> answers;
    const auto ends =
        it.run({"a", "b", "c"}, [&](command_session& own, std::string remote) -> awaitable<status> {
            if (remote == "c") { // has nothing to ask, and takes its time
                co_await pause(20ms);
                co_return outcome{};
            }
            BOOST_TEST(it.asked.empty());
            auto said = co_await own.put(about_run("run of " + remote));
            answers.push_back(remote + " " + said.value());
            co_return outcome{};
        });
    BOOST_TEST(branch_verdict(ends).has_value());
    BOOST_REQUIRE(it.asked.size() == 1U);
    BOOST_REQUIRE(it.asked[0].runs.size() == 2U);
    BOOST_TEST(it.asked[0].runs[0].id == "run of a");
    BOOST_TEST(it.asked[0].runs[1].held_by == "b");
    std::ranges::sort(answers);
    const std::vector<std::string> expected{"a yes", "b yes"};
    BOOST_TEST(answers == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_declines_declines_for_all) {
    command_on_many it;
    it.answer = [](const question&, const answer_taker& give) { give("no"); };
    const auto ends =
        it.run({"a", "b"}, [](command_session& own, std::string remote) -> awaitable<status> {
            auto agreed = co_await own.confirm(about_run(remote));
            co_return agreed ? status(outcome{}) : status(agreed.error());
        });
    BOOST_TEST(it.asked.size() == 1U);
    BOOST_TEST((branch_verdict(ends).error().kind() == errc::aborted));
    BOOST_TEST(it.told.empty()); // the person knows
}

BOOST_AUTO_TEST_CASE(an_interrupt_reaches_each_remote_in_its_own_way) {
    command_on_many it;
    const auto ends =
        it.run({"a", "b", "c"}, [&](command_session& own, std::string remote) -> awaitable<status> {
            bool detached = false;
            if (remote == "a") {
                own.on_interrupt([&] { detached = true; });
            }
            if (remote == "c") {
                co_await pause(10ms);
                BOOST_TEST(it.session.interrupt());
            }
            while (!detached) {
                co_await pause(1ms);
            }
            own.on_interrupt({});
            co_return outcome{};
        });
    BOOST_TEST(!ends[0].error); // it ended as it wished
    BOOST_TEST((ends[1].error.value().kind() == errc::cancelled));
    BOOST_TEST((ends[2].error.value().kind() == errc::cancelled));
    BOOST_TEST(it.told.empty()); // the person knows
}

BOOST_AUTO_TEST_SUITE_END()
