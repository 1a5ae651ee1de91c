#include "engine/config/remote_names.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::string_view pool_in_place = "any:";

// An inline spec is `TYPE:…`, and may hold '@'.
bool is_inline(const std::string& text) {
    return text.find(':') != std::string::npos;
}

bool is_pattern(const std::string& text) {
    return !is_inline(text) && text.find_first_of("*?[") != std::string::npos;
}

/// One look-up of one text; the first thing that does not make sense ends it.
class name_search {
  public:
    name_search(const config& from, const remote_types& types) : from_(from) {
        for (const auto& row : list_remotes(from)) {
            defined_.insert(row.name);
            if (row.type == pool_type) {
                pools_.insert(row.name);
            } else if (types.find(row.type) != nullptr) {
                reachable_.push_back(row.name);
            }
        }
    }

    result<remote_names> run(const std::string& text) {
        if (pools_.contains(text) ||
            (text.starts_with(pool_in_place) && !defined_.contains(text))) {
            return run_pool(text);
        }
        if (defined_.contains(text)) {
            return remote_names{.names = {text}};
        }
        found_.several = text.find(',') != std::string::npos || is_plural(text);
        if (auto added = add_list(text); !added) {
            return added.error();
        }
        return finished(text);
    }

  private:
    static bool is_plural(const std::string& part) {
        return part == "all" || part.starts_with('@') || is_pattern(part);
    }

    result<remote_names> finished(const std::string& text) {
        if (found_.names.empty()) {
            return failure(errc::not_found, "no remote is named by '" + text + "'");
        }
        return std::move(found_);
    }

    result<remote_names> run_pool(const std::string& text) {
        auto added =
            pools_.contains(text) ? add_pool(text) : add_list(text.substr(pool_in_place.size()));
        if (!added) {
            return added.error();
        }
        found_.several = true;
        found_.pool = text;
        found_.inner_pool.clear(); // a pool of pools chooses among all that they hold
        return finished(text);
    }

    result<> add_list(const std::string& text) {
        for (std::size_t at = 0; at <= text.size();) {
            const auto comma = std::min(text.find(',', at), text.size());
            if (auto added = add(text.substr(at, comma - at)); !added) {
                return added;
            }
            at = comma + 1;
        }
        return {};
    }

    result<> add(const std::string& part) {
        if (part.empty()) {
            return {}; // "a,,b", "a,"
        }
        if (pools_.contains(part)) {
            found_.inner_pool = part;
            return add_pool(part);
        }
        if (defined_.contains(part) || !is_plural(part)) {
            take(part);
            return {};
        }
        return part.starts_with('@') ? add_group(part.substr(1)) : add_matching(part);
    }

    result<> add_pool(const std::string& name) {
        const auto& data = from_.data.at("remotes").at(name).as_object();
        const auto* members = data.if_contains("remotes");
        if (members == nullptr || members->is_null() ||
            (members->is_array() && members->get_array().empty())) {
            return failure(errc::bad_input,
                           from_.path + ": pool " + name +
                               " has no remotes\nName its machines under 'remotes: [NAME, …]'; "
                               "patterns and groups will do.");
        }
        return add_once("pool " + name, *members);
    }

    result<> add_matching(const std::string& part) {
        bool matched = false;
        for (const auto& name : reachable_) {
            if (part == "all" || ::fnmatch(part.c_str(), name.c_str(), 0) == 0) {
                take(name);
                matched = true;
            }
        }
        if (!matched) {
            return failure(errc::not_found, (part == "all" ? std::string("no remotes are defined")
                                                           : "no remote matches '" + part + "'") +
                                                "\nShow remotes by running '{program} remotes'.");
        }
        return {};
    }

    result<> add_group(const std::string& name) {
        const auto* section = from_.data.if_contains("groups");
        const auto* groups = section != nullptr ? section->if_object() : nullptr;
        const auto* members = groups != nullptr ? groups->if_contains(name) : nullptr;
        if (members == nullptr) {
            return failure(errc::not_found, "group " + name + " is not defined\nName remotes in '" +
                                                from_.path + "' under 'groups: {" + name +
                                                ": [NAME, …]}'.");
        }
        return add_once("group " + name, *members);
    }

    // `what` is a group or a pool; none may be part of itself.
    result<> add_once(const std::string& what, const json::value& members) {
        if (!open_.insert(what).second) {
            return failure(errc::bad_input, from_.path + ": " + what + " contains itself");
        }
        auto added = add_members(what, members);
        open_.erase(what);
        return added;
    }

    result<> add_members(const std::string& what, const json::value& members) {
        const failure nonsense(errc::bad_input,
                               from_.path + ": " + what + " must be a list of names");
        if (const auto* one = members.if_string()) {
            return add(std::string(*one));
        }
        const auto* list = members.if_array();
        if (list == nullptr) {
            return nonsense;
        }
        for (const auto& member : *list) {
            const auto* text = member.if_string();
            if (text == nullptr) {
                return nonsense;
            }
            if (auto added = add(std::string(*text)); !added) {
                return added.error();
            }
        }
        return {};
    }

    void take(const std::string& name) {
        if (std::ranges::find(found_.names, name) == found_.names.end()) {
            found_.names.push_back(name);
        }
    }

    const config& from_;
    std::set<std::string> defined_;
    std::set<std::string> pools_;        // those of them that are pools
    std::vector<std::string> reachable_; // of a type that is served, in the order of names
    std::set<std::string> open_;         // groups and pools that are being resolved
    remote_names found_;
};

} // namespace

result<remote_names> find_remote_names(const config& from, const remote_types& types,
                                       const std::string& text) {
    return name_search(from, types).run(text);
}

} // namespace outrider
