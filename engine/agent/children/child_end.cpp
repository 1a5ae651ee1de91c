#include "engine/agent/children/child_end.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/watch/output_lines.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/runs/run_status.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

namespace outrider::agent {

child_end end_of(const agent_context& context, const run_paths& run) {
    const run_paths place = present_place(run);
    if (!is_run(place)) {
        return {};
    }
    const auto facts = read_run(place, *context.launcher, {});
    const auto status = status_of(facts);
    if (!status.exit_status) {
        return {.failed = true,
                .terminated = false,
                .code = 1,
                .message = status.reason.empty() ? "it has no exit status" : status.reason};
    }
    const auto exit_status = static_cast<int>(*status.exit_status);
    return {.failed = exit_status != 0,
            .terminated = exit_status < 0,
            .code = exit_status < 0 ? 128 - exit_status : exit_status,
            .message = {}};
}

std::string last_output_line(const run_paths& run) {
    constexpr std::size_t longest = 200;
    constexpr std::int64_t most_lines = 20; // empty ones at the end that are passed over
    const descriptor file(::open(run.output().c_str(), O_RDONLY | O_CLOEXEC));
    const off_t size = file ? ::lseek(file.get(), 0, SEEK_END) : 0;
    for (std::int64_t lines = 1; file && lines <= most_lines; ++lines) {
        auto begin = output_start::last_lines(size, lines);
        std::ignore = begin.step(file.get(), clock::time_point::max());
        std::array<char, longest> read;
        const auto got = ::pread(file.get(), read.data(), read.size(), begin.offset());
        std::string_view text(read.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        text = text.substr(0, text.find('\n'));
        text = text.substr(0, text.find_last_not_of(" \t\r") + 1);
        if (!text.empty()) {
            return std::string(text);
        }
    }
    return {};
}

} // namespace outrider::agent
