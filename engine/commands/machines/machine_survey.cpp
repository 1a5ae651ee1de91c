#include "engine/commands/machines/machine_survey.hpp"

#include "engine/commands/looking/executing.hpp"

#include <algorithm>
#include <string_view>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto survey_limit = 30s;
constexpr auto python_limit = 30s; // a cold interpreter on a network file system
constexpr auto gpu_limit = 30s;    // a driver that is loaded first
constexpr auto slurm_limit = 40s;  // the agent itself ends it after 30
constexpr int clock_samples = 5;   // the quickest of them counts

// Says one thing a line, in the order of `python_facts`.
constexpr const char* python_script = R"py(import sys
print(" ".join(sys.version.split("\n")))
print(sys.executable)
try:
    from importlib.metadata import version
except ImportError:
    version = None
for name in ("psutil", "tensorboard", "guildai"):
    try:
        print(version(name))
    except Exception:
        print("")
)py";

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        line = line.substr(0, line.find_last_not_of(" \r") + 1);
        out.emplace_back(line);
    }
    return out;
}

// The remote is named once, by whoever shows this.
std::string without_name(std::string text, const std::string& name) {
    if (text.starts_with(name + ": ")) {
        text.erase(0, name.size() + 2);
    }
    return text;
}

awaitable<void> ask_python(command_session& session, const target& at, machine_survey& out) {
    protocol::execute request;
    request.activation = out.to.activation();
    request.words = {"python3", "-c", python_script};
    const bool activates = !request.activation.empty();
    auto said = co_await ask_program(session, at, std::move(request), python_limit);
    if (!said && activates && said.error().kind() == errc::start_failed) {
        out.activation_failure = without_name(said.error().context, out.to.name);
    }
    if (!said || said->exit_status != 0) {
        const auto lines = said ? lines_of(said->output) : std::vector<std::string>();
        out.python_failure = !said ? without_name(said.error().context, out.to.name)
                             : lines.empty()
                                 ? "python3 ended with " + std::to_string(said->exit_status)
                                 : lines.back();
        co_return;
    }
    auto lines = lines_of(said->output);
    // A start-up file of the interpreter may print something before: the end is ours.
    constexpr std::size_t expected = 5;
    lines.erase(lines.begin(), lines.size() > expected ? lines.end() - expected : lines.begin());
    lines.resize(expected);
    out.python = python_facts{.version = lines[0],
                              .executable = lines[1],
                              .psutil = lines[2],
                              .tensorboard = lines[3],
                              .guild = lines[4]};
}

std::string after(std::string_view text, std::string_view key) {
    const auto at = text.find(key);
    if (at == text.npos) {
        return {};
    }
    text.remove_prefix(at + key.size());
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
    return std::string(text.substr(0, text.find_first_of(" |\n")));
}

awaitable<void> ask_gpus(command_session& session, const target& at, machine_survey& out) {
    protocol::execute request;
    request.words = {"nvidia-smi", "--format=csv,noheader",
                     "--query-gpu=index,name,memory.total,memory.used,utilization.gpu"};
    auto listed = co_await ask_program(session, at, request, gpu_limit);
    if (!listed) {
        if (listed.error().kind() != errc::not_found) {
            out.gpu_failure = without_name(listed.error().context, out.to.name);
        }
        co_return;
    }
    const auto lines = lines_of(listed->output);
    if (listed->exit_status != 0) {
        out.gpu_failure = lines.empty()
                              ? "nvidia-smi ended with " + std::to_string(listed->exit_status)
                              : lines.front();
        co_return;
    }
    out.gpus = lines;
    request.words = {"nvidia-smi"};
    if (auto said = co_await ask_program(session, at, std::move(request), gpu_limit)) {
        out.nvidia_driver = after(said->output, "Driver Version:");
        out.cuda = after(said->output, "CUDA Version:");
    }
}

awaitable<void> ask_slurm(agent_client& agent, machine_survey& out) {
    auto report = co_await agent.call(protocol::examine_slurm{}, slurm_limit);
    if (report) {
        out.slurm = std::move(*report);
    } else {
        out.slurm_failure = without_name(report.error().context, out.to.name);
    }
}

} // namespace

awaitable<result<machine_survey>> survey_machine(command_session& session, const target& at,
                                                 bool channels) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    machine_survey out;
    out.to = at.to;
    out.is_here = at.remote.empty();
    out.hello = at.over->hello();
    out.shell = at.over->shell();
    protocol::examine_machine request;
    request.home = at.home;
    auto report = co_await (*agent)->call(std::move(request), survey_limit);
    if (!report) {
        co_return report.error();
    }
    out.report = std::move(*report);
    if (!out.is_here) {
        auto clock = co_await compare_clocks(**agent, clock_samples);
        if (!clock) {
            co_return clock.error();
        }
        out.clock = *clock;
    }
    co_await ask_python(session, at, out);
    co_await ask_gpus(session, at, out);
    if (at.job) {
        out.job = at.job;
        co_await ask_slurm(**agent, out);
    }
    // A login node that is this machine has no wire that could bound them.
    if (channels && at.over->type().bounded_streams && !at.to.address.empty()) {
        auto counted = co_await at.over->count_channels();
        if (!counted) {
            co_return counted.error();
        }
        out.channels = *counted;
    }
    co_return out;
}

} // namespace outrider
