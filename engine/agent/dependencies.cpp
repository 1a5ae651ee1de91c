#include "engine/agent/dependencies.hpp"

#include "engine/agent/required_run.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/runs/yaml_text.hpp"

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
constexpr std::size_t max_manifest = std::size_t{16} << 20; // bytes

std::string regex_word(const std::string& text) {
    return text.starts_with('^') ? text : "^(?:" + text + ")$";
}

failure not_met(const dependency& of, const std::string& why) {
    return {errc::start_failed, "run failed because a dependency was not met: could not resolve '" +
                                    of.uri + "' in " + of.resource + " resource: " + why};
}

/// Links the files of one source into a run.
class linking {
  public:
    linking(const run_paths& run, const dependency& of) : run_(run), of_(of) {}

    result<std::vector<std::string>> link_run(const run_paths& from) {
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

    result<std::vector<std::string>> link_here() {
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
        const auto text = read_small_file(from.manifest(), max_manifest);
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
                patterns.emplace_back(regex_word(text));
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

    result<std::string> renamed(std::string name) const {
        try {
            for (const auto& rule : of_.rename) {
                name = std::regex_replace(name, std::regex(rule.pattern), rule.replacement,
                                          std::regex_constants::format_first_only);
            }
        } catch (const std::regex_error& error) {
            return not_met(of_, std::string("invalid rename pattern: ") + error.what());
        }
        if (!is_safe_name(name)) {
            return not_met(of_, "'" + name + "' is no file name");
        }
        return name;
    }

    result<> link(const fs::path& from, const fs::path& path) {
        auto name = renamed(path.filename().native());
        if (!name) {
            return name.error();
        }
        const fs::path in_run = fs::path(of_.target_path) / *name;
        if (in_run.is_absolute() || in_run.lexically_normal().native().starts_with("..")) {
            return not_met(of_, "target-path must stay below the run: " + of_.target_path);
        }
        const fs::path place = run_.directory / in_run;
        const auto target =
            of_.kind == dependency_kind::here ? from : from.lexically_relative(place.parent_path());
        std::error_code error;
        paths_.push_back(from.lexically_relative(run_.directory));
        if (fs::symlink_status(place, error).type() != fs::file_type::not_found) {
            // A start that was cut off may have made it.
            if (fs::read_symlink(place, error) != target) {
                skipped_.push_back(in_run.native());
            }
            return {};
        }
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
    std::vector<std::string> paths_; // relative to the run
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
            listed.emplace_back(path);
            if (of.kind != dependency_kind::files) { // the engine has listed those
                out_.manifest +=
                    manifest_line({"d", fs::path(path).filename().native(), "-", of.uri});
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
    result<std::vector<std::string>> resolve(const dependency& of, std::string& config) {
        switch (of.kind) {
        case dependency_kind::failed:
            return not_met(of, of.reason);
        case dependency_kind::files:
            return of.paths;
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
        if (paths && paths->empty()) {
            const std::string nothing = "nothing resolved for " + of.uri;
            if (of.fail_if_empty) {
                return not_met(of, nothing);
            }
            if (of.warn_if_empty) {
                out_.lines.push_back("WARNING: " + nothing);
            }
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
