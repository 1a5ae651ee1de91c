#pragma once

#include "engine/agent/files/beneath.hpp"
#include "engine/agent/files/copy_state.hpp"
#include "engine/agent/server/jobs.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/content_script.hpp"
#include "tests/support/job_driver.hpp"

#include <filesystem>

namespace outrider::testing {

/// The state of a copy, as a scan reports it.
inline std::string state_of(const std::string& run) {
    const auto directory = agent::open_directory(run, false, 0700);
    return agent::copy_state(directory ? directory->get() : -1);
}

/// A job of `receive_runs` and the one who feeds it.
struct receiving_job {
    job_driver job;
    content_script script;
    std::string run_id;
    std::string state;

    explicit receiving_job(const agent_machine& there, protocol::receive_runs request = {})
        : job(there.context, &agent::make_receive_runs_job, with_home(std::move(request))),
          script([this](std::string_view type, const auto& body) { job.raw_part(type, body); },
                 [this](std::string_view payload) { job.data(payload); }),
          run_id(there.run_id), state(state_of(there.run())) {}
    receiving_job(const receiving_job&) = delete;
    receiving_job& operator=(const receiving_job&) = delete;

    /// Begins the machine's run.
    receiving_job& begin() {
        script.begin(run_id, state);
        return *this;
    }
    /// Ends the run and the transfer.
    job_outcome end() {
        script.finish();
        script.end();
        auto out = job.finish();
        ended_ = out.frames;
        return out;
    }
    /// What the job told so far, once it has nothing to do but wait for more.
    told_packets told() {
        std::ignore = job.advance();
        told_packets out;
        for (const auto& frame : ended_.empty() ? job.frames() : ended_) {
            BOOST_REQUIRE(frame.kind != protocol::frame_kind::data || out.take(frame.payload));
        }
        return out;
    }

  private:
    std::vector<protocol::frame> ended_; // all that came

    static protocol::receive_runs with_home(protocol::receive_runs request) {
        request.home = ".guild";
        return request;
    }
};

/// Everything below a directory, `.guild` included.
inline std::size_t entries_below(const std::string& directory) {
    std::error_code ignored;
    const std::filesystem::recursive_directory_iterator all(directory, ignored);
    return static_cast<std::size_t>(std::distance(all, {}));
}

} // namespace outrider::testing
