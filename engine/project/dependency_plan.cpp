#include "engine/project/dependency_plan.hpp"

#include "engine/project/config_file.hpp"
#include "engine/project/resource_cache.hpp"
#include "engine/project/unpacked_archive.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/path_rename.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>

namespace outrider {
namespace {

namespace fs = std::filesystem;
using protocol::dependency;
using protocol::dependency_kind;

/// A file here, and its place in the run.
struct placed_file {
    fs::path from;
    fs::path to;
};

bool stays_below(const fs::path& path) {
    const auto text = path.lexically_normal().native();
    return !path.is_absolute() && text != ".." && !text.starts_with("../");
}

/// What a source amounts to on this machine: a file, or a directory.
struct found_source {
    fs::path root;
    bool unpacked = false; ///< an archive: what is in the directory counts, not its own name
};

/// Chooses the files of a source, and their places in the run.
class file_resolution {
  public:
    file_resolution(const resource_source& source, const found_source& found)
        : source_(source), root_(found.root), unpacked_(found.unpacked) {}

    result<std::vector<placed_file>> run() {
        std::error_code error;
        if (!stays_below(source_.target_path.empty() ? "." : source_.target_path)) {
            return failure(errc::bad_input,
                           "target-path must stay below the run: " + source_.target_path);
        }
        if (auto found =
                fs::is_directory(root_, error) ? directory() : one(root_, root_.filename());
            !found) {
            return found.error();
        }
        return std::move(files_);
    }

  private:
    result<> directory() {
        std::vector<std::regex> patterns;
        try {
            for (const auto& text : source_.select) {
                patterns.emplace_back("^(?:" + without_group_names(text) + ")$");
            }
        } catch (const std::regex_error& error) {
            return failure(errc::bad_input, std::string("invalid select pattern: ") + error.what());
        }
        std::error_code error;
        for (fs::recursive_directory_iterator at(root_, error), end; at != end && !error;
             at.increment(error)) {
            if (!at->is_regular_file()) {
                continue;
            }
            const auto below = at->path().lexically_relative(root_);
            const bool chosen = std::ranges::any_of(patterns, [&](const std::regex& pattern) {
                return std::regex_match(below.native(), pattern);
            });
            if (patterns.empty() || chosen) {
                // A whole directory keeps its shape; what is selected from it does not.
                const fs::path whole = unpacked_ ? below : root_.filename() / below;
                if (auto added = one(at->path(), patterns.empty() ? whole : below.filename());
                    !added) {
                    return added;
                }
            }
        }
        if (error) {
            return failure(errc::io_failed, root_.native() + ": " + error.message());
        }
        return {};
    }

    // `shape`: the path in the run but for the target path and the new name of its first part.
    result<> one(const fs::path& from, const fs::path& shape) {
        const auto name = renamed(shape.begin()->native(), source_.rename);
        if (!name) {
            return name.error();
        }
        fs::path to = fs::path(source_.target_path) / *name;
        for (auto part = std::next(shape.begin()); part != shape.end(); ++part) {
            to /= *part;
        }
        to = to.lexically_normal();
        if (!stays_below(to) || *to.begin() == ".guild") {
            return failure(errc::bad_input, "'" + to.native() + "' is no place in a run");
        }
        files_.push_back({.from = from, .to = to});
        return {};
    }

    const resource_source& source_;
    fs::path root_;
    bool unpacked_;
    std::vector<placed_file> files_;
};

class planning {
  public:
    explicit planning(const dependency_sources& from) : from_(from) {}

    result<> add(const resource_def& resource, const resource_source& source) {
        dependency made{.resource = resource.name, .source = source.name, .uri = source.uri()};
        const auto supplied = from_.supplied.find(resource.flag_name);
        if (supplied != from_.supplied.end()) {
            made.config = supplied->second;
        }
        made.warn_if_empty = source.warn_if_empty;
        made.fail_if_empty = source.fail_if_empty;
        switch (source.kind) {
        case source_kind::operation:
            made.kind = dependency_kind::operation;
            made.select = source.select;
            made.rename = source.rename;
            made.target_path = source.target_path;
            made.copy = source.target_type == "copy";
            set_operation(made, source.what);
            break;
        case source_kind::file:
        case source_kind::config:
            add_files(source, made);
            break;
        case source_kind::module:
            made.warn_if_empty = false; // it has no files
            made.fail_if_empty = false;
            break;
        case source_kind::url:
            return failure(errc::unsupported,
                           "dependencies of the kind '" + source.uri() + "' are not supported yet");
        }
        out_.wanted.push_back(std::move(made));
        return {};
    }

    result<dependency_plan> finish() {
        if (!out_.files.empty()) {
            auto read = read_files(std::move(out_.files));
            if (!read) {
                return read.error();
            }
            for (const auto& file : read->files) {
                out_.manifest += manifest_line({"d", file.path, file.sha1, uris_[file.path]});
            }
            out_.files = std::move(read->files);
            out_.package = std::move(read->package);
        }
        return std::move(out_);
    }

  private:
    result<fs::path> located(const resource_source& source, const dependency& made) const {
        const std::string& what = made.config.empty() ? source.what : made.config;
        fs::path out = (fs::path(from_.project) / what).lexically_normal();
        std::error_code error;
        if (!fs::exists(out, error)) {
            return failure(errc::not_found, "cannot find source file '" + what + "'");
        }
        return out;
    }

    result<found_source> find(const resource_source& source, const dependency& made) const {
        auto root = located(source, made);
        if (!root) {
            return root.error();
        }
        if (auto good = source.sha256.empty() ? result<>() : check_sha256(*root, source.sha256);
            !good) {
            return good.error();
        }
        std::error_code error;
        const bool unpacked = source.kind != source_kind::config && source.unpack.value_or(true) &&
                              is_archive_name(root->native()) && !fs::is_directory(*root, error);
        if (source.kind == source_kind::config) {
            root = config_file(*root, from_.flags, from_.cache);
        } else if (unpacked) {
            root = unpacked_archive(*root, from_.cache);
        }
        if (!root) {
            return root.error();
        }
        return found_source{.root = *root, .unpacked = unpacked};
    }

    void add_files(const resource_source& source, dependency& made) {
        const auto fail = [&](const failure& why) {
            made.kind = dependency_kind::failed;
            made.reason = why.context;
        };
        const auto found = find(source, made);
        if (!found) {
            return fail(found.error());
        }
        const auto files = file_resolution(source, *found).run();
        if (!files) {
            return fail(files.error());
        }
        // What is in the cache may go: a run has its own copy.
        if (source.kind == source_kind::file && !found->unpacked && source.target_type == "link" &&
            !from_.remote && source.select.empty()) {
            made.kind = dependency_kind::here;
            made.paths.push_back(found->root.native());
            made.target_path = source.target_path;
            made.rename = source.rename;
            return;
        }
        for (const auto& file : *files) {
            made.paths.push_back(file.to.native());
            uris_[file.to.native()] = made.uri;
            out_.files.push_back({.path = file.to.native(), .absolute = file.from.native()});
        }
    }

    const dependency_sources& from_;
    dependency_plan out_;
    std::map<std::string, std::string> uris_; // by path in the run
};

} // namespace

result<dependency_plan> plan_dependencies(const std::vector<resource_def>& resources,
                                          const dependency_sources& from) {
    planning plan(from);
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            if (auto added = plan.add(resource, source); !added) {
                return added.error();
            }
        }
    }
    return plan.finish();
}

bool is_dependency(const std::vector<resource_def>& resources, const std::string& path) {
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            const auto what = fs::path(source.what).lexically_normal().native();
            if ((source.kind == source_kind::file || source.kind == source_kind::config) &&
                (path == what || path.starts_with(what + "/"))) {
                return true;
            }
        }
    }
    return false;
}

std::vector<required_operation> required_operations(const std::vector<resource_def>& resources) {
    std::vector<required_operation> out;
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            if (source.kind == source_kind::operation) {
                out.push_back({.flag_name = resource.flag_name, .operation = source.what});
            }
        }
    }
    return out;
}

split_flags split_supplied(const std::vector<std::string>& typed,
                           const std::vector<resource_def>& resources) {
    split_flags out;
    for (const auto& word : typed) {
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const bool named = std::ranges::any_of(
            resources, [&](const resource_def& each) { return each.flag_name == name; });
        if (named && equals != std::string::npos) {
            out.supplied[name] = word.substr(equals + 1);
        } else {
            out.flags.push_back(word);
        }
    }
    return out;
}

} // namespace outrider
