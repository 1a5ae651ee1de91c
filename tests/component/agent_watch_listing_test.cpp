// What the agent tells of a home's listing and its changes: real files and processes.
#include "engine/protocol/sync_messages.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/run_status.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A watch as a client has it: what it was told so far.
class told_listing {
  public:
    told_listing(agent_process& agent, const fs::path& home, std::int64_t newest = 0)
        : agent_(agent),
          request_(agent.send(protocol::watch_listing{.home = home.native(),
                                                      .newest = newest,
                                                      .attributes = {"label", "started"},
                                                      .settle_ms = 20,
                                                      .beat_ms = 100})) {
        until("the listing is told", [this] { return complete > 0; });
    }

    std::map<std::string, protocol::run_facts> runs;
    std::int64_t total = -1;
    std::size_t complete = 0; ///< changes that were told to their end
    std::int64_t looked = 0;

    void until(const char* what, const std::function<bool()>& holds) {
        eventually(what, [&] {
            take();
            return holds();
        });
    }
    [[nodiscard]] run_state state(const std::string& id) {
        return runs.contains(id) ? status_of(runs.at(id)).state : run_state::staged;
    }
    void look_again(std::int64_t number) {
        protocol::json::object part;
        part["type"] = protocol::look_again::name;
        part["body"] = protocol::to_json(protocol::look_again{number});
        std::string bytes;
        protocol::append_frame(bytes, protocol::frame_kind::part, request_,
                               protocol::json::serialize(part));
        agent_.send_bytes(bytes);
    }

  private:
    void take() {
        agent_.call(protocol::ping{});
        const auto& parts = agent_.receive(request_, 0).parts;
        for (; taken_ < parts.size(); ++taken_) {
            protocol::listing_changed part;
            BOOST_TEST(parts[taken_].first == protocol::listing_changed::name);
            BOOST_REQUIRE(protocol::from_json(parts[taken_].second, part));
            for (auto& each : part.runs) {
                runs.insert_or_assign(each.id, std::move(each));
            }
            for (const auto& id : part.gone) {
                BOOST_TEST(runs.erase(id) == 1);
            }
            total = part.total;
            looked = part.looked;
            complete += part.partial ? 0 : 1;
        }
    }

    agent_process& agent_;
    std::uint32_t request_;
    std::size_t taken_ = 0;
};

struct watched {
    run_home at;
    agent_process agent{at.cache};

    void end(const std::string& id) {
        agent.call(protocol::stop_run{.home = at.home.native(), .run_id = id});
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(watch_listing)

BOOST_AUTO_TEST_CASE(the_newest_are_told_first_and_all_are_counted) {
    watched it;
    for (int i = 1; i <= 5; ++i) {
        it.at.make_run("run" + std::to_string(i),
                       {{"started", std::to_string(i) + "000"}, {"exit_status", "0"}});
    }
    told_listing told(it.agent, it.at.home, 2);
    BOOST_TEST(told.total == 5);
    BOOST_TEST(told.runs.size() == 2);
    BOOST_TEST(told.runs.contains("run5"));
    BOOST_TEST(told.runs.contains("run4"));
}

BOOST_AUTO_TEST_CASE(a_home_that_does_not_exist_is_empty_until_a_run_appears) {
    watched it;
    told_listing told(it.agent, it.at.home);
    BOOST_TEST(told.total == 0);
    it.at.make_run("first", {{"exit_status", "0"}});
    told.until("the run is told", [&] { return told.runs.contains("first"); });
    BOOST_TEST(told.total == 1);
}

BOOST_AUTO_TEST_CASE(a_run_is_told_when_it_starts_changes_ends_and_goes) {
    watched it;
    it.at.make_run("other", {{"exit_status", "0"}});
    told_listing told(it.agent, it.at.home);
    it.agent.call(it.at.start("run", "exec sleep 1000"));
    told.until("it runs", [&] { return told.state("run") == run_state::running; });
    write(it.at.run("run").directory / ".guild/attrs/label", "good\n");
    told.until("it has a label",
               [&] { return told.runs.at("run").attributes["label"] == "good\n"; });
    it.end("run");
    told.until("it has ended", [&] { return told.state("run") == run_state::terminated; });
    it.agent.call(protocol::delete_runs{.home = it.at.home.native(), .ids = {"run"}});
    told.until("it is gone", [&] { return !told.runs.contains("run"); });
    BOOST_TEST(told.total == 1);
}

BOOST_AUTO_TEST_CASE(processes_that_are_killed_and_write_nothing_are_told) {
    watched it;
    told_listing told(it.agent, it.at.home);
    it.agent.call(it.at.start("run", "exec sleep 1000"));
    told.until("it runs", [&] { return told.state("run") == run_state::running; });
    // The supervisor first, which would write the status.
    const auto identity = read_identity(it.at.run("run").identity());
    BOOST_REQUIRE(identity.has_value());
    ::kill(static_cast<pid_t>(identity->supervisor.pid), SIGKILL);
    ::kill(static_cast<pid_t>(told.runs.at("run").operation_pid), SIGKILL);
    told.until("it is an error", [&] { return told.state("run") == run_state::error; });
}

BOOST_AUTO_TEST_CASE(an_old_run_that_was_not_told_is_told_when_it_changes) {
    watched it;
    it.at.make_run("old", {{"started", "1000"}, {"exit_status", "0"}});
    it.at.make_run("new", {{"started", "2000"}, {"exit_status", "0"}});
    told_listing told(it.agent, it.at.home, 1);
    BOOST_TEST(!told.runs.contains("old"));
    write(it.at.run("old").directory / ".guild/attrs/label", "seen\n");
    // Nobody watches it: it is found when everything is looked at.
    told.look_again(7);
    told.until("everything was looked at", [&] { return told.looked == 7; });
    BOOST_REQUIRE(told.runs.contains("old"));
    BOOST_TEST(told.runs.at("old").attributes["label"] == "seen\n");
}

BOOST_AUTO_TEST_CASE(what_a_client_asks_to_look_at_is_told_before_the_answer) {
    watched it;
    it.at.make_run("run", {{"started", "1000"}, {"exit_status", "0"}});
    told_listing told(it.agent, it.at.home);
    for (int i = 1; i <= 50; ++i) {
        const auto label = std::to_string(i) + "\n";
        write(it.at.run("run").directory / ".guild/attrs/label", label);
        told.look_again(i);
        told.until("it was looked at", [&] { return told.looked == i; });
        BOOST_TEST(told.runs.at("run").attributes["label"] == label);
    }
}

BOOST_AUTO_TEST_CASE(output_that_is_written_is_no_news) {
    watched it;
    told_listing told(it.agent, it.at.home);
    it.agent.call(it.at.start("run", "while echo line; do sleep 0.01; done"));
    told.until("it runs", [&] { return told.state("run") == run_state::running; });
    std::size_t before = told.complete;
    told.until("it goes on", [&] { return told.complete > before + 5; });
    it.end("run");
    told.until("it has ended", [&] { return told.state("run") == run_state::terminated; });
}

BOOST_AUTO_TEST_CASE(a_home_that_is_moved_away_and_made_anew_is_told) {
    watched it;
    it.at.make_run("old", {{"exit_status", "0"}});
    told_listing told(it.agent, it.at.home);
    fs::rename(it.at.home / "runs", it.at.home / "elsewhere");
    told.until("it is gone", [&] { return told.runs.empty(); });
    it.at.make_run("new", {{"exit_status", "0"}});
    told.until("the new one is told", [&] { return told.runs.contains("new"); });
    BOOST_TEST(told.total == 1);
}

BOOST_AUTO_TEST_SUITE_END()
