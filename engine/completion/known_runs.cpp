#include "engine/completion/known_runs.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"

#include <algorithm>
#include <fstream>
#include <tuple>

#include <unistd.h>

namespace outrider {
namespace {

constexpr std::size_t most_known_runs = 500;

// Empty for a remote whose name is no file name: an inline spec with a path.
fs::path file_of(const command_context& context, const std::string& remote) {
    if (!is_safe_name(remote)) {
        return {};
    }
    const auto xdg = context.environment.find("XDG_CACHE_HOME");
    const bool named = xdg != context.environment.end() && xdg->second.starts_with('/');
    const fs::path cache = named ? fs::path(xdg->second) : fs::path(user_home(context)) / ".cache";
    return cache / "outrider" / "known-runs" / remote;
}

// One line of a file: what a remote says must not break it.
std::string on_one_line(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }, ' ');
    return text;
}

} // namespace

void remember_runs(const command_context& context, const std::string& remote,
                   const runs_listed& listed) {
    const auto file = file_of(context, remote);
    if (file.empty()) {
        return;
    }
    std::vector<completion_candidate> runs;
    for (const auto& row : listed.rows) {
        runs.push_back({on_one_line(row.id), on_one_line(row.operation + "  " + row.label)});
    }
    if (static_cast<std::int64_t>(listed.rows.size()) < listed.total) {
        for (auto& older : known_runs(context, remote)) {
            const bool listed_now = std::ranges::any_of(
                listed.rows, [&](const run_row& row) { return row.id == older.text; });
            if (!listed_now) {
                runs.push_back(std::move(older));
            }
        }
    }
    runs.resize(std::min(runs.size(), most_known_runs));
    std::string lines;
    for (const auto& run : runs) {
        lines += run.text + '\t' + run.description + '\n';
    }
    if (make_directories(file.parent_path())) {
        const auto written = fs::path(file).concat("." + std::to_string(::getpid()) + "~");
        std::ignore = replace_file(file, written, lines); // next time, then
    }
}

std::vector<completion_candidate> known_runs(const command_context& context,
                                             const std::string& remote) {
    std::vector<completion_candidate> runs;
    std::ifstream in(file_of(context, remote));
    for (std::string line; runs.size() < most_known_runs && std::getline(in, line);) {
        const auto tab = line.find('\t');
        if (tab != std::string::npos && tab > 0) {
            runs.push_back({line.substr(0, tab), line.substr(tab + 1)});
        }
    }
    return runs;
}

} // namespace outrider
