#pragma once

#include "engine/agent/launch/process_launcher.hpp"
#include "engine/agent/server/context.hpp"
#include "tests/support/temporary_directory.hpp"

#include <sys/stat.h>

namespace outrider::testing {

/// A machine for jobs: a user's home directory with a guild home and one run in it.
struct agent_machine {
    temporary_directory place;
    agent::agent_context context;
    std::string run_id = "0123456789abcdef0123456789abcdef";

    agent_machine() {
        context.machine.home = place / "user";
        context.machine.cache_directory = place / "user/.cache/outrider";
        context.launcher = std::make_shared<agent::process_launcher>(context.machine);
        std::filesystem::create_directories(run());
    }
    [[nodiscard]] std::string run() const { return place / ("user/.guild/runs/" + run_id); }
    [[nodiscard]] std::string in_run(const std::string& name) const { return run() + "/" + name; }

    /// A request about the run.
    template <class Request>
    [[nodiscard]] Request about() const {
        Request request;
        request.home = ".guild";
        request.run_id = run_id;
        return request;
    }
    void write(const std::string& name, const std::string& content) const {
        place.write("user/.guild/runs/" + run_id + "/" + name, content);
    }
    [[nodiscard]] static std::string content(const std::string& path) { return read_file(path); }
    [[nodiscard]] static struct stat state(const std::string& path) {
        struct stat found{};
        ::lstat(path.c_str(), &found);
        return found;
    }
};

} // namespace outrider::testing
