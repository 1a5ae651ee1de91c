#include "engine/agent/start/required_run.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/path_rename.hpp"
#include "engine/runs/run_status.hpp"
#include "engine/runs/small_file.hpp"

#include <algorithm>
#include <charconv>
#include <regex>
#include <vector>

namespace outrider::agent {
namespace {

/// Longest name that a pattern is tried on, bytes: an opref may hold anything.
constexpr std::size_t longest_name = 1000;

/// One of the operations that a source names: patterns of whole names.
struct operation_pattern {
    std::optional<std::regex> package;
    std::optional<std::regex> model;
    std::regex name;

    bool fits(const opref& run) const {
        const auto same = [](const std::regex& pattern, const std::string& text) {
            return text.size() <= longest_name && std::regex_match(text, pattern);
        };
        return (!package || same(*package, run.pkg_name)) && (!model || same(*model, run.model)) &&
               same(name, run.op);
    }
};

std::regex compiled(std::string_view pattern) {
    return std::regex("(?:" + without_group_names(std::string(pattern)) + ")");
}

// `[PACKAGE/][MODEL:]OP`; a colon after `?` belongs to a pattern.
operation_pattern parse_operation(std::string_view text) {
    operation_pattern out;
    if (const auto slash = text.rfind('/'); slash != text.npos) {
        out.package = compiled(text.substr(0, slash));
        text.remove_prefix(slash + 1);
    }
    const auto colon = text.find(':');
    if (colon != text.npos && (colon == 0 || text[colon - 1] != '?')) {
        out.model = compiled(text.substr(0, colon));
        text.remove_prefix(colon + 1);
    }
    out.name = compiled(text);
    return out;
}

result<std::vector<operation_pattern>> parse_operations(std::string_view text) {
    std::vector<operation_pattern> out;
    try {
        while (!text.empty()) {
            auto part = text.substr(0, text.find(','));
            text.remove_prefix(std::min(part.size() + 1, text.size()));
            const auto begin = part.find_first_not_of(" \t");
            if (begin != part.npos) {
                part = part.substr(begin, part.find_last_not_of(" \t") - begin + 1);
                out.push_back(parse_operation(part));
            }
        }
    } catch (const std::regex_error& error) {
        return failure(errc::bad_input, std::string("invalid operation pattern: ") + error.what());
    }
    return out;
}

struct candidate {
    std::string id;
    std::int64_t started_us = -1;
    bool marked = false;
};

std::int64_t time_of(const run_paths& run, const char* attribute) {
    std::int64_t value = -1;
    if (const auto text = read_small_file(run.attribute(attribute))) {
        std::from_chars(text->data(), text->data() + text->size(), value);
    }
    return value;
}

std::int64_t started(const run_paths& run) {
    const auto time = time_of(run, "started");
    return time >= 0 ? time : time_of(run, "initialized");
}

bool is_marked(const run_paths& run) {
    return read_small_file(run.attribute("marked")).value_or("").starts_with("true");
}

// A run that has failed has not made what is wanted, and one that has not begun neither.
bool is_suitable(const agent_context& context, const run_paths& run, bool staged) {
    const auto state = status_of(read_run(run, *context.launcher, {})).state;
    return state == run_state::running || state == run_state::completed ||
           state == run_state::terminated || (staged && state == run_state::staged);
}

} // namespace

result<std::string> required_run(const agent_context& context, const fs::path& home,
                                 const protocol::dependency& of, bool staged) {
    const auto patterns = parse_operations(of.what);
    if (!patterns) {
        return patterns.error();
    }
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
        const bool fits =
            ref && (!of.config.empty() || std::ranges::any_of(*patterns, [&](const auto& pattern) {
                return pattern.fits(*ref);
            }));
        if (fits) {
            found.push_back(
                {.id = std::move(id), .started_us = started(run), .marked = is_marked(run)});
        }
    }
    std::ranges::sort(found, [](const candidate& one, const candidate& other) {
        return std::pair(one.marked, one.started_us) > std::pair(other.marked, other.started_us);
    });
    const auto chosen = std::ranges::find_if(found, [&](const candidate& each) {
        return !of.config.empty() || is_suitable(context, {home / "runs" / each.id}, staged);
    });
    if (chosen == found.end()) {
        std::string names = of.what;
        std::erase(names, ' ');
        return failure(errc::not_found, "no suitable run for " + names);
    }
    return chosen->id;
}

} // namespace outrider::agent
