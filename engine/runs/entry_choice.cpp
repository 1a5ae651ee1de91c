#include "engine/runs/entry_choice.hpp"

#include "engine/runs/path_rename.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>
#include <set>

namespace outrider {
namespace {

namespace fs = std::filesystem;
using protocol::choice_rule;

/// Longest path that a pattern is tried on: a regular expression may take long for longer ones.
constexpr std::size_t longest_path = 1000; // bytes
/// Entries that are looked at; a source that needs more has to name a smaller directory.
constexpr std::size_t most_entries = 100'000;

result<std::vector<std::regex>> compiled(const std::vector<std::string>& patterns) {
    std::vector<std::regex> out;
    for (const auto& pattern : patterns) {
        try {
            // `$` at the end is implied, and would not match within a group there.
            out.emplace_back("(?:" + without_group_names(pattern) + ")");
        } catch (const std::regex_error& error) {
            return failure(errc::bad_input,
                           "invalid select pattern '" + pattern + "': " + error.what());
        }
    }
    return out;
}

std::optional<double> number_of(const std::smatch& match) {
    if (match.size() < 2) {
        return std::nullopt;
    }
    const std::string text = match[1].str();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

/// Walks below a directory and keeps what matches.
class selection {
  public:
    selection(const fs::path& directory, const std::vector<std::regex>& patterns, choice_rule rule)
        : directory_(directory), patterns_(patterns), rule_(rule) {}

    result<std::vector<std::string>> run(const std::vector<std::string>& names) {
        for (const auto& name : names) {
            if (auto walked = walk(name); !walked) {
                return walked.error();
            }
        }
        if (rule_ != choice_rule::every) {
            return best_ ? std::vector{best_path_} : std::vector<std::string>();
        }
        std::ranges::sort(found_);
        return std::move(found_);
    }

  private:
    result<> walk(const std::string& name) {
        if (auto good = look(name); !good) {
            return good;
        }
        std::error_code error;
        const fs::path top = directory_ / name;
        if (!fs::is_directory(fs::symlink_status(top, error))) {
            return {};
        }
        for (fs::recursive_directory_iterator at(top, error), end; at != end && !error;
             at.increment(error)) {
            if (at->path().filename() == ".guild") {
                at.disable_recursion_pending();
                continue;
            }
            if (auto good = look(at->path().lexically_relative(directory_).native()); !good) {
                return good;
            }
        }
        return error ? result<>(failure(errc::io_failed, top.native() + ": " + error.message()))
                     : result<>();
    }

    result<> look(const std::string& path) {
        if (++seen_ > most_entries) {
            return failure(errc::bad_input,
                           directory_.native() + " has too many files to select from");
        }
        if (path.size() > longest_path) {
            return {};
        }
        for (const auto& pattern : patterns_) {
            std::smatch match;
            if (std::regex_match(path, match, pattern)) {
                keep(path, match);
                break;
            }
        }
        return {};
    }

    void keep(const std::string& path, const std::smatch& match) {
        if (rule_ == choice_rule::every) {
            found_.push_back(path);
            return;
        }
        const auto value = number_of(match);
        const bool better =
            value && (!best_ || (rule_ == choice_rule::lowest ? *value < *best_ : *value > *best_));
        if (better) {
            best_ = value;
            best_path_ = path;
        }
    }

    const fs::path& directory_;
    const std::vector<std::regex>& patterns_;
    choice_rule rule_;
    std::size_t seen_ = 0;
    std::vector<std::string> found_;
    std::optional<double> best_;
    std::string best_path_;
};

} // namespace

bool is_place_in_run(const fs::path& path) {
    const auto normal = path.lexically_normal();
    return !path.empty() && !normal.is_absolute() && *normal.begin() != ".." &&
           *normal.begin() != ".guild";
}

result<std::vector<chosen_entry>> choose_entries(const fs::path& directory,
                                                 std::vector<std::string> names,
                                                 const protocol::entry_choice& choice) {
    std::ranges::sort(names);
    if (!choice.select.empty()) {
        const auto patterns = compiled(choice.select);
        if (!patterns) {
            return patterns.error();
        }
        auto selected = selection(directory, *patterns, choice.rule).run(names);
        if (!selected) {
            return selected.error();
        }
        names = std::move(*selected);
    }
    std::vector<chosen_entry> out;
    for (const auto& name : names) {
        const auto last = renamed(fs::path(name).filename().native(), choice.rename);
        if (!last) {
            return last.error();
        }
        const auto place = (fs::path(choice.target_path) / *last).lexically_normal();
        if (!is_place_in_run(place)) {
            return failure(errc::bad_input, "'" + place.native() + "' is no place in a run");
        }
        out.push_back({.from = directory / name, .place = place.native()});
    }
    return out;
}

} // namespace outrider
