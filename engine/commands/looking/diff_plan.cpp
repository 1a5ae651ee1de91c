#include "engine/commands/looking/diff_plan.hpp"

#include "engine/text/shell_words.hpp"

#include <algorithm>

namespace outrider {
namespace {

constexpr const char* nothing = "/dev/null";

std::string attribute_of(const compared_run& run, const char* name) {
    const bool there = std::ranges::find(run.attributes, name) != run.attributes.end();
    return there ? run.directory + "/.guild/attrs/" + name : nothing;
}

path_pair below(const compared_run& left, const compared_run& right, const std::string& path) {
    return {left.directory + "/" + path, right.directory + "/" + path};
}

const source_entry* find(const compared_run& run, const std::string& in_run) {
    const auto found = std::ranges::find(run.sources, in_run, &source_entry::in_run);
    return found == run.sources.end() ? nullptr : &*found;
}

std::string source_path(const compared_run& run, const std::string& path) {
    const std::string source = run.source_directory.empty() ? "" : run.source_directory + "/";
    return run.directory + "/" + source + path;
}

void add_sources(const compared_run& left, const compared_run& right, std::vector<path_pair>& out) {
    if (!left.source_directory.empty() && !right.source_directory.empty()) {
        out.push_back({left.directory + "/" + left.source_directory,
                       right.directory + "/" + right.source_directory});
        return;
    }
    for (const auto& each : left.sources) {
        const auto* other = find(right, each.in_run);
        if (other == nullptr || other->hash != each.hash) {
            out.push_back({left.directory + "/" + each.in_run,
                           other == nullptr ? nothing : right.directory + "/" + other->in_run});
        }
    }
    for (const auto& each : right.sources) {
        if (find(left, each.in_run) == nullptr) {
            out.push_back({nothing, right.directory + "/" + each.in_run});
        }
    }
}

} // namespace

std::vector<source_entry> sources_in(std::string_view manifest) {
    std::vector<source_entry> out;
    while (!manifest.empty()) {
        const auto end = std::min(manifest.find('\n'), manifest.size());
        const auto words = shell_split(manifest.substr(0, end));
        manifest.remove_prefix(std::min(end + 1, manifest.size()));
        if (words && words->size() >= 4 && words->front() == "s") {
            out.push_back({.in_run = (*words)[1], .hash = (*words)[2], .in_project = (*words)[3]});
        }
    }
    std::ranges::sort(out, {}, &source_entry::in_run);
    return out;
}

std::vector<path_pair> pairs_of_runs(const compared_run& left, const compared_run& right,
                                     const diff_command& asked) {
    std::vector<path_pair> out;
    const auto attribute = [&](bool wanted, const char* name) {
        if (wanted && !asked.attributes) {
            out.push_back({attribute_of(left, name), attribute_of(right, name)});
        }
    };
    if (asked.attributes) {
        out.push_back(below(left, right, ".guild/attrs"));
    }
    attribute(asked.environment, "env");
    attribute(asked.flags, "flags");
    attribute(asked.dependencies, "deps");
    if (asked.output) {
        out.push_back(below(left, right, ".guild/output"));
    }
    if (asked.sourcecode && asked.paths.empty()) {
        add_sources(left, right, out);
    }
    for (const auto& path : asked.paths) {
        out.push_back(asked.sourcecode
                          ? path_pair{source_path(left, path), source_path(right, path)}
                          : below(left, right, path));
    }
    // Equal source code is nothing to compare, not everything.
    if (out.empty() && !asked.sourcecode) {
        out.push_back({left.directory, right.directory});
    }
    return out;
}

std::vector<path_pair> pairs_with_directory(const compared_run& left, const std::string& directory,
                                            const diff_command& asked) {
    std::vector<path_pair> out;
    for (const auto& path : asked.paths) {
        out.push_back({source_path(left, path), directory + "/" + path});
    }
    if (!out.empty()) {
        return out;
    }
    if (!left.source_directory.empty()) {
        return {{left.directory + "/" + left.source_directory, directory}};
    }
    for (const auto& each : left.sources) {
        out.push_back({left.directory + "/" + each.in_run, directory + "/" + each.in_project});
    }
    return out;
}

std::vector<std::string> needless_options(const diff_command& asked) {
    std::vector<std::string> out;
    const std::pair<bool, const char*> options[] = {
        {asked.environment, "--env"}, {asked.flags, "--flags"}, {asked.dependencies, "--deps"}};
    for (const auto& [given, name] : options) {
        if (given && asked.attributes) {
            out.push_back("ignoring " + std::string(name) + " (already included in --attrs)");
        }
    }
    return out;
}

result<> check_diff(const diff_command& asked) {
    const std::string help = "\nTry '{program} {command} --help' for more information.";
    if (asked.working && !asked.directory.empty()) {
        return failure(errc::bad_input, "--working and --dir cannot both be specified" + help);
    }
    const char* with = asked.working ? "--working" : asked.directory.empty() ? nullptr : "--dir";
    const std::pair<bool, const char*> others[] = {
        {asked.output, "--output"},         {asked.sourcecode, "--sourcecode"},
        {asked.environment, "--env"},       {asked.flags, "--flags"},
        {asked.attributes, "--attrs"},      {asked.dependencies, "--deps"},
        {!asked.remote.empty(), "--remote"}};
    for (const auto& [given, name] : others) {
        if (given && with != nullptr) {
            return failure(errc::bad_input,
                           std::string(with) + " and " + name + " cannot both be specified" + help);
        }
    }
    if (with != nullptr && asked.selection.runs.size() > 1) {
        return failure(errc::bad_input,
                       "cannot specify second RUN and " + std::string(with) + help);
    }
    for (const auto& path : asked.paths) {
        if (path.starts_with('/')) {
            return failure(errc::bad_input, "PATH must be relative" + help);
        }
    }
    return {};
}

} // namespace outrider
