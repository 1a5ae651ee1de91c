#include "engine/project/model_inheritance.hpp"

#include "engine/project/project_failure.hpp"
#include "engine/text/python_number.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

/// What models and configs hand down; everything else is their own.
constexpr const char* inherited[] = {"description",        "extra",      "flags",
                                     "operation-defaults", "operations", "params",
                                     "references",         "resources",  "sourcecode"};

/// Not an entry: it brings those of others. `$import`, of older files, is an entry as any.
constexpr std::string_view include_directive = "$include";

result<> write_flags_in_full(json::object& owner) {
    auto* flags = owner.if_contains("flags");
    if (flags == nullptr || flags->is_null()) {
        return {};
    }
    if (!flags->is_object()) {
        return project_failure("invalid flags value " + python_repr(*flags) +
                               ": expected a mapping");
    }
    for (auto& flag : flags->get_object()) {
        if (!flag.value().is_object() && flag.key() != include_directive) {
            json::value value = std::move(flag.value());
            flag.value() = json::object{{"default", std::move(value)}};
        }
    }
    return {};
}

result<> write_operations_in_full(json::object& owner) {
    auto* operations = owner.if_contains("operations");
    if (operations == nullptr || operations->is_null()) {
        return {};
    }
    if (!operations->is_object()) {
        return project_failure("invalid operations value " + python_repr(*operations) +
                               ": expected a mapping");
    }
    for (auto& operation : operations->get_object()) {
        auto& value = operation.value();
        if (operation.key() == include_directive) {
            continue;
        }
        if (value.is_string()) {
            json::value main = std::move(value);
            value = json::object{{"main", std::move(main)}};
        }
        if (!value.is_object()) {
            return project_failure("invalid value for operation " + python_string(operation.key()) +
                                   ": expected a string or a mapping");
        }
        if (auto written = write_flags_in_full(value.get_object()); !written) {
            return written;
        }
    }
    return {};
}

// What the child lacks is copied; where both are mappings they merge.
void take_over(const json::object& parent, json::object& child) {
    for (const auto& member : parent) {
        auto* present = child.if_contains(member.key());
        if (present == nullptr) {
            child.emplace(member.key(), member.value());
        } else if (present->is_object() && member.value().is_object()) {
            take_over(member.value().get_object(), present->get_object());
        }
    }
}

/// Resolves one model or config; parents first.
class heir {
  public:
    explicit heir(const guild_items& items) : items_(items) {}

    result<json::object> resolve(const std::string& name, const json::object& item) {
        json::object out = item;
        const auto* extends = item.if_contains("extends");
        if (extends == nullptr || extends->is_null()) {
            return out;
        }
        open_.push_back(name);
        for (const auto& parent :
             extends->is_array() ? extends->get_array() : json::array{*extends}) {
            if (!parent.is_string()) {
                return project_failure("invalid extends value " + python_repr(*extends) +
                                       ": expected a string or list of strings");
            }
            auto resolved = resolve_parent(std::string(parent.get_string()));
            if (!resolved) {
                return resolved;
            }
            json::object handed_down;
            for (const char* key : inherited) {
                if (const auto* value = resolved->if_contains(key)) {
                    handed_down.emplace(key, *value);
                }
            }
            take_over(handed_down, out);
        }
        open_.pop_back();
        return out;
    }

  private:
    result<json::object> resolve_parent(const std::string& name) {
        if (const auto at = std::ranges::find(open_, name); at != open_.end()) {
            std::string circle;
            for (auto each = at; each != open_.end(); ++each) {
                circle += *each + " -> ";
            }
            return project_failure("cycle in 'extends' (" + circle + name + ")");
        }
        const auto* found = items_.models.if_contains(name);
        found = found != nullptr ? found : items_.configs.if_contains(name);
        if (found == nullptr) {
            return project_failure("undefined model or config " + python_string(name));
        }
        return resolve(name, found->get_object());
    }

    const guild_items& items_;
    std::vector<std::string> open_; // names on the way to the present one
};

} // namespace

result<> write_in_full(guild_items& items) {
    for (auto* section : {&items.configs, &items.models}) {
        for (auto& item : *section) {
            auto& object = item.value().get_object();
            if (auto written = write_flags_in_full(object); !written) {
                return written;
            }
            if (auto written = write_operations_in_full(object); !written) {
                return written;
            }
        }
    }
    return {};
}

result<json::object> inherit(const guild_items& items) {
    json::object out;
    for (const auto& model : items.models) {
        auto resolved = heir(items).resolve(std::string(model.key()), model.value().get_object());
        if (!resolved) {
            return resolved;
        }
        out.emplace(model.key(), std::move(*resolved));
    }
    return out;
}

} // namespace outrider
