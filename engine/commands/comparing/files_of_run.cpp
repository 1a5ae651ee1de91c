#include "engine/commands/comparing/files_of_run.hpp"

#include "engine/runs/manifest.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace outrider {
namespace {

constexpr std::size_t deepest_directory = 32;
constexpr std::size_t deepest_link = 8;         // runs linked into runs
constexpr std::size_t most_run_files = 100'000; // of one run
constexpr std::size_t largest_manifest = std::size_t{16} << 20;

// What Guild and we keep about a run, besides event files.
bool is_kept_about_run(const std::string& directory, const std::string& name) {
    return directory == ".guild" &&
           (name == "attrs" || name == "outrider" || name == "job-packages" || name == "proto");
}

std::string below(const std::string& directory, const std::string& name) {
    return directory.empty() ? name : directory + "/" + name;
}

/// One look at all that a run holds.
class run_tree_walk {
  public:
    /// `enters`: whether a directory is looked into; `takes`: whether a file counts.
    using choice = std::function<bool(const std::string& directory, const std::string& name)>;

    run_tree_walk(bool through_links, choice enters, choice takes)
        : through_links_(through_links), enters_(std::move(enters)), takes_(std::move(takes)) {}

    std::vector<file_of_run> take(const fs::path& run) {
        runs_ = run.parent_path();
        above_.push_back(run.filename());
        look_into(run, "", 0);
        std::ranges::sort(found_, {}, [](const file_of_run& each) {
            return std::tie(each.directory, each.name);
        });
        return std::move(found_);
    }

  private:
    void look_into(const fs::path& place, const std::string& directory, std::size_t depth) {
        std::error_code error;
        for (fs::directory_iterator each(place, error), end; !error && each != end;
             each.increment(error)) {
            const std::string name = each->path().filename().string();
            const auto type = each->symlink_status(error).type();
            if (found_.size() >= most_run_files) {
                return;
            }
            if (type == fs::file_type::regular && takes_(directory, name)) {
                found_.push_back({.directory = directory, .name = name, .place = each->path()});
            } else if (type == fs::file_type::directory && depth < deepest_directory &&
                       enters_(directory, name)) {
                look_into(each->path(), below(directory, name), depth + 1);
            } else if (type == fs::file_type::symlink && through_links_) {
                follow(each->path(), below(directory, name));
            }
            error.clear(); // what cannot be looked at is passed over
        }
    }

    // Links to runs of the same home alone, and not in circles.
    void follow(const fs::path& link, const std::string& directory) {
        std::error_code error;
        const fs::path run = fs::canonical(link, error);
        if (error || above_.size() >= deepest_link ||
            std::ranges::find(above_, run.filename()) != above_.end() ||
            !fs::equivalent(run.parent_path(), runs_, error) ||
            !fs::exists(run_paths{run}.opref(), error)) {
            return;
        }
        above_.push_back(run.filename());
        look_into(run, directory, 0);
        above_.pop_back();
    }

    bool through_links_;
    choice enters_;
    choice takes_;
    fs::path runs_;
    std::vector<fs::path> above_; // ids of the runs that are being looked into
    std::vector<file_of_run> found_;
};

} // namespace

bool is_event_file(const std::string& name) {
    return name.find(".tfevents.") != std::string::npos && !name.ends_with(".attrs");
}

std::vector<file_of_run> event_files_in(const fs::path& run) {
    const auto enters = [](const std::string& directory, const std::string& name) {
        // Of a linked run too: "STEP/.guild".
        const bool guild = directory == ".guild" || directory.ends_with("/.guild");
        return !is_kept_about_run(guild ? ".guild" : directory, name);
    };
    const auto takes = [](const std::string&, const std::string& name) {
        return is_event_file(name);
    };
    return run_tree_walk(true, enters, takes).take(run);
}

std::vector<file_of_run> made_files_in(const fs::path& run) {
    const auto manifest =
        parse_manifest(read_small_file(run_paths{run}.manifest(), largest_manifest).value_or(""));
    const auto enters = [](const std::string& directory, const std::string& name) {
        return (directory.empty() && name == ".guild") ||
               (!name.starts_with('.') && directory != ".guild" && name != "__pycache__");
    };
    const auto takes = [&](const std::string& directory, const std::string& name) {
        if (is_event_file(name)) {
            return true;
        }
        return directory != ".guild" && !name.starts_with('.') && !name.ends_with(".attrs") &&
               !covers(manifest.sourcecode, below(directory, name));
    };
    return run_tree_walk(false, enters, takes).take(run);
}

} // namespace outrider
