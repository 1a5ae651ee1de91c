#include "engine/project/section_includes.hpp"

#include "engine/project/project_failure.hpp"
#include "engine/text/extends.hpp"
#include "engine/text/python_number.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr const char* directive = "$include";

std::set<std::string> names_in(std::string_view list) {
    std::set<std::string> out;
    while (!list.empty()) {
        const auto name = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), name.size() + 1));
        const auto first = name.find_first_not_of(' ');
        if (first != name.npos) {
            out.emplace(name.substr(first, name.find_last_not_of(' ') - first + 1));
        }
    }
    return out;
}

class includer {
  public:
    includer(const char* section, const std::string& model, const guild_items& items)
        : section_(section), model_(model), items_(items) {}

    result<json::object> resolve(const json::object& entries) {
        const auto* includes = entries.if_contains(directive);
        if (includes == nullptr) {
            return entries;
        }
        json::object out;
        for (const auto& reference :
             includes->is_array() ? includes->get_array() : json::array{*includes}) {
            if (!reference.is_string()) {
                return project_failure("invalid include reference " + python_repr(reference) +
                                       ": expected a string");
            }
            auto included = include(std::string(reference.get_string()));
            if (!included) {
                return included;
            }
            merge_object(out, *included);
        }
        for (const auto& member : entries) {
            if (member.key() != directive) {
                merge_object(out, json::object{{member.key(), member.value()}});
            }
        }
        return out;
    }

  private:
    result<json::object> include(const std::string& reference) {
        if (std::ranges::find(open_, reference) != open_.end()) {
            return project_failure("invalid include reference " + python_string(reference) +
                                   ": it leads back to itself");
        }
        const auto hash = reference.find('#');
        const auto* owner = owner_of(reference.substr(0, hash));
        if (owner == nullptr) {
            return project_failure("invalid include reference " + python_string(reference) +
                                   ": cannot find target");
        }
        const auto* entries = owner->if_contains(section_);
        if (entries == nullptr || !entries->is_object()) {
            return json::object();
        }
        json::object wanted = entries->get_object();
        if (hash != std::string::npos) {
            const auto names = names_in(std::string_view(reference).substr(hash + 1));
            json::object some;
            for (const auto& member : wanted) {
                if (names.contains(std::string(member.key()))) {
                    some.emplace(member.key(), member.value());
                }
            }
            wanted = std::move(some);
        }
        open_.push_back(reference);
        auto out = resolve(wanted);
        open_.pop_back();
        return out;
    }

    [[nodiscard]] static const json::object* operation_of(const json::value* model,
                                                          std::string_view name) {
        const auto* operations =
            model != nullptr ? model->get_object().if_contains("operations") : nullptr;
        const auto* found = operations != nullptr && operations->is_object()
                                ? operations->get_object().if_contains(name)
                                : nullptr;
        return found != nullptr ? found->if_object() : nullptr;
    }

    [[nodiscard]] const json::object* owner_of(const std::string& name) const {
        if (const auto colon = name.find(':'); colon != std::string::npos) {
            return operation_of(items_.models.if_contains(name.substr(0, colon)),
                                std::string_view(name).substr(colon + 1));
        }
        for (const auto* section : {&items_.configs, &items_.models}) {
            if (const auto* found = section->if_contains(name)) {
                return &found->get_object();
            }
        }
        return operation_of(items_.models.if_contains(model_), name);
    }

    const char* section_;
    const std::string& model_;
    const guild_items& items_;
    std::vector<std::string> open_; // references on the way to the present one
};

} // namespace

result<json::object> with_includes(const json::object& entries, const char* section,
                                   const std::string& model, const guild_items& items) {
    return includer(section, model, items).resolve(entries);
}

} // namespace outrider
