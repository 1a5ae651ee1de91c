#include "engine/commands/copying/merge_plan.hpp"

#include "engine/runs/manifest.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

namespace outrider {
namespace {

namespace fs = std::filesystem;

/// Where the files of a manifest were in the project; nothing: they were not in it.
using places_in_project = std::map<std::string, std::optional<std::string>>;

// A manifest may come from anywhere: only what stays below the project is a path of it.
std::optional<std::string> path_below(const fs::path& path) {
    const auto tidy = path.lexically_normal();
    if (path.empty() || path.is_absolute() || tidy.begin() == tidy.end() || *tidy.begin() == ".." ||
        *tidy.begin() == ".") {
        return std::nullopt;
    }
    return tidy.generic_string();
}

// FORMAT.md 2.5: `d PATH_IN_RUN SHA1 SOURCE [SUBPATH]`
std::optional<std::string> required_place(const std::vector<std::string>& words) {
    constexpr std::string_view project_file = "file:";
    if (words.size() < 4 || !words[3].starts_with(project_file)) {
        return std::nullopt;
    }
    fs::path place = words[3].substr(project_file.size());
    if (words.size() > 4) {
        place /= words[4];
    }
    return path_below(place);
}

struct manifest_places {
    places_in_project sources;
    places_in_project required;
};

manifest_places places_in(std::string_view manifest) {
    manifest_places out;
    for (const auto& words : manifest_entries(manifest)) {
        const auto in_run = path_below(words[1]);
        if (!in_run) {
            continue;
        }
        if (words.front() == "s" && words.size() >= 4) {
            out.sources.emplace(*in_run, path_below(words[3]));
        } else if (words.front() == "d") {
            out.required.emplace(*in_run, required_place(words));
        }
    }
    return out;
}

bool is_excluded(const std::string& path, const std::vector<std::string>& patterns) {
    const auto name = path.substr(path.rfind('/') + 1);
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
        return ::fnmatch(pattern.c_str(), path.c_str(), 0) == 0 ||
               ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
}

} // namespace

std::vector<merged_file> plan_merge(std::string_view manifest,
                                    const std::vector<std::string>& files,
                                    const merge_command& what) {
    const auto places = places_in(manifest);
    const auto known = parse_manifest(manifest);
    std::vector<merged_file> out;
    for (const auto& path : files) {
        if (is_excluded(path, what.exclude)) {
            continue;
        }
        if (const auto source = places.sources.find(path); source != places.sources.end()) {
            if (source->second) {
                out.push_back({path, *source->second});
            }
            continue;
        }
        if (what.sourcecode) {
            continue;
        }
        const bool required = covers(known.dependencies, path);
        const auto place = places.required.find(path);
        if (place != places.required.end() && place->second) {
            out.push_back({path, *place->second});
        } else if (what.all || (!required && !known.internal.contains(path))) {
            out.push_back({path, path});
        }
    }
    return out;
}

} // namespace outrider
