#include "engine/project/source_selection.hpp"

#include "engine/project/git.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fnmatch.h>
#include <fstream>
#include <optional>
#include <set>

namespace outrider {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 20'000;
constexpr std::size_t most_default_files = 100;
constexpr std::uintmax_t largest_default_file = std::uintmax_t{1} << 20;

bool looks_like_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::array<char, 8192> head{};
    in.read(head.data(), head.size());
    return std::find(head.data(), head.data() + in.gcount(), '\0') == head.data() + in.gcount();
}

/// Directories that are never searched by default.
bool is_left_out(const fs::path& directory) {
    const std::string name = directory.filename().string();
    std::error_code ec;
    return name.starts_with('.') || name == "__pycache__" || name == "build" || name == "dist" ||
           name.ends_with(".egg-info") || fs::exists(directory / ".guild-nocopy", ec) ||
           fs::exists(directory / "bin/activate", ec);
}

// A pattern without a slash fits the last component, one with a slash the whole path; `*` crosses
// slashes, as Python's fnmatch does.
bool fits(const std::string& pattern, const std::string& path) {
    const bool anywhere = pattern.find('/') == std::string::npos;
    const std::string subject = anywhere ? path.substr(path.rfind('/') + 1) : path;
    const char* text = pattern.c_str() + (pattern.starts_with('/') ? 1 : 0);
    return ::fnmatch(text, subject.c_str(), FNM_NOESCAPE) == 0;
}

class selector {
  public:
    selector(std::string root, const sourcecode_def& rules,
             std::optional<std::set<std::string>> git)
        : root_(std::move(root)), rules_(rules), git_(std::move(git)) {}

    result<source_selection> run(const std::string& operation) {
        // Walking is needless where git knows every file and no rule adds others.
        const bool adds = std::ranges::any_of(rules_.rules, &source_rule::include);
        if (git_) {
            for (const auto& path : *git_) {
                consider(path);
            }
        }
        if (!git_ || adds) {
            if (auto walked = walk(root_, ""); !walked) {
                return walked.error();
            }
        }
        if (chosen_.size() > most_files) {
            return failure(errc::bad_input,
                           root_ + " has more than " + std::to_string(most_files) +
                               " source files: choose with 'sourcecode' for the '" + operation +
                               "' operation in guild.yml");
        }
        if (by_default_left_out_) {
            out_.notes.push_back(
                "Found more than 100 source code files but will only copy 100 as a "
                "safety measure. To control which source code files are copied, "
                "specify 'sourcecode' for the '" +
                operation + "' operation in guild.yml.");
        }
        out_.paths.assign(chosen_.begin(), chosen_.end());
        return std::move(out_);
    }

  private:
    result<> walk(const fs::path& directory, const std::string& prefix) {
        std::error_code ec;
        std::vector<fs::directory_entry> entries;
        for (fs::directory_iterator at(directory, ec), end; !ec && at != end; at.increment(ec)) {
            entries.push_back(*at);
        }
        if (ec) {
            return errno_failure(ec.value(), "cannot read " + directory.string());
        }
        std::ranges::sort(entries, {}, [](const auto& entry) { return entry.path().native(); });
        for (const auto& entry : entries) {
            const std::string path = prefix + entry.path().filename().string();
            // Links to directories are not followed: they may go in circles, or outside.
            if (entry.is_directory(ec) && !entry.is_symlink(ec)) {
                if (!enters(entry.path(), path)) {
                    continue;
                }
                if (auto walked = walk(entry.path(), path + "/"); !walked) {
                    return walked;
                }
            } else {
                consider(path);
            }
            if (chosen_.size() > most_files) {
                return {};
            }
        }
        return {};
    }

    bool enters(const fs::path& directory, const std::string& path) const {
        bool enter = !is_left_out(directory);
        for (const auto& rule : rules_.rules) {
            if (rule.type == "dir" && fits(rule.pattern, path)) {
                enter = rule.include;
            }
        }
        return enter;
    }

    void consider(const std::string& path) {
        const std::string absolute = root_ + "/" + path;
        std::error_code ec;
        if (!fs::is_regular_file(absolute, ec)) {
            return; // a submodule, a socket, a tracked file that is gone
        }
        std::optional<bool> ruled;
        for (const auto& rule : rules_.rules) {
            if (rule_fits(rule, path, absolute)) {
                ruled = rule.include;
            }
        }
        if (ruled ? *ruled : chosen_by_default(path, absolute)) {
            chosen_.insert(path);
        }
    }

    static bool rule_fits(const source_rule& rule, const std::string& path,
                          const std::string& absolute) {
        if (rule.type == "dir") {
            for (auto slash = path.find('/'); slash != path.npos;
                 slash = path.find('/', slash + 1)) {
                if (fits(rule.pattern, path.substr(0, slash))) {
                    return !rule.include; // keeping a directory does not take what is in it
                }
            }
            return false;
        }
        return fits(rule.pattern, path) &&
               (rule.type.empty() || looks_like_text(absolute) == (rule.type == "text"));
    }

    bool chosen_by_default(const std::string& path, const std::string& absolute) {
        if (git_) {
            return git_->contains(path);
        }
        std::error_code ec;
        if (fs::file_size(absolute, ec) > largest_default_file || !looks_like_text(absolute)) {
            return false;
        }
        if (defaults_ == most_default_files) {
            by_default_left_out_ = true;
            return false;
        }
        ++defaults_;
        return true;
    }

    std::string root_;
    const sourcecode_def& rules_;
    std::optional<std::set<std::string>> git_;
    std::set<std::string> chosen_;
    std::size_t defaults_ = 0;
    bool by_default_left_out_ = false;
    source_selection out_;
};

} // namespace

result<source_selection> select_sources(const std::string& root, const sourcecode_def& rules,
                                        const std::string& operation,
                                        const std::map<std::string, std::string>& environment) {
    if (rules.disabled) {
        return source_selection{};
    }
    std::error_code ec;
    if (!fs::is_directory(root, ec)) {
        return failure(errc::not_found, "the source code directory " + root + " does not exist");
    }
    auto git = git_files(root, environment);
    if (git && git->empty()) {
        // A directory that is itself ignored by a repository around it: git has nothing to say.
        git.reset();
    }
    return selector(root, rules, std::move(git)).run(operation);
}

} // namespace outrider
