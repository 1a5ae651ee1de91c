#include "engine/agent/slots/gpus.hpp"

#include "engine/agent/machine/child_program.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// A driver that takes longer hangs.
constexpr auto driver_limit = 10s;
constexpr std::size_t longest_driver_answer = std::size_t{1} << 20;

result<std::string> ask_driver(const environment_map& environment, const char* question) {
    auto program =
        child_program::start({.words = {"nvidia-smi", question, "--format=csv,noheader,nounits"},
                              .directory = "/",
                              .environment = environment});
    if (!program) {
        return program.error();
    }
    const auto deadline = std::chrono::steady_clock::now() + driver_limit;
    std::string out;
    for (bool open = true; open;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left <= 0ms || out.size() > longest_driver_answer) {
            return failure(errc::timed_out, "nvidia-smi does not answer");
        }
        pollfd polled{.fd = (*program)->output(), .events = POLLIN, .revents = 0};
        ::poll(&polled, 1, static_cast<int>(left.count()));
        std::array<char, 4096> piece;
        const auto got = ::read((*program)->output(), piece.data(), piece.size());
        if (got > 0) {
            out.append(piece.data(), static_cast<std::size_t>(got));
        }
        open = got != 0;
    }
    // Its output has ended, so it is about to.
    std::optional<int> status;
    while (!(status = (*program)->exit_status()) && std::chrono::steady_clock::now() < deadline) {
        pollfd polled{.fd = (*program)->end_watch(), .events = POLLIN, .revents = 0};
        ::poll(&polled, 1, 10);
    }
    if (status != 0) {
        return failure(errc::start_failed, "nvidia-smi failed: " + out.substr(0, out.find('\n')));
    }
    return out;
}

std::string trimmed(std::string_view from) {
    const auto begin = from.find_first_not_of(" \t\r");
    const auto end = from.find_last_not_of(" \t\r");
    return begin == from.npos ? std::string() : std::string(from.substr(begin, end + 1 - begin));
}

// Lines of values with commas between them; what has none is a remark: "No devices were found".
std::vector<std::vector<std::string>> comma_lines(std::string_view text) {
    std::vector<std::vector<std::string>> out;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.find(',') == line.npos) {
            continue;
        }
        auto& values = out.emplace_back();
        for (;;) {
            const auto comma = line.find(',');
            values.push_back(trimmed(line.substr(0, comma)));
            if (comma == line.npos) {
                break;
            }
            line.remove_prefix(comma + 1);
        }
    }
    return out;
}

std::optional<std::int64_t> number_of_word(const std::string& word) {
    std::int64_t out = 0;
    const char* end = word.data() + word.size();
    const auto [at, error] = std::from_chars(word.data(), end, out);
    return error == std::errc() && at == end ? std::optional(out) : std::nullopt;
}

} // namespace

result<std::vector<gpu_facts>> read_gpus(std::string_view gpus, std::string_view processes) {
    std::vector<gpu_facts> out;
    for (auto& values : comma_lines(gpus)) {
        const auto number = number_of_word(values[0]);
        if (!number || values[1].empty()) {
            return failure(errc::bad_input,
                           "nvidia-smi describes a GPU as '" + values[0] + ", " + values[1] + "'");
        }
        values.resize(std::max<std::size_t>(values.size(), 4));
        out.push_back({.index = *number,
                       .uuid = std::move(values[1]),
                       .memory_mib = number_of_word(values[2]).value_or(0),
                       .name = std::move(values[3]),
                       .pids = {}});
    }
    for (const auto& values : comma_lines(processes)) {
        const auto on = std::ranges::find(out, values[0], &gpu_facts::uuid);
        if (on != out.end()) {
            // One whose pid is hidden, in another namespace, computes all the same.
            on->pids.push_back(number_of_word(values[1]).value_or(0));
        }
    }
    return out;
}

result<std::vector<gpu_facts>> ask_gpus(const environment_map& environment) {
    auto gpus = ask_driver(environment, "--query-gpu=index,uuid,memory.total,name");
    if (!gpus) {
        return gpus.error();
    }
    auto processes = ask_driver(environment, "--query-compute-apps=gpu_uuid,pid");
    return processes ? read_gpus(*gpus, *processes) : processes.error();
}

} // namespace outrider::agent
