#pragma once

#include "engine/protocol/children_plan.hpp"
#include "engine/runs/run_status.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <string>
#include <vector>

namespace outrider::testing {

/// A home with one run, `p`, whose work is other runs, `c0`, `c1`, …, each `sh -c SCRIPT`.
struct children_scene {
    run_home at;
    agent_process agent{at.cache};
    protocol::children_head head;
    std::vector<protocol::planned_child> children;

    children_scene() {
        head.proto = true;
        head.program = "guild";
        head.common = at.start("proto", "true");
        head.common.flags.clear();
    }
    void child(const std::string& script) {
        const std::string id = "c" + std::to_string(children.size());
        children.push_back({.id = id,
                            .title = "op (n=" + std::to_string(children.size()) + ")",
                            .flags = {"n=" + std::to_string(children.size())},
                            .command = {"/bin/sh", "-c", script},
                            .attributes = {{"id", id + "\n"}}});
    }
    /// Puts the plan where an agent finds the packages that it has received.
    void pack(const std::string& name = "plan") const {
        std::string text = protocol::encode(head) + "\n";
        for (const auto& each : children) {
            text += protocol::encode(each) + "\n";
        }
        write(at.cache / "outrider/packages" / name / "files" / protocol::children_file, text);
    }
    protocol::start_run parent() const {
        auto request = at.start("p", "");
        request.command = {"${agent}", "children"};
        request.children = "plan";
        return request;
    }
    protocol::start_staged again(const std::string& token) const {
        protocol::start_staged request;
        request.home = at.home.native();
        request.run_id = "p";
        request.token = token;
        return request;
    }
    /// Starts the run and waits for its end; gives its output.
    std::string perform() {
        pack();
        agent.call(parent());
        return follow("p");
    }
    std::string follow(const std::string& id) {
        protocol::follow_output request;
        request.home = at.home.native();
        request.run_id = id;
        return agent.finish(agent.send(request)).data;
    }
    protocol::stop_reply stop(const std::string& id) {
        protocol::stop_run request;
        request.home = at.home.native();
        request.run_id = id;
        return agent.call(request);
    }
    run_status status(const std::string& id) const {
        return status_of(facts_of(at.run(id), agent.hello.machine));
    }
    /// All children, as `cep…`: completed, error, pending, running, staged, terminated; `-`: none.
    std::string states() const {
        std::string out;
        for (const auto& each : children) {
            const bool there = fs::exists(at.run(each.id).opref());
            out += there ? boost::describe::enum_to_string(status(each.id).state, "?")[0] : '-';
        }
        return out;
    }
};

} // namespace outrider::testing
