#include "engine/agent/start/required_run.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace outrider::agent {
namespace {

bool same(const std::string& pattern, const std::string& text) {
    return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool is_of_operation(const opref& run, const protocol::dependency& of) {
    return (of.package.empty() || same(of.package, run.pkg_name)) &&
           (!of.has_model || same(of.model, run.model)) && same(of.name, run.op);
}

struct candidate {
    std::string id;
    std::int64_t started_us = -1;
};

std::int64_t started(const run_paths& run) {
    std::int64_t value = -1;
    if (const auto text = read_small_file(run.attribute("started"))) {
        std::from_chars(text->data(), text->data() + text->size(), value);
    }
    return value;
}

// A run that has failed has not made what is wanted, and one that has not begun neither.
bool is_suitable(const agent_context& context, const run_paths& run) {
    const auto state = status_of(read_run(run, *context.launcher, {})).state;
    return state == run_state::running || state == run_state::completed ||
           state == run_state::terminated;
}

} // namespace

result<std::string> required_run(const agent_context& context, const fs::path& home,
                                 const protocol::dependency& of) {
    std::vector<candidate> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(home / "runs", error)) {
        const run_paths run{entry.path()};
        std::string id = entry.path().filename();
        if (!of.config.empty() && !id.starts_with(of.config)) {
            continue;
        }
        const auto text = read_small_file(run.opref());
        const auto ref = text ? parse_opref(*text) : result<opref>(failure(errc::not_found, ""));
        if (ref && (!of.config.empty() || is_of_operation(*ref, of))) {
            found.push_back({.id = std::move(id), .started_us = started(run)});
        }
    }
    std::ranges::sort(found, std::greater(), &candidate::started_us);
    const auto chosen = std::ranges::find_if(found, [&](const candidate& each) {
        return !of.config.empty() || is_suitable(context, {home / "runs" / each.id});
    });
    if (chosen == found.end()) {
        return failure(errc::not_found,
                       "no suitable run for " +
                           (of.config.empty() ? of.uri.substr(of.uri.find(':') + 1) : of.config));
    }
    return chosen->id;
}

} // namespace outrider::agent
