#include "engine/project/dependency_plan.hpp"

#include "engine/project/config_file.hpp"
#include "engine/project/digest.hpp"
#include "engine/project/resource_cache.hpp"
#include "engine/project/unpacked_archive.hpp"
#include "engine/runs/entry_choice.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

namespace outrider {
namespace {

namespace fs = std::filesystem;
using protocol::dependency;
using protocol::dependency_entry;
using protocol::dependency_kind;

/// What a source amounts to on this machine: entries of a directory to choose from.
struct found_source {
    fs::path directory;
    std::vector<std::string> names;
    bool in_cache = false; ///< it may go: a run has its own copy
    std::string generated; ///< a config: its first place in the run
    std::vector<std::string> said;
};

// Whether a run that starts again has it already.
bool is_resolved(const boost::json::object& resolved, const resource_def& resource,
                 const resource_source& source) {
    const auto* sources = resolved.if_contains(resource.name);
    const auto* object = sources != nullptr ? sources->if_object() : nullptr;
    return !source.always_resolve && object != nullptr && object->contains(source.name);
}

// What a file has to be unpacked as; empty: not at all.
std::string archive_kind(const resource_source& source, const std::string& name) {
    if (!source.unpack.value_or(true)) {
        return {};
    }
    return source.type.empty() ? archive_type(name) : source.type;
}

wanted_download download_of(const resource_source& source) {
    const auto path = source.what.substr(0, source.what.find_first_of("?#"));
    return {.url = source.what, .archive = archive_kind(source, path), .sha256 = source.sha256};
}

std::vector<std::string> entries_of(const fs::path& directory) {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        out.push_back(entry.path().filename());
    }
    return out;
}

// Eight random hex digits.
std::string random_name() {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::random_device random;
    std::string out;
    for (int i = 0; i < 8; ++i) {
        out += hex[random() & 15U];
    }
    return out;
}

/// Collects the files of an entry for the package; links are followed, circles are not.
class file_walk {
  public:
    explicit file_walk(std::vector<source_file>& into) : into_(into) {}

    result<> add(const fs::path& from, const std::string& place) {
        std::error_code error;
        const auto status = fs::status(from, error);
        if (fs::is_regular_file(status)) {
            into_.push_back({.path = place, .absolute = from.native()});
            return {};
        }
        if (!fs::is_directory(status)) {
            return {}; // a pipe, a socket, a link to nothing
        }
        const std::string real = fs::canonical(from, error).native();
        if (error || !open_.insert(real).second) {
            return {};
        }
        auto names = entries_of(from);
        std::ranges::sort(names);
        for (const auto& name : names) {
            if (auto added = add(from / name, place + "/" + name); !added) {
                return added;
            }
        }
        open_.erase(real);
        return {};
    }

  private:
    std::vector<source_file>& into_;
    std::set<std::string> open_; // directories on the way
};

class planning {
  public:
    explicit planning(const dependency_sources& from) : from_(from) {}

    void add(const resource_def& resource, const resource_source& source, bool first) {
        dependency made{.resource = resource.name, .source = source.name, .uri = source.uri()};
        made.begins_resource = first;
        made.help = source.help;
        made.optional = source.optional;
        made.warn_if_empty = source.warn_if_empty;
        made.fail_if_empty = source.fail_if_empty;
        made.replace_existing = source.replace_existing;
        made.always_resolve = source.always_resolve;
        made.link = source.target_type.empty() ? source.kind == source_kind::operation
                                               : source.target_type == "link";
        if (const auto given = from_.supplied.find(source.flag_name);
            !source.flag_name.empty() && given != from_.supplied.end()) {
            made.config = given->second;
        }
        if (!is_resolved(from_.resolved, resource, source)) {
            resolve(resource, source, made);
        }
        out_.wanted.push_back(std::move(made));
    }

    result<dependency_plan> finish() {
        if (out_.files.empty()) {
            return std::move(out_);
        }
        auto read = read_files(std::move(out_.files), no_limit);
        if (!read) {
            return read.error();
        }
        out_.files = std::move(read->files);
        out_.package = std::move(read->package);
        for (auto& one : out_.wanted) {
            for (auto& entry : one.entries) {
                const std::string path = one.package_directory + "/" + entry.place;
                const auto found =
                    std::ranges::lower_bound(out_.files, path, {}, &source_file::path);
                if (one.kind == dependency_kind::files && found != out_.files.end() &&
                    found->path == path) {
                    entry.sha1 = found->sha1;
                }
            }
        }
        return std::move(out_);
    }

  private:
    static void fail(dependency& made, const std::string& why) {
        made.kind = dependency_kind::failed;
        made.reason =
            "could not resolve '" + made.source + "' in " + made.resource + " resource: " + why;
    }

    void resolve(const resource_def& resource, const resource_source& source, dependency& made) {
        if (!source.problem.empty()) {
            return fail(made, source.problem);
        }
        if (fs::path(source.choice.target_path).is_absolute()) {
            made.kind = dependency_kind::failed;
            made.reason = "invalid path '" + source.choice.target_path + "' in " + resource.name +
                          " resource (path must be relative)";
            return;
        }
        if (!source.target_type.empty() && source.target_type != "link" &&
            source.target_type != "copy") {
            made.kind = dependency_kind::failed;
            made.reason = "unsupported target-type '" + source.target_type + "' in source " +
                          source.name + " (expected 'link' or 'copy')";
            return;
        }
        switch (source.kind) {
        case source_kind::operation:
            made.kind = dependency_kind::operation;
            made.what = source.what;
            made.choice = source.choice;
            break;
        case source_kind::module:
            made.kind = dependency_kind::module;
            made.what = source.what;
            break;
        case source_kind::url:
            add_download(source, made);
            break;
        case source_kind::file:
        case source_kind::config:
            if (auto found = find(resource, source, made); !found) {
                fail(made, found.error().context);
            } else {
                add_files(resource, source, *found, made);
            }
            break;
        }
    }

    fs::path project_of(const resource_def& resource) const {
        std::error_code error;
        return !resource.location.empty() && fs::is_directory(resource.location, error)
                   ? fs::path(resource.location)
                   : fs::path(from_.project);
    }

    // A path is relative to the project; one that was typed, to where it was typed.
    result<fs::path> located(const resource_def& resource, const resource_source& source,
                             const dependency& made) const {
        std::error_code error;
        const bool given = !made.config.empty() && made.config != source.what;
        const fs::path base = given ? fs::path(from_.directory) : project_of(resource);
        fs::path out = (base / (given ? made.config : source.what)).lexically_normal();
        if (!out.has_filename()) {
            out = out.parent_path(); // it ended in '/'
        }
        if (!fs::exists(out, error)) {
            return failure(errc::not_found, given
                                                ? out.native() + " does not exist"
                                                : "cannot find source file '" + source.what + "'");
        }
        return out;
    }

    result<found_source> find(const resource_def& resource, const resource_source& source,
                              const dependency& made) {
        auto file = located(resource, source, made);
        if (!file) {
            return file.error();
        }
        if (auto good = source.sha256.empty() ? result<>() : check_sha256(*file, source.sha256);
            !good) {
            return good.error();
        }
        std::error_code error;
        if (source.kind == source_kind::config) {
            return config(*file, source);
        }
        found_source out;
        if (!source.flag_name.empty()) {
            out.said.push_back("Using " + (made.config.empty() ? source.what : made.config) +
                               " for " + source.name);
        }
        if (fs::is_directory(*file, error)) {
            const bool whole = source.choice.select.empty();
            out.directory = whole ? file->parent_path() : *file;
            out.names = whole ? std::vector<std::string>{file->filename()} : entries_of(*file);
            return out;
        }
        const auto archive = archive_kind(source, file->native());
        if (archive.empty()) {
            out.directory = file->parent_path();
            out.names = {file->filename()};
            return out;
        }
        auto unpacked = unpacked_archive(*file, archive, from_.cache);
        if (!unpacked) {
            return unpacked.error();
        }
        if (unpacked->fresh) {
            out.said.push_back("Unpacking " + file->native());
        }
        out.directory = unpacked->directory;
        out.names = entries_of(out.directory);
        out.in_cache = true;
        return out;
    }

    result<found_source> config(const fs::path& file, const resource_source& source) {
        if (from_.declared != nullptr) {
            auto recipe = config_recipe_of(file, source.params, *from_.declared);
            if (!recipe) {
                return recipe.error();
            }
            out_.configs.push_back({.dependency = static_cast<std::int64_t>(out_.wanted.size()),
                                    .recipe = std::move(*recipe)});
        }
        auto made = config_with(file, source.params, from_.config_values);
        if (!made) {
            return made.error();
        }
        // The name belongs to the key: equal texts of two files are two files.
        const auto key = hex_digest(digest_kind::sha256, made->name + '\0' + made->text);
        const auto directory =
            filled_once(from_.cache, "configs/" + key, [&](const fs::path& into) -> result<> {
                std::ofstream out(into / made->name, std::ios::binary);
                if (!(out << made->text << std::flush)) {
                    return failure(errc::io_failed, "cannot write " + (into / made->name).native());
                }
                return {};
            });
        if (!directory) {
            return directory.error();
        }
        return found_source{.directory = *directory,
                            .names = {made->name},
                            .in_cache = true,
                            .generated = ".guild/generated/" + random_name() + "/" + made->name};
    }

    void add_files(const resource_def& resource, const resource_source& source,
                   const found_source& found, dependency& made) {
        auto chosen = choose_entries(found.directory, found.names, source.choice);
        if (!chosen) {
            return fail(made, chosen.error().context);
        }
        made.said = found.said;
        const bool here = made.link && !from_.remote && !found.in_cache;
        made.kind = here ? dependency_kind::here : dependency_kind::files;
        made.package_directory = std::to_string(out_.wanted.size());
        std::set<std::string> places;
        for (auto& entry : *chosen) {
            if (source.preserve_path) {
                entry.place = preserved(project_of(resource), source, entry);
            }
            if (!places.insert(entry.place).second) {
                made.said.push_back("WARNING: " + entry.place + " already exists, skipping copy");
                continue;
            }
            const bool stays = !from_.remote && !found.in_cache;
            const std::string from = stays                     ? entry.from.native()
                                     : found.generated.empty() ? entry.place
                                                               : found.generated;
            made.entries.push_back({.place = entry.place, .source = from});
            if (!here) {
                const std::string in_package = made.package_directory + "/" + entry.place;
                if (auto added = file_walk(out_.files).add(entry.from, in_package); !added) {
                    return fail(made, added.error().context);
                }
            }
        }
    }

    static std::string preserved(const fs::path& project, const resource_source& source,
                                 const chosen_entry& entry) {
        const auto below = entry.from.parent_path().lexically_relative(project);
        const auto last = fs::path(entry.place).filename();
        const auto place = (source.choice.target_path / below / last).lexically_normal();
        return is_place_in_run(place) ? place.native() : entry.place;
    }

    void add_download(const resource_source& source, dependency& made) {
        const auto found = from_.downloads.find(download_of(source).key());
        if (found == from_.downloads.end()) {
            return fail(made, "it was not downloaded");
        }
        const made_download& download = found->second;
        if (!download.reason.empty()) {
            return fail(made, download.reason);
        }
        const std::string& path = download.path;
        std::vector<std::string> said;
        if (download.cached) {
            said.push_back("Using cached file " + path);
        }
        if (download.unpacked) {
            said.push_back("Unpacking " + path);
        }
        const bool whole = download_of(source).archive.empty();
        const auto names = whole ? std::vector{download.name} : download.names;
        if (download.here.empty()) {
            made.kind = dependency_kind::cached;
            made.what = download.directory;
            made.names = names;
            made.choice = source.choice;
            made.said = std::move(said);
            return;
        }
        add_files({}, source,
                  {.directory = download.here, .names = names, .in_cache = true, .said = said},
                  made);
    }

    const dependency_sources& from_;
    dependency_plan out_;
};

} // namespace

std::vector<wanted_download> wanted_downloads(const std::vector<resource_def>& resources,
                                              const dependency_sources& from) {
    std::vector<wanted_download> out;
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            if (source.kind == source_kind::url && source.problem.empty() &&
                !is_resolved(from.resolved, resource, source)) {
                out.push_back(download_of(source));
            }
        }
    }
    return out;
}

result<dependency_plan> plan_dependencies(const std::vector<resource_def>& resources,
                                          const dependency_sources& from) {
    planning plan(from);
    for (const auto& resource : resources) {
        bool first = true;
        for (const auto& source : resource.sources) {
            plan.add(resource, source, first);
            first = false;
        }
    }
    return plan.finish();
}

bool is_dependency(const std::vector<resource_def>& resources, const std::string& path) {
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            auto what = fs::path(source.what).lexically_normal();
            if (!what.has_filename()) {
                what = what.parent_path();
            }
            if ((source.kind == source_kind::file || source.kind == source_kind::config) &&
                (path == what || path.starts_with(what.native() + "/"))) {
                return true;
            }
        }
    }
    return false;
}

} // namespace outrider
