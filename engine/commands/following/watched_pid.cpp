#include "engine/commands/following/watched_pid.hpp"

#include "engine/runs/small_file.hpp"

#include <charconv>
#include <optional>

namespace outrider {
namespace {

constexpr std::size_t longest_pidfile = 64; // bytes

// Spaces and line feeds after the digits are no part of them.
std::optional<std::int64_t> pid_in(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    std::int64_t pid = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    if (error != std::errc() || at != text.data() + text.size() || pid <= 0) {
        return std::nullopt;
    }
    return pid;
}

} // namespace

result<watched_pid> read_pid_argument(const std::string& argument, const std::string& directory,
                                      bool here) {
    if (const auto pid = pid_in(argument)) {
        return watched_pid{.run_id = {}, .pid = *pid};
    }
    const fs::path path(argument);
    if (path.filename() == "JOB" && path.parent_path().filename() == ".guild") {
        auto run = path.parent_path().parent_path();
        if (run.filename().empty()) {
            run = run.parent_path();
        }
        return watched_pid{.run_id = run.filename().string()};
    }
    if (!here) {
        return failure(errc::unsupported, "a pidfile on a remote cannot be read: use a pid, "
                                          "RUN_DIR/.guild/JOB or RUN");
    }
    const auto place = (fs::path(directory) / path).lexically_normal();
    const auto text = read_small_file(place, longest_pidfile);
    if (!text) {
        return failure(errc::not_found, place.string() + " does not exist or cannot be read");
    }
    const auto pid = pid_in(*text);
    if (!pid) {
        return failure(errc::bad_input, place.string() + " does not hold a pid");
    }
    return watched_pid{.run_id = {}, .pid = *pid};
}

} // namespace outrider
