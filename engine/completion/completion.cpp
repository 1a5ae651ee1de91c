#include "engine/completion/completion.hpp"

#include "engine/completion/known_runs.hpp"
#include "engine/config/config.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/project/chosen_operation.hpp"
#include "engine/project/flag_import.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/yaml_value.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include <sys/stat.h>

namespace outrider {
namespace {

using candidates = std::vector<completion_candidate>;

constexpr std::size_t most_runs = 100;
constexpr std::size_t short_id_size = 8;

std::string small_text(const fs::path& path) {
    constexpr std::size_t most = 4096;
    return read_small_file(path, most).value_or("");
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

candidates operations(const guild_file& file) {
    candidates found;
    for (const auto& operation : file.operations) {
        found.push_back({operation.full_name(), first_line(operation.description)});
    }
    return found;
}

candidates flags(const operation_def& operation) {
    candidates found;
    for (const auto& flag : operation.flags) {
        std::string about = first_line(flag.description);
        if (about.empty() && !flag.default_value.is_null()) {
            about = "default: " + format_flag(flag.default_value);
        }
        found.push_back({flag.name + "=", about});
    }
    return found;
}

candidates flag_values(const flag_def& flag) {
    candidates found;
    for (const auto& choice : flag.choices) {
        found.push_back({choice.alias.empty() ? format_flag(choice.value) : choice.alias, ""});
    }
    if (found.empty() && (flag.type == "boolean" || flag.default_value.is_bool())) {
        found = {{"yes", ""}, {"no", ""}};
    }
    return found;
}

candidates of_project(const command_context& context, const completion_query& query) {
    if (query.kind == completion_kind::operations) {
        const auto file = load_guild_file(context.directory);
        return file && *file ? operations(**file) : candidates();
    }
    auto chosen = choose_operation(context, query.operation);
    if (!chosen) {
        return {};
    }
    // What was read of an unchanged module is kept: only the first completion waits for it.
    std::ignore = import_flags(chosen->op, chosen->directory,
                               module_reading_of(context)); // warnings have no place here
    if (query.kind == completion_kind::flags) {
        return flags(chosen->op);
    }
    const auto* flag = chosen->op.find_flag(query.flag);
    return flag == nullptr ? candidates() : flag_values(*flag);
}

candidates remotes(const command_context& context) {
    candidates found;
    if (const auto settings = load_config(context)) {
        for (const auto& each : list_remotes(*settings)) {
            found.push_back({each.name, first_line(each.description)});
        }
        for (const auto& group : list_groups(*settings)) {
            found.push_back({"@" + group, "a group of remotes"});
        }
        if (found.size() > 1) {
            found.push_back({"all", "all remotes"});
        }
    }
    return found;
}

struct run_seen {
    std::string id;
    std::int64_t changed_ns = 0; ///< of its attributes: near enough to when it started
};

// Ids only: with ten thousand runs there is no time to read one file of each.
std::vector<run_seen> newest_runs(const fs::path& runs, const std::string& start) {
    std::vector<run_seen> seen;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(runs, none)) {
        const auto id = entry.path().filename().string();
        struct stat info{};
        if (id.starts_with(start) && ::stat(run_paths{entry.path()}.opref().c_str(), &info) == 0) {
            seen.push_back({id, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec});
        }
    }
    const auto kept = std::min(most_runs, seen.size());
    std::ranges::partial_sort(seen, seen.begin() + kept, std::ranges::greater(),
                              &run_seen::changed_ns);
    seen.resize(kept);
    return seen;
}

std::string description_of(const run_paths& run) {
    std::string about;
    if (const auto of = parse_opref(small_text(run.opref()))) {
        about = operation_text(*of);
    }
    const auto label = read_yaml(small_text(run.attribute("label")), "label");
    if (label && label->is_string()) {
        about += "  " + first_line(std::string(label->get_string()));
    }
    return about;
}

candidates runs_here(const command_context& context, const completion_query& query) {
    const auto home = find_guild_home(context);
    if (!home) {
        return {};
    }
    const auto runs = fs::path(*home) / (query.deleted ? "trash/runs" : "runs");
    candidates found;
    for (const auto& each : newest_runs(runs, query.start)) {
        found.push_back({each.id, description_of({runs / each.id})});
    }
    return found;
}

// Short ids read better, where they are enough.
void shorten_ids(candidates& runs, const std::string& start) {
    if (start.size() > short_id_size) {
        return;
    }
    std::vector<std::string> shorts;
    for (const auto& run : runs) {
        shorts.push_back(run.text.substr(0, short_id_size));
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (std::ranges::count(shorts, shorts[i]) == 1) {
            runs[i].text = shorts[i];
        }
    }
}

} // namespace

std::vector<completion_candidate> completion_candidates(const command_context& context,
                                                        const completion_query& query) {
    candidates found;
    switch (query.kind) {
    case completion_kind::operations:
    case completion_kind::flags:
    case completion_kind::flag_values:
        found = of_project(context, query);
        break;
    case completion_kind::remotes:
        found = remotes(context);
        break;
    case completion_kind::runs:
        found =
            query.remote.empty() ? runs_here(context, query) : known_runs(context, query.remote);
        shorten_ids(found, query.start);
        break;
    }
    std::erase_if(found, [&](const auto& each) { return !each.text.starts_with(query.start); });
    return found;
}

} // namespace outrider
