#pragma once

#include "tests/e2e/scene.hpp"

#include <signal.h>

#include <cstdio>
#include <string>
#include <vector>

namespace outrider::testing {

/// What the operation `lines` prints.
inline std::string numbered_lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        char line[32];
        std::snprintf(line, sizeof line, "line %06d\n", i);
        text += line;
    }
    return text;
}

/// Agents that serve a connection to the user with this home, wherever they were found on this
/// machine; supervisors are none of them.
inline std::vector<pid_t> serving_agents(const std::string& home) {
    const std::string marker = std::string(1, '\0') + "HOME=" + home + std::string(1, '\0');
    std::vector<pid_t> found;
    for (const pid_t each : processes_with("outrider-agent")) {
        const auto process = "/proc/" + std::to_string(each);
        const auto environment = std::string(1, '\0') + read_file(process + "/environ");
        if (read_file(process + "/cmdline").ends_with(std::string("outrider-agent\0serve\0", 21)) &&
            environment.find(marker) != std::string::npos) {
            found.push_back(each);
        }
    }
    return found;
}

/// Kills them all, and fails the test where there is none.
inline void kill_agents(const scene<over_ssh>& at) {
    const auto agents = serving_agents(at.place.server.home());
    BOOST_TEST(!agents.empty());
    for (const pid_t each : agents) {
        ::kill(each, SIGKILL);
    }
}

} // namespace outrider::testing
