#include "engine/agent/start/queue_view.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace outrider::agent {
namespace {

bool has(const fs::path& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

// The runs of a home, in no order; what vanishes meanwhile is not among them.
std::vector<run_paths> runs_of(const std::string& home) {
    std::vector<run_paths> out;
    std::error_code error;
    for (fs::directory_iterator at(fs::path(home) / "runs", error), end; !error && at != end;
         at.increment(error)) {
        out.push_back({at->path()});
    }
    return out;
}

std::int64_t started_us(const run_paths& run) {
    std::int64_t time = 0;
    if (const auto text = read_small_file(run.attribute("started"))) {
        std::from_chars(text->data(), text->data() + text->size(), time);
    }
    return time;
}

} // namespace

std::vector<std::string> staged_runs(const std::string& home) {
    std::vector<std::pair<std::int64_t, std::string>> found;
    for (const auto& run : runs_of(home)) {
        // A staged run that was copied from elsewhere waits there.
        if (has(run.staged()) && has(run.opref()) && !has(run.pending()) &&
            !has(run.guild() / "LOCK.remote")) {
            found.emplace_back(started_us(run), run.directory.filename().native());
        }
    }
    std::ranges::sort(found);
    std::vector<std::string> out;
    for (auto& [time, id] : found) {
        out.push_back(std::move(id));
    }
    return out;
}

std::vector<std::string> running_runs(const std::string& home, run_launcher& launcher,
                                      const std::string& but) {
    std::vector<std::string> out;
    for (const auto& run : runs_of(home)) {
        const std::string id = run.directory.filename().native();
        if (id == but || !has(run.lock()) || has(run.guild() / "LOCK.remote")) {
            continue;
        }
        const auto facts = read_run(run, launcher, {});
        if (status_of(facts).state == run_state::running && !facts.opref.starts_with("builtin:")) {
            out.push_back(id);
        }
    }
    std::ranges::sort(out);
    return out;
}

} // namespace outrider::agent
