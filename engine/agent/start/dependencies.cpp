#include "engine/agent/start/dependencies.hpp"

#include "engine/agent/start/required_run.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/path_rename.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <regex>

namespace outrider::agent {
namespace {

namespace json = boost::json;
using protocol::dependency;
using protocol::dependency_kind;

/// Longest path that a pattern is tried on: a regular expression may take long for longer ones.
constexpr std::size_t longest_path = 1000; // bytes
/// Entries of a run that are looked at; a source that needs more has to select a directory.
constexpr std::size_t most_entries = 100'000;
constexpr std::size_t max_required_manifest = std::size_t{16} << 20; // bytes

/// A file that was linked: where it is, relative to the run, and its place in the run.
struct linked_path {
    std::string from;
    std::string place;
};
using linked_paths = std::vector<linked_path>;

// The directories on the way may not be links: a link of another run's would lead into that run.
bool leads_astray(const fs::path& run, const fs::path& below) {
    fs::path at = run;
    std::error_code error;
    for (const auto& part : below) {
        if (part == ".." || part == ".guild") {
            return true;
        }
        at /= part;
        if (fs::is_symlink(fs::symlink_status(at, error))) {
            return true;
        }
    }
    return below.is_absolute();
}

failure not_met(const dependency& of, const std::string& why) {
    return {errc::start_failed, "run failed because a dependency was not met: could not resolve '" +
                                    of.uri + "' in " + of.resource + " resource: " + why};
}

/// Links the files of one source into a run.
class linking {
  public:
    linking(const run_paths& run, const dependency& of) : run_(run), of_(of) {}

    result<linked_paths> link_run(const run_paths& from) {
        const auto names = of_.select.empty() ? whole_entries(from) : selected_files(from);
        if (!names) {
            return names.error();
        }
        for (const auto& name : *names) {
            if (auto linked = link(from.directory / name, name); !linked) {
                return linked.error();
            }
        }
        return std::move(paths_);
    }

    result<linked_paths> link_here() {
        for (const fs::path path : of_.paths) {
            if (auto linked = link(path, path.filename()); !linked) {
                return linked.error();
            }
        }
        return std::move(paths_);
    }

    const std::vector<std::string>& skipped() const { return skipped_; }

  private:
    // What stands at the top of the run and is not its source code.
    result<std::vector<std::string>> whole_entries(const run_paths& from) const {
        const auto text = read_small_file(from.manifest(), max_required_manifest);
        const auto sources = parse_manifest(text.value_or("")).sourcecode;
        std::vector<std::string> out;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(from.directory, error)) {
            const std::string name = entry.path().filename();
            // Of directories, those that hold nothing but source code cannot be told: they are
            // linked.
            if (name != ".guild" && !sources.contains(name)) {
                out.push_back(name);
            }
        }
        if (error) {
            return not_met(of_, from.directory.native() + ": " + error.message());
        }
        std::ranges::sort(out);
        return out;
    }

    result<std::vector<std::string>> selected_files(const run_paths& from) const {
        std::vector<std::regex> patterns;
        try {
            for (const auto& text : of_.select) {
                patterns.emplace_back("^(?:" + without_group_names(text) + ")$");
            }
        } catch (const std::regex_error& error) {
            return not_met(of_, std::string("invalid select pattern: ") + error.what());
        }
        std::vector<std::string> out;
        std::error_code error;
        std::size_t seen = 0;
        for (fs::recursive_directory_iterator at(from.directory, error), end; at != end && !error;
             at.increment(error)) {
            const std::string path = at->path().lexically_relative(from.directory);
            if (path == ".guild") {
                at.disable_recursion_pending();
                continue;
            }
            if (++seen > most_entries) {
                return not_met(of_, "run " + from.directory.filename().native() +
                                        " has too many files to select from");
            }
            const bool fits = path.size() <= longest_path && !at->is_directory();
            if (fits && std::ranges::any_of(patterns, [&](const std::regex& pattern) {
                    return std::regex_match(path, pattern);
                })) {
                out.push_back(path);
            }
        }
        std::ranges::sort(out);
        return out;
    }

    result<> link(const fs::path& from, const fs::path& path) {
        const auto name = renamed(path.filename().native(), of_.rename);
        if (!name) {
            return not_met(of_, name.error().context);
        }
        const auto directory = fs::path(of_.target_path).lexically_normal();
        const fs::path in_run = directory / *name;
        if (leads_astray(run_.directory, directory)) {
            return not_met(of_, "target-path must stay below the run: " + of_.target_path);
        }
        const fs::path place = run_.directory / in_run;
        const auto target =
            of_.kind == dependency_kind::here ? from : from.lexically_relative(place.parent_path());
        std::error_code error;
        if (fs::symlink_status(place, error).type() != fs::file_type::not_found) {
            // A start that was cut off may have made it.
            if (fs::read_symlink(place, error) != target) {
                skipped_.push_back(in_run.native());
                return {};
            }
        } else if (auto made = make(from, place, target); !made) {
            return made;
        }
        paths_.push_back({.from = from.lexically_relative(run_.directory), .place = in_run});
        return {};
    }

    result<> make(const fs::path& from, const fs::path& place, const fs::path& target) const {
        std::error_code error;
        fs::create_directories(place.parent_path(), error);
        if (of_.copy) {
            fs::copy(from, place, fs::copy_options::recursive | fs::copy_options::copy_symlinks,
                     error);
        } else {
            fs::create_symlink(target, place, error);
        }
        if (error) {
            return not_met(of_, place.native() + ": " + error.message());
        }
        return {};
    }

    const run_paths& run_;
    const dependency& of_;
    linked_paths paths_;
    std::vector<std::string> skipped_;
};

/// One resolution of all.
class resolution {
  public:
    resolution(const agent_context& context, const fs::path& home, const run_paths& run)
        : context_(context), home_(home), run_(run) {}

    result<> add(const dependency& of) {
        out_.lines.push_back("Resolving " + of.uri);
        std::string config = of.config;
        auto paths = resolve(of, config);
        if (!paths) {
            return paths.error();
        }
        json::object source;
        if (!config.empty()) {
            source["config"] = config;
        }
        json::array listed;
        for (const auto& path : *paths) {
            listed.emplace_back(path.from);
            if (of.kind != dependency_kind::files) { // the engine has listed those
                out_.manifest += manifest_line({"d", path.place, "-", of.uri});
            }
        }
        source["paths"] = std::move(listed);
        source["uri"] = of.uri;
        auto& resource = deps_[of.resource];
        if (!resource.is_object()) {
            resource.emplace_object();
        }
        resource.get_object()[of.source] = std::move(source);
        return {};
    }

    resolved_dependencies finish() {
        out_.attribute = yaml_text(deps_);
        return std::move(out_);
    }

  private:
    result<linked_paths> resolve(const dependency& of, std::string& config) {
        switch (of.kind) {
        case dependency_kind::failed:
            return not_met(of, of.reason);
        case dependency_kind::files: {
            linked_paths all;
            for (const auto& path : of.paths) {
                all.push_back({.from = path, .place = path});
            }
            return checked(of, std::move(all));
        }
        case dependency_kind::here: {
            linking links(run_, of);
            return links.link_here();
        }
        case dependency_kind::operation:
            break;
        }
        const auto id = required_run(context_, home_, of);
        if (!id) {
            return not_met(of, id.error().context);
        }
        config = *id;
        out_.lines.push_back("Using run " + id->substr(0, 8) + " for " + of.uri);
        linking links(run_, of);
        auto paths = links.link_run({home_ / "runs" / *id});
        for (const auto& path : links.skipped()) {
            out_.lines.push_back("WARNING: " + path + " already exists, skipping link");
        }
        return paths ? checked(of, std::move(*paths)) : paths;
    }

    result<linked_paths> checked(const dependency& of, linked_paths paths) {
        const std::string nothing = "nothing resolved for " + of.uri;
        if (paths.empty() && of.fail_if_empty) {
            return not_met(of, nothing);
        }
        if (paths.empty() && of.warn_if_empty) {
            out_.lines.push_back("WARNING: " + nothing);
        }
        return paths;
    }

    const agent_context& context_;
    const fs::path& home_;
    const run_paths& run_;
    json::object deps_;
    resolved_dependencies out_;
};

} // namespace

result<resolved_dependencies> resolve_dependencies(const agent_context& context,
                                                   const fs::path& home, const run_paths& run,
                                                   const std::vector<dependency>& wanted) {
    resolution all(context, home, run);
    for (const auto& one : wanted) {
        if (auto added = all.add(one); !added) {
            return added.error();
        }
    }
    return all.finish();
}

} // namespace outrider::agent
