#include "engine/project/source_selection.hpp"

#include "engine/project/git.hpp"
#include "engine/project/source_rules.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <sys/stat.h>

namespace outrider {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 20'000;
/// Entries that are looked at below links to directories: one may lead to a whole disk.
constexpr std::size_t most_linked_entries = 100'000;

/// What a directory is, whatever way leads to it.
struct directory_identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const directory_identity&) const = default;
};

directory_identity identity_of(const fs::path& directory) {
    struct stat facts{};
    return ::stat(directory.c_str(), &facts) == 0 ? directory_identity{facts.st_dev, facts.st_ino}
                                                  : directory_identity{};
}

/// How a rule sees a file.
struct file_facts {
    std::string path;
    std::string absolute;
    std::uintmax_t size = 0;
    bool is_file = true;      ///< not a pipe, a socket, a link that leads nowhere
    std::optional<bool> text; ///< once it was looked at
};

class selector {
  public:
    explicit selector(const source_request& request)
        : request_(request), root_(request.root), base_(default_source_rules(request.python)),
          own_(expanded_rules(request.rules.rules, request.root)) {}

    result<source_selection> run() {
        // A link to a directory that the root is in leads back to the root.
        for (fs::path above = root_; above.has_relative_path(); above = above.parent_path()) {
            open_.push_back(identity_of(above));
        }
        open_.push_back(identity_of("/"));
        if (auto asked = ask_git(); !asked) {
            return asked.error();
        }
        tell_rules();
        if (git_) {
            const std::set<std::string> listed = *git_;
            for (const auto& path : listed) {
                if (auto done = consider_listed(path); !done) {
                    return done.error();
                }
            }
        }
        // Walking is needless where git knows every file and no rule adds others.
        if (!git_ || std::ranges::any_of(own_, &source_rule::include)) {
            if (auto walked = walk(root_, "", git_.has_value()); !walked) {
                return walked.error();
            }
        }
        if (chosen_.size() > most_files) {
            return failure(errc::bad_input,
                           root_ + " has more than " + std::to_string(most_files) +
                               " source files: choose with 'sourcecode' for the '" +
                               request_.operation + "' operation in guild.yml");
        }
        if (too_many_) {
            out_.notes.push_back(
                "Found more than 100 source code files but will only copy 100 as a "
                "safety measure. To control which source code files are copied, "
                "specify 'sourcecode' for the '" +
                request_.operation + "' operation in guild.yml.");
        }
        out_.paths.assign(chosen_.begin(), chosen_.end());
        return std::move(out_);
    }

  private:
    result<> ask_git() {
        // Rules that begin by leaving all out do not depend on what git says.
        const bool decided = !own_.empty() && !own_.front().include &&
                             own_.front().pattern == "*" && own_.front().type.empty();
        if (decided) {
            return {};
        }
        auto listed = git_files(root_, request_.environment);
        if (!listed) {
            return listed.error();
        }
        // A directory that is itself ignored by a repository around it: git has nothing to say.
        if (*listed && !(*listed)->empty()) {
            git_ = std::move(*listed);
        }
        return {};
    }

    void tell_rules() {
        if (git_) {
            out_.rules.emplace_back("gitignore + guild patterns");
        } else {
            std::ranges::transform(base_, std::back_inserter(out_.rules), rule_text);
        }
        std::ranges::transform(own_, std::back_inserter(out_.rules), rule_text);
    }

    // Git lists a link as one entry, and a repository inside of this one, too.
    result<> consider_listed(const std::string& listed) {
        const std::string path = listed.substr(0, listed.size() - (listed.ends_with('/') ? 1 : 0));
        const std::string absolute = root_ + "/" + path;
        std::error_code ec;
        if (!fs::is_directory(absolute, ec)) {
            consider(path, true);
            return {};
        }
        if (!may_enter(absolute, path)) {
            return {};
        }
        auto inside = git_files(absolute, request_.environment);
        if (!inside) {
            return inside.error();
        }
        if (*inside && !(*inside)->empty()) {
            const auto before = open_.size();
            open_.push_back(identity_of(absolute));
            for (const auto& each : **inside) {
                git_->insert(path + "/" + each);
                if (auto done = consider_listed(path + "/" + each); !done) {
                    return done;
                }
            }
            open_.resize(before);
            return {};
        }
        return walk_into(absolute, path, false);
    }

    result<> walk(const fs::path& directory, const std::string& prefix, bool by_git) {
        std::error_code ec;
        std::vector<fs::directory_entry> entries;
        for (fs::directory_iterator at(directory, ec), end; !ec && at != end; at.increment(ec)) {
            entries.push_back(*at);
        }
        if (ec) {
            return errno_failure(ec.value(), "cannot read " + directory.string());
        }
        std::ranges::sort(entries, {}, [](const auto& entry) { return entry.path().native(); });
        const auto is_directory = [](const fs::directory_entry& entry) {
            std::error_code unknown;
            return entry.is_directory(unknown);
        };
        // Directories that are left out, files, and then what is in the others: Guild's order.
        std::vector<std::string> inner;
        for (const auto& entry : entries) {
            const std::string path = prefix + entry.path().filename().string();
            if (is_directory(entry) && may_enter(entry.path(), path)) {
                inner.push_back(path);
            }
        }
        for (const auto& entry : entries) {
            if (!is_directory(entry)) {
                consider(prefix + entry.path().filename().string(), by_git);
            }
        }
        for (const auto& path : inner) {
            if (chosen_.size() > most_files) {
                return {};
            }
            if (auto walked = walk_into(root_ + "/" + path, path, by_git); !walked) {
                return walked;
            }
        }
        return {};
    }

    result<> walk_into(const std::string& absolute, const std::string& path, bool by_git) {
        std::error_code ec;
        const bool by_link = fs::is_symlink(absolute, ec);
        links_ += by_link ? 1 : 0;
        open_.push_back(identity_of(absolute));
        auto walked = walk(absolute, path + "/", by_git);
        open_.pop_back();
        links_ -= by_link ? 1 : 0;
        return walked;
    }

    bool may_enter(const fs::path& directory, const std::string& path) {
        bool enter = true;
        for (const auto* rules : {&base_, &own_}) {
            for (const auto& rule : *rules) {
                std::error_code ec;
                if (rule.type == "dir" && fits(rule, path) &&
                    (rule.containing.empty() || fs::exists(directory / rule.containing, ec))) {
                    enter = rule.include;
                }
            }
        }
        if (!enter) {
            out_.skipped.push_back(path + "/");
            return false;
        }
        if (std::ranges::find(open_, identity_of(directory)) != open_.end()) {
            note("Skipping link " + path + " because it leads back to a directory that it is in.");
            return false;
        }
        std::error_code ec;
        if (links_ > 0 || fs::is_symlink(directory, ec)) {
            return may_look_further(path);
        }
        return true;
    }

    bool may_look_further(const std::string& path) {
        if (++linked_entries_ <= most_linked_entries) {
            return true;
        }
        if (linked_entries_ == most_linked_entries + 1) {
            note("Skipping " + path + " and what follows below links: they lead to more than " +
                 std::to_string(most_linked_entries) +
                 " files. To control which files are copied, define 'sourcecode' for the "
                 "operation in a Guild file.");
        }
        return false;
    }

    void note(std::string text) { out_.notes.push_back(std::move(text)); }

    void consider(const std::string& path, bool by_git) {
        if (links_ > 0 && !may_look_further(path)) {
            return;
        }
        file_facts file{.path = path, .absolute = root_ + "/" + path};
        struct stat facts{};
        if (::stat(file.absolute.c_str(), &facts) != 0) {
            if (::lstat(file.absolute.c_str(), &facts) != 0) {
                return; // tracked, and gone
            }
            file.is_file = false;
        } else {
            file.is_file = S_ISREG(facts.st_mode);
            file.size = static_cast<std::uintmax_t>(facts.st_size);
        }
        if (!is_chosen(file, by_git)) {
            if (!chosen_.contains(path)) {
                out_.skipped.push_back(path);
            }
        } else if (!file.is_file) {
            note("Skipping source code file " + path + " because " +
                 (S_ISLNK(facts.st_mode) ? "it is a link that leads nowhere."
                                         : "it is a pipe, a socket or a device."));
        } else if (chosen_.insert(path).second) {
            out_.selected.push_back(path);
        }
    }

    bool is_chosen(file_facts& file, bool by_git) {
        std::optional<bool> ruled;
        for (const auto& rule : own_) {
            if (rule_fits(rule, file)) {
                ruled = rule.include;
            }
        }
        if (ruled) {
            return *ruled;
        }
        // What is for git itself is no source code.
        const bool for_git = file.path.substr(file.path.rfind('/') + 1).starts_with(".git");
        return by_git ? !for_git && git_->contains(file.path) : chosen_by_default(file);
    }

    static bool rule_fits(const source_rule& rule, file_facts& file) {
        const std::string& path = file.path;
        if (rule.type == "dir") {
            for (auto slash = path.find('/'); slash != path.npos;
                 slash = path.find('/', slash + 1)) {
                if (fits(rule, path.substr(0, slash))) {
                    return !rule.include; // keeping a directory does not take what is in it
                }
            }
            return false;
        }
        return fits(rule, path) && (rule.type.empty() || is_text(file) == (rule.type == "text"));
    }

    // What is no file cannot be looked into: it counts as what would be taken, and is then named.
    static bool is_text(file_facts& file) {
        if (!file.text) {
            file.text = !file.is_file || looks_like_text(file.absolute);
        }
        return *file.text;
    }

    bool chosen_by_default(file_facts& file) {
        const auto rule = std::ranges::find(base_, "text", &source_rule::type);
        if (!is_text(file)) {
            return false;
        }
        if (file.size >= rule->below_bytes) {
            note("Skipping source code file " + file.path +
                 " because it's too big. To control which files are copied, define "
                 "'sourcecode' for the operation in a Guild file.");
            return false;
        }
        if (defaults_ == rule->most) {
            too_many_ = true;
            return false;
        }
        ++defaults_;
        return true;
    }

    const source_request& request_;
    const std::string& root_;
    std::vector<source_rule> base_;
    std::vector<source_rule> own_;
    std::optional<std::set<std::string>> git_;
    std::set<std::string> chosen_;
    std::vector<directory_identity> open_; // directories on the way to the present one
    int links_ = 0;                        // of them, how many are links
    std::size_t linked_entries_ = 0;       // looked at below links
    std::size_t defaults_ = 0;
    bool too_many_ = false;
    source_selection out_;
};

} // namespace

result<source_selection> select_sources(const source_request& request) {
    if (request.rules.disabled) {
        return source_selection{.rules = {"exclude *"}};
    }
    std::error_code ec;
    if (!fs::is_directory(request.root, ec)) {
        return failure(errc::not_found,
                       "the source code directory " + request.root + " does not exist");
    }
    return selector(request).run();
}

} // namespace outrider
