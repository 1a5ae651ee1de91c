#include "engine/commands/looking/path_pattern.hpp"

#include "engine/text/natural_order.hpp"

#include <algorithm>

#include <fnmatch.h>

namespace outrider {
namespace {

// Empty components and '.' say nothing about a path: "./a//b/" is "a/b".
std::vector<std::string> components_of(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        const auto part = path.substr(0, path.find('/'));
        if (!part.empty() && part != ".") {
            parts.emplace_back(part);
        }
        path.remove_prefix(std::min(part.size() + 1, path.size()));
    }
    return parts;
}

bool is_hidden_name(const std::string& component) {
    return component.starts_with('.');
}

class path_matcher {
  public:
    path_matcher(std::string_view pattern, bool all)
        : parts_(components_of(pattern)), wild_(pattern.find_first_of("*?") != pattern.npos),
          all_(all) {}

    bool matches(std::string_view path) const {
        const auto components = components_of(path);
        if (components.size() < parts_.size()) {
            return false;
        }
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (!matches_component(parts_[i], components[i])) {
                return false;
            }
        }
        return all_ ||
               std::none_of(components.begin() + parts_.size(), components.end(), is_hidden_name);
    }

  private:
    bool matches_component(const std::string& part, const std::string& component) const {
        if (!wild_) {
            return part == component;
        }
        // A wildcard does not name a hidden entry by itself.
        if (is_hidden_name(component) && !all_ && !is_hidden_name(part)) {
            return false;
        }
        return ::fnmatch(part.c_str(), component.c_str(), FNM_NOESCAPE) == 0;
    }

    std::vector<std::string> parts_;
    bool wild_;
    bool all_;
};

// A link to what stands beside a run leads to another run: a trial of it, or a step.
bool leads_to_run(const protocol::file_entry& entry) {
    return entry.type == protocol::file_type::link && entry.target.starts_with("../") &&
           entry.target.size() > 3 && entry.target.find('/', 3) == std::string::npos &&
           entry.path.find('/') == std::string::npos;
}

} // namespace

std::vector<std::string> choose_paths(const std::vector<protocol::file_entry>& entries,
                                      std::string_view pattern, bool all) {
    const path_matcher matcher(pattern, all);
    std::vector<std::string> chosen;
    for (const auto& entry : entries) {
        if (matcher.matches(entry.path)) {
            const bool directory =
                entry.type == protocol::file_type::directory || leads_to_run(entry);
            chosen.push_back(directory ? entry.path + '/' : entry.path);
        }
    }
    std::sort(chosen.begin(), chosen.end(), natural_less);
    return chosen;
}

} // namespace outrider
