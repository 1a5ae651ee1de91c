#include "engine/agent/start/dependencies.hpp"

#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/start/required_run.hpp"
#include "engine/runs/entry_choice.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/small_file.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider::agent {
namespace {

namespace json = boost::json;
using protocol::dependency;
using protocol::dependency_kind;

// The directories on the way may not be links: a link to another run would lead into that run.
bool leads_astray(const fs::path& run, const fs::path& below) {
    fs::path at = run;
    std::error_code error;
    for (const auto& part : below) {
        at /= part;
        if (fs::is_symlink(fs::symlink_status(at, error))) {
            return true;
        }
    }
    return !below.empty() && !is_place_in_run(below);
}

bool holds_file(const fs::path& directory, const std::string& below, const run_manifest& manifest) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        const std::string path = below + "/" + entry.path().filename().native();
        if (entry.is_directory(error) && !entry.is_symlink(error)) {
            if (holds_file(entry.path(), path, manifest)) {
                return true;
            }
        } else if (!covers(manifest.sourcecode, path) && !covers(manifest.dependencies, path)) {
            return true;
        }
    }
    return false;
}

// What the run made at its top: neither source code nor what it required itself.
std::vector<std::string> generated_entries(const run_paths& run) {
    const auto text = read_small_file(run.manifest(), longest_manifest);
    const auto manifest = parse_manifest(text.value_or(""));
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(run.directory, error)) {
        const std::string name = entry.path().filename();
        const bool known = covers(manifest.sourcecode, name) ||
                           covers(manifest.dependencies, name) || name == ".guild" ||
                           name == "__pycache__";
        const bool directory = entry.is_directory(error) && !entry.is_symlink(error);
        if (!known && (!directory || holds_file(entry.path(), name, manifest))) {
            out.push_back(name);
        }
    }
    return out;
}

// Where the run's output and attributes are is looked into only if a pattern asks for it by name.
bool asks_for_metadata(const std::vector<std::string>& patterns) {
    return std::ranges::any_of(patterns, [](const std::string& pattern) {
        return pattern.starts_with(".guild") || pattern.starts_with("\\.guild");
    });
}

std::vector<std::string> top_entries(const fs::path& directory,
                                     const std::vector<std::string>& patterns) {
    std::vector<std::string> out;
    std::error_code error;
    const bool all = asks_for_metadata(patterns);
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (all || entry.path().filename() != ".guild") {
            out.push_back(entry.path().filename());
        }
    }
    return out;
}

// Relative, so that both can move together.
fs::path link_target(const fs::path& from, const fs::path& place) {
    std::error_code error;
    const auto directory = fs::weakly_canonical(place.parent_path(), error);
    const auto target = fs::weakly_canonical(from.parent_path(), error) / from.filename();
    return error ? from : target.lexically_relative(directory);
}

} // namespace

bool dependency_resolution::is_resolved(const dependency& of) const {
    const auto* sources = deps_.if_contains(of.resource);
    return !of.always_resolve && sources != nullptr && sources->is_object() &&
           sources->get_object().contains(of.source);
}

failure dependency_resolution::cannot(const dependency& of, const std::string& why) const {
    return {errc::start_failed,
            "could not resolve '" + of.source + "' in " + of.resource + " resource: " + why};
}

result<bool> dependency_resolution::step(clock::time_point deadline) {
    for (; next_ < wanted_.size(); ++next_) {
        const dependency& of = wanted_[next_];
        if (!work_) {
            if (of.begins_resource) {
                lines_.push_back("Resolving " + of.resource);
            }
            auto& resource = deps_[of.resource];
            if (!resource.is_object()) {
                resource.emplace_object();
            }
            const bool later = around_.staging && of.kind == dependency_kind::operation;
            if (is_resolved(of) || later) {
                lines_.push_back("Skipping resolution of " + of.source + " because it's " +
                                 (later ? "being staged" : "already resolved"));
                continue;
            }
            work_.emplace();
            if (auto begun = begin(of); !begun) {
                if (auto bearable = not_resolved(of, begun.error()); !bearable) {
                    return bearable.error();
                }
                work_.reset();
                continue;
            }
        }
        auto done = place_some(of, deadline);
        if (done && !*done) {
            return false;
        }
        const auto finished = done ? finish(of) : result<>(done.error());
        if (!finished) {
            if (auto bearable = not_resolved(of, finished.error()); !bearable) {
                return bearable.error();
            }
        }
        work_.reset();
    }
    return true;
}

// What an optional source, or a start that is forced, can do without.
result<> dependency_resolution::not_resolved(const dependency& of, const failure& why) {
    if (of.optional) {
        lines_.push_back("Could not resolve " + of.source +
                         " - skipping because dependency is optional");
        return {};
    }
    const std::string text = why.context + (of.help.empty() ? "" : "\n" + of.help);
    if (around_.force) {
        lines_.push_back("WARNING: a dependency was not met: " + text);
        return {};
    }
    return failure(errc::start_failed, "run failed because a dependency was not met: " + text);
}

result<> dependency_resolution::begin(const dependency& of) {
    work_->config = of.config;
    switch (of.kind) {
    case dependency_kind::failed:
        return failure(errc::start_failed, of.reason);
    case dependency_kind::files:
    case dependency_kind::here:
        return take_entries(of);
    case dependency_kind::operation:
        return choose_run(of);
    case dependency_kind::cached:
        for (const auto& line : of.said) {
            lines_.push_back(line);
        }
        return choose_in(of, around_.home / of.what, of.names);
    case dependency_kind::module:
        break;
    }
    work_->empty = false; // it has no files
    const auto missing = around_.modules.find(of.what);
    return missing == around_.modules.end() ? result<>() : cannot(of, missing->second);
}

result<> dependency_resolution::keep_generated(const protocol::dependency_entry& entry,
                                               const fs::path& from, const fs::path& kept) const {
    if (auto made = make_directories(kept.parent_path()); !made) {
        return made;
    }
    if (entry.text) {
        return replace_file(kept, around_.run.temporary("config"), *entry.text);
    }
    const auto copied = tree_copy::begin(from, kept);
    return copied ? result<>() : result<>(copied.error());
}

result<> dependency_resolution::take_entries(const dependency& of) {
    for (const auto& line : of.said) {
        lines_.push_back(line);
    }
    for (const auto& entry : of.entries) {
        fs::path from = of.kind == dependency_kind::here
                            ? fs::path(entry.source)
                            : around_.package / of.package_directory / entry.place;
        if (entry.source.starts_with(".guild/generated/")) {
            // A config is kept as it was written, wherever the operation's own copy goes.
            const fs::path kept = around_.run.directory / entry.source;
            if (auto done = keep_generated(entry, from, kept); !done) {
                return done;
            }
            from = entry.text ? kept : from;
        }
        work_->left.push_back({.from = std::move(from),
                               .place = entry.place,
                               .source = entry.source,
                               .sha1 = entry.sha1});
    }
    std::ranges::reverse(work_->left);
    return {};
}

result<> dependency_resolution::choose_run(const dependency& of) {
    const auto id = required_run(*context_, around_.home, of, false);
    if (!id) {
        return cannot(of, id.error().context);
    }
    work_->config = *id;
    lines_.push_back("Using run " + *id + " for " + of.source);
    const run_paths from{around_.home / "runs" / *id};
    return choose_in(of, from.directory,
                     of.choice.select.empty() ? generated_entries(from)
                                              : top_entries(from.directory, of.choice.select));
}

result<> dependency_resolution::choose_in(const dependency& of, const fs::path& directory,
                                          std::vector<std::string> names) {
    auto chosen = choose_entries(directory, std::move(names), of.choice);
    if (!chosen) {
        return cannot(of, chosen.error().context);
    }
    for (const auto& entry : *chosen) {
        work_->left.push_back(
            {.from = entry.from, .place = entry.place, .source = entry.from.native(), .sha1 = {}});
    }
    std::ranges::reverse(work_->left);
    return {};
}

result<bool> dependency_resolution::place_some(const dependency& of, clock::time_point deadline) {
    do {
        if (work_->copy) {
            const auto copied = work_->copy->step(deadline);
            if (!copied) {
                return cannot(of, copied.error().context);
            }
            if (!*copied) {
                return false;
            }
            work_->copy.reset();
        }
        if (work_->left.empty()) {
            return true;
        }
        const placed_entry one = std::move(work_->left.back());
        work_->left.pop_back();
        if (auto done = place(of, one); !done) {
            return cannot(of, done.error().context);
        }
    } while (clock::now() < deadline);
    return work_->left.empty() && !work_->copy;
}

result<> dependency_resolution::place(const dependency& of, const placed_entry& one) {
    const fs::path below = fs::path(one.place).lexically_normal();
    if (!is_place_in_run(below) || leads_astray(around_.run.directory, below.parent_path())) {
        return failure(errc::bad_input, "'" + one.place + "' is no place in a run");
    }
    const fs::path place = around_.run.directory / below;
    work_->empty = false;
    const fs::path source(one.source);
    work_->paths.push_back(source.is_absolute()
                               ? source.lexically_relative(around_.run.directory).native()
                               : one.source);
    std::error_code error;
    const bool link = of.link && of.kind != dependency_kind::files;
    const auto target = link ? link_target(one.from, place) : fs::path();
    if (fs::symlink_status(place, error).type() != fs::file_type::not_found) {
        // A start that was cut off may have made it.
        if (link && fs::read_symlink(place, error) == target && !error) {
            return {};
        }
        if (!of.replace_existing) {
            lines_.push_back("WARNING: " + place.native() + " already exists, skipping " +
                             (link ? "link" : "copy"));
            return {};
        }
        if (auto removed = make_room(place); !removed) {
            return removed;
        }
    }
    if (auto made = make_directories(place.parent_path()); !made) {
        return made;
    }
    manifest_ += manifest_line({"d", below.native(), one.sha1.empty() ? "-" : one.sha1, of.uri});
    if (link) {
        fs::create_symlink(target, place, error);
        return error ? result<>(errno_failure(error.value(), place.native())) : result<>();
    }
    if (of.kind == dependency_kind::files && !fs::exists(fs::symlink_status(one.from, error))) {
        return make_directories(place); // a package has files only: this is an empty directory
    }
    auto copy = tree_copy::begin(one.from, place);
    if (!copy) {
        return copy.error();
    }
    work_->copy = std::move(*copy);
    return {};
}

result<> dependency_resolution::make_room(const fs::path& place) {
    std::error_code error;
    if (fs::is_directory(fs::symlink_status(place, error))) {
        return remove_tree(place);
    }
    return remove_file(place);
}

result<> dependency_resolution::finish(const dependency& of) {
    if (work_->empty && of.fail_if_empty) {
        return cannot(of, "nothing resolved for " + of.source);
    }
    if (work_->empty && of.warn_if_empty) {
        lines_.push_back("WARNING: nothing resolved for " + of.source);
    }
    json::object source;
    if (!work_->config.empty()) {
        source["config"] = work_->config;
    }
    json::array paths;
    for (const auto& path : work_->paths) {
        paths.emplace_back(path);
    }
    source["paths"] = std::move(paths);
    source["uri"] = of.uri;
    deps_[of.resource].get_object()[of.source] = std::move(source);
    return {};
}

} // namespace outrider::agent
