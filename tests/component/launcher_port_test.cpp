#include "engine/agent/files/read_run.hpp"
#include "engine/agent/machine/operation_environment.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/runs/run_status.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <signal.h>

#include <functional>
#include <set>

using namespace outrider;
using namespace outrider::agent;
using namespace outrider::testing;
using protocol::process_state;

namespace {

/// Jobs of a batch system, as far as a test says what is known of them.
struct fake_launcher final : run_launcher {
    result<std::unique_ptr<launch_progress>> launch(const run_paths&, const supervisor_words&,
                                                    const environment_map&,
                                                    const descriptor&) override {
        return failure(errc::unsupported, "nothing is started here");
    }
    run_evidence alive(const run_paths&) override {
        ++asked;
        if (while_asked) {
            while_asked();
        }
        return evidence;
    }
    std::unique_ptr<launched_run> find(const run_paths&) override;
    std::vector<descriptor> ends(const run_paths&) override { return {}; }

    run_evidence evidence;
    std::function<void()> while_asked;
    int asked = 0;
    std::set<std::int64_t> jobs;                        // what `look` finds
    std::vector<std::pair<int, signal_target>> signals; // in order
    int deadly = 0;                                     // the signal that ends the jobs
};

struct fake_run final : launched_run {
    explicit fake_run(fake_launcher& from) : from(from) {}
    void look() override { seen.assign(from.jobs.begin(), from.jobs.end()); }
    std::vector<std::int64_t> left() const override { return seen; }
    void signal(int number, signal_target target) override {
        from.signals.emplace_back(number, target);
        if (number == from.deadly) {
            from.jobs.clear();
        }
    }
    bool recorder_lives() const override { return false; }
    std::optional<int> end_fd() const override { return std::nullopt; }

    fake_launcher& from;
    std::vector<std::int64_t> seen;
};

std::unique_ptr<launched_run> fake_launcher::find(const run_paths&) {
    return std::make_unique<fake_run>(*this);
}

/// A machine whose one run has LOCK and is a job of the fake.
struct launched_scene : agent_machine {
    std::shared_ptr<fake_launcher> launcher = std::make_shared<fake_launcher>();
    run_paths paths{run()};

    launched_scene() {
        context.launcher = launcher;
        write(".guild/opref", "guildfile:/p/guild.yml 1 '' op");
        write(".guild/LOCK", "17");
        launcher->evidence.lock = "17";
        launcher->evidence.operation_pid = 17;
        launcher->evidence.operation = process_state::alive;
    }
    [[nodiscard]] protocol::run_facts facts() const { return read_run(paths, *launcher, {}); }
    [[nodiscard]] protocol::stop_run stop(bool force) const {
        auto request = about<protocol::stop_run>();
        request.timeout_ms = 0;
        request.force = force;
        return request;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(launcher_port)

BOOST_AUTO_TEST_CASE(no_answer_is_not_an_end) {
    launched_scene at;
    at.launcher->evidence.operation = process_state::elsewhere;
    at.launcher->evidence.owner_host = "node7";
    const auto facts = at.facts();
    BOOST_CHECK(status_of(facts).state == run_state::running);
    BOOST_TEST(facts.owner_host == "node7");
}

BOOST_AUTO_TEST_CASE(an_end_is_told_with_its_reason_in_words) {
    launched_scene at;
    at.launcher->evidence.operation = process_state::gone;
    at.launcher->evidence.reason = {{"exited", "the time limit of the partition was reached"}};
    const auto status = status_of(at.facts());
    BOOST_CHECK(status.state == run_state::error);
    BOOST_TEST(status.reason == "the time limit of the partition was reached");
}

BOOST_AUTO_TEST_CASE(an_exit_status_that_came_while_the_launcher_looked_counts) {
    launched_scene at;
    at.launcher->evidence.operation = process_state::gone;
    at.launcher->evidence.reason = {{"rebooted", "wrong by now"}};
    at.launcher->while_asked = [&] { at.write(".guild/attrs/exit_status", "0\n"); };
    const auto facts = at.facts();
    BOOST_CHECK(status_of(facts).state == run_state::completed);
    BOOST_TEST(!facts.reason.has_value());
}

BOOST_AUTO_TEST_CASE(what_files_alone_decide_is_not_asked_for) {
    launched_scene at;
    std::filesystem::remove(at.paths.lock());
    at.write(".guild/attrs/exit_status", "0\n");
    BOOST_CHECK(status_of(at.facts()).state == run_state::completed);
    BOOST_TEST(at.launcher->asked == 0);
}

BOOST_AUTO_TEST_CASE(stop_asks_the_operation_then_everything_then_kills) {
    launched_scene at;
    at.launcher->jobs = {17, 18};
    at.launcher->deadly = SIGKILL;
    const auto reply =
        run_job(at.context, make_stop_run_job, at.stop(true)).reply<protocol::stop_reply>();
    const std::vector<std::pair<int, signal_target>> expected{{SIGTERM, signal_target::operation},
                                                              {SIGTERM, signal_target::everything},
                                                              {SIGKILL, signal_target::everything}};
    BOOST_CHECK(at.launcher->signals == expected);
    BOOST_TEST(reply.was_running);
    BOOST_TEST(reply.survivors.empty());
}

BOOST_AUTO_TEST_CASE(stop_names_what_is_left) {
    launched_scene at;
    at.launcher->jobs = {17, 18};
    const auto reply =
        run_job(at.context, make_stop_run_job, at.stop(false)).reply<protocol::stop_reply>();
    BOOST_TEST(reply.survivors == (std::vector<std::int64_t>{17, 18}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
