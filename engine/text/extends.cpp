#include "engine/text/extends.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

/// Resolves the items of one section; parents first, a circle is a failure.
class section_inheritance {
  public:
    section_inheritance(const json::object& section, const json::object& parents,
                        const std::string& file)
        : section_(section), parents_(parents), file_(file) {}

    result<json::object> resolve(const std::string& name, const json::object& item) {
        const auto* extends = item.if_contains("extends");
        json::object own = item;
        own.erase("extends");
        if (extends == nullptr) {
            return own;
        }
        if (std::ranges::find(open_, name) != open_.end()) {
            return failure(errc::bad_input,
                           file_ + ": '" + name + "' extends itself, by way of others");
        }
        open_.push_back(name);
        json::object out;
        for (const auto& parent :
             extends->is_array() ? extends->get_array() : json::array{*extends}) {
            auto resolved = resolve_parent(parent);
            if (!resolved) {
                return resolved.error();
            }
            merge_object(out, *resolved);
        }
        open_.pop_back();
        merge_object(out, own);
        return out;
    }

  private:
    result<json::object> resolve_parent(const json::value& parent) {
        if (!parent.is_string()) {
            return failure(errc::bad_input, file_ + ": 'extends' takes a name or a list of names");
        }
        const std::string name(parent.get_string());
        const auto* found = section_.if_contains(name);
        if (found == nullptr || !found->is_object()) {
            found = parents_.if_contains(name);
        }
        if (found == nullptr || !found->is_object()) {
            return failure(errc::bad_input, "cannot find '" + name + "' in " + file_);
        }
        return resolve(name, found->get_object());
    }

    const json::object& section_;
    const json::object& parents_;
    const std::string& file_;
    std::vector<std::string> open_; // names on the way from the item to its parents
};

} // namespace

void merge_object(json::object& under, const json::object& over) {
    for (const auto& member : over) {
        auto* present = under.if_contains(member.key());
        if (present != nullptr && present->is_object() && member.value().is_object()) {
            merge_object(present->get_object(), member.value().get_object());
        } else {
            under.insert_or_assign(member.key(), member.value());
        }
    }
}

result<json::object> resolve_extends(json::object sections, const std::string& file) {
    json::object parents;
    if (const auto* shared = sections.if_contains("config");
        shared != nullptr && shared->is_object()) {
        parents = shared->get_object();
    }
    for (auto& section : sections) {
        if (!section.value().is_object() || section.key() == "config") {
            continue;
        }
        const json::object items = section.value().get_object();
        for (auto& item : section.value().get_object()) {
            if (!item.value().is_object()) {
                continue;
            }
            auto resolved = section_inheritance(items, parents, file)
                                .resolve(std::string(item.key()), item.value().get_object());
            if (!resolved) {
                return resolved.error();
            }
            item.value() = std::move(*resolved);
        }
    }
    sections.erase("config");
    return sections;
}

} // namespace outrider
