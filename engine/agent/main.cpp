#include "engine/agent/children/array_process.hpp"
#include "engine/agent/children/children_process.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/server/server.hpp"
#include "engine/agent/slurm/run_launchers.hpp"
#include "engine/agent/start/queue.hpp"
#include "engine/agent/supervise/supervisor.hpp"
#include "engine/protocol/content_hash.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

namespace {

using namespace outrider;

constexpr const char* version_text = "outrider-agent 0.1.0";

int serve() {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGCHLD, SIG_DFL); // ignored, as some parents leave it, children cannot be waited for
    auto context = agent::describe_agent();
    agent::choose_launchers(context);
    if (::chdir("/") != 0) { // the agent must not keep a file system busy
        return 1;
    }
    return agent::serve(context, STDIN_FILENO, STDOUT_FILENO);
}

int print_environment(std::string_view descriptor_text) {
    int fd = -1;
    std::from_chars(descriptor_text.data(), descriptor_text.data() + descriptor_text.size(), fd);
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
        std::string_view entry(*at, std::strlen(*at) + 1); // with its NUL
        while (!entry.empty()) {
            const auto put = ::write(fd, entry.data(), entry.size());
            if (put < 0) {
                return 1;
            }
            entry.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    return 0;
}

int usage() {
    std::fputs(
        "usage: outrider-agent serve | verify HASH | guild run --run-dir DIR OP FLAG=VALUE... "
        "| queue --home DIR... | children | --version\n",
        stderr);
    return 2;
}

int run(const std::vector<std::string_view>& words) {
    if (words == std::vector<std::string_view>{"serve"}) {
        return serve();
    }
    if (words == std::vector<std::string_view>{"--version"}) {
        std::puts(version_text);
        return 0;
    }
    if (words.size() == 2 && words[0] == "verify") {
        const auto hash = protocol::hash_of_file("/proc/self/exe");
        return hash && *hash == words[1] ? 0 : 1;
    }
    if (words.size() == 2 && words[0] == "print-environment") {
        return print_environment(words[1]);
    }
    if (words == std::vector<std::string_view>{"children"}) {
        return agent::run_children();
    }
    if (!words.empty() && words[0] == "array") {
        return agent::submit_array({words.begin() + 1, words.end()});
    }
    if (!words.empty() && words[0] == "element") {
        return agent::run_element({words.begin() + 1, words.end()});
    }
    if (!words.empty() && words[0] == "queue") {
        return agent::run_queue({words.begin() + 1, words.end()});
    }
    if (words.size() >= 4 && words[0] == "guild" && words[1] == "run" && words[2] == "--run-dir") {
        return agent::supervise(run_paths{fs::path(words[3])});
    }
    return usage();
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "outrider-agent: %s\n", error.what());
        return 1;
    }
}
