#include "engine/agent/start/queue_options.hpp"

#include <charconv>

namespace outrider::agent {
namespace {

// As flags reach a process: true is `1`, false is the empty word; a person may type the rest.
bool is_true(std::string_view text) {
    return text == "1" || text == "yes" || text == "true" || text == "on";
}

result<std::chrono::milliseconds> interval_of(std::string_view text) {
    double seconds = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, seconds);
    constexpr double longest = 86'400; // a day
    if (error != std::errc() || at != end || !(seconds > 0) || seconds > longest) {
        return failure(errc::bad_input, "poll-interval: '" + std::string(text) +
                                            "' is not a number of seconds up to 86400");
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000) + 1);
}

} // namespace

result<queue_options> read_queue_options(const std::vector<std::string_view>& words) {
    queue_options out;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        const auto name = words[i];
        const auto value = words[i + 1];
        if (name == "--home") {
            out.home = value;
        } else if (name == "--gpus") {
            out.gpus = std::string(value);
        } else if (name == "--run-once") {
            out.run_once = is_true(value);
        } else if (name == "--wait-for-running") {
            out.wait_for_running = is_true(value);
        } else if (name == "--ignore-running") {
            out.ignore_running = is_true(value);
        } else if (name == "--poll-interval") {
            auto interval = interval_of(value);
            if (!interval) {
                return interval.error();
            }
            out.poll_interval = *interval;
        } else {
            return failure(errc::bad_input, "'" + std::string(name) + "' is no flag of the queue");
        }
    }
    if (words.size() % 2 != 0 || out.home.empty() || out.home.front() != '/') {
        return failure(errc::bad_input, "the queue has no home to look into");
    }
    return out;
}

} // namespace outrider::agent
