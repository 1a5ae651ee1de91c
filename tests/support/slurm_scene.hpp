#pragma once

#include "engine/agent/slurm/job_record.hpp"
#include "engine/json/described_json.hpp"
#include "engine/protocol/slurm_messages.hpp"
#include "engine/runs/run_status.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <cstdlib>

namespace outrider::testing {

/// A home whose agents use Slurm.
struct slurm_scene : run_home {
    explicit slurm_scene(std::map<std::string, std::string> variables)
        : variables(std::move(variables)) {}

    std::map<std::string, std::string> variables; ///< of agents

    /// An agent that was told to use Slurm.
    [[nodiscard]] std::unique_ptr<agent_process> agent() const {
        auto out = std::make_unique<agent_process>(cache, variables);
        BOOST_TEST(out->call(protocol::use_slurm{.poll_ms = 1000}).used);
        return out;
    }
    [[nodiscard]] protocol::start_run job(const std::string& id, const std::string& script) const {
        auto out = start(id, script);
        out.slurm = protocol::slurm_job{};
        return out;
    }
    /// The status of a run as that agent tells it.
    [[nodiscard]] run_status status(agent_process& from, const std::string& id) const {
        return status_of(facts(from, id));
    }
    [[nodiscard]] protocol::run_facts facts(agent_process& from, const std::string& id) const {
        const auto answer =
            from.finish(from.send(protocol::list_runs{.home = home.native(), .ids = {id}}));
        BOOST_REQUIRE(answer.reply.has_value());
        protocol::run_batch batch;
        for (const auto& [name, body] : answer.parts) {
            BOOST_REQUIRE(protocol::from_json(body, batch));
        }
        BOOST_REQUIRE(batch.runs.size() == 1U);
        return batch.runs.front();
    }
    [[nodiscard]] bool reaches(agent_process& from, const std::string& id, run_state state,
                               int seconds = 40) const {
        return eventually([&] { return status(from, id).state == state; },
                          std::chrono::seconds(seconds));
    }
    [[nodiscard]] protocol::stop_run stop(const std::string& id) const {
        return {.home = home.native(), .run_id = id, .timeout_ms = 15'000, .stopped_by = "ann"};
    }
    [[nodiscard]] agent::job_record record(const std::string& id) const {
        return agent::read_job_record(run(id)).value_or(agent::job_record{});
    }
};

} // namespace outrider::testing
