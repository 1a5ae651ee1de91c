#include "engine/project/sourcecode_reader.hpp"

#include "engine/project/project_failure.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

json::array as_list(const json::value& value) {
    return value.is_array() ? value.get_array() : json::array{value};
}

/// Reads what selects files, rule by rule.
class rule_list {
  public:
    explicit rule_list(sourcecode_def& into) : into_(into) {}

    result<> read(const json::value& data) {
        if (data.is_null() || data == json::value(true)) {
            return {};
        }
        if (data == json::value(false) || (data.is_array() && data.get_array().empty())) {
            add(false, "*");
            into_.disabled = true;
            return {};
        }
        if (!data.is_string() && !data.is_array() && !data.is_object()) {
            return project_failure("invalid select files spec " + python_repr(data) +
                                   ": expected a string, list, or mapping");
        }
        into_.disabled = false;
        const json::array items = as_list(data);
        if (std::ranges::all_of(items, [](const auto& item) { return item.is_string(); })) {
            add(false, "*"); // patterns alone mean these files and no others
        }
        for (const auto& item : items) {
            if (auto read_it = read_item(item); !read_it) {
                return read_it;
            }
        }
        return {};
    }

  private:
    void add(bool include, std::string pattern, std::string type = "") {
        into_.rules.push_back(
            {.include = include, .pattern = std::move(pattern), .type = std::move(type)});
    }

    result<> read_item(const json::value& item) {
        if (item.is_string()) {
            add(true, std::string(item.get_string()));
            return {};
        }
        const auto* object = item.if_object();
        if (object == nullptr) {
            return project_failure("invalid sourcecode " + python_repr(item) +
                                   ": expected a string or mapping");
        }
        const auto* include = object->if_contains("include");
        const auto* exclude = object->if_contains("exclude");
        if (include != nullptr && exclude != nullptr) {
            return project_failure("invalid file select spec " + python_repr(item) +
                                   ": cannot include both include and exclude - use multiple "
                                   "select specs in the order you want to apply the filters");
        }
        if (include == nullptr && exclude == nullptr) {
            return project_failure("unsupported file select spec: " + python_repr(item));
        }
        return read_patterns(include != nullptr ? *include : *exclude, include != nullptr);
    }

    result<> read_patterns(const json::value& what, bool include) {
        for (const auto& one : as_list(what)) {
            if (one.is_string()) {
                add(include, std::string(one.get_string()));
                continue;
            }
            const auto* typed = one.if_object();
            if (typed == nullptr) {
                return project_failure("unsupported file select spec: " + python_repr(one));
            }
            for (const auto& member : *typed) {
                const std::string type = member.key();
                if (type != "text" && type != "binary" && type != "dir" && type != "any") {
                    return project_failure("unsupported file select spec: " + python_repr(one));
                }
                for (const auto& pattern : as_list(member.value())) {
                    if (!pattern.is_string()) {
                        return project_failure("unsupported file select spec: " + python_repr(one));
                    }
                    add(include, std::string(pattern.get_string()), type == "any" ? "" : type);
                }
            }
        }
        return {};
    }

    sourcecode_def& into_;
};

bool stays_in_run(const std::string& path) {
    return !path.starts_with('/') && path != ".." && !path.starts_with("../") &&
           path.find("/../") == std::string::npos && !path.ends_with("/..");
}

} // namespace

result<> read_sourcecode(const json::value& data, sourcecode_def& into) {
    rule_list rules(into);
    const auto* object = data.if_object();
    if (object == nullptr || object->contains("include") || object->contains("exclude")) {
        return rules.read(data);
    }
    if (auto root = text_of(*object, "root"); !root.empty()) {
        into.root = root;
    }
    if (auto dest = text_of(*object, "dest"); !dest.empty()) {
        if (!stays_in_run(dest)) {
            return failure(errc::bad_input, "sourcecode: dest must stay below the run: " + dest);
        }
        into.dest = dest;
    }
    if (const auto* digest = object->if_contains("digest"); digest && !digest->is_null()) {
        into.digest = is_set(*object, "digest");
    }
    const auto* select = object->if_contains("select");
    return select != nullptr ? rules.read(*select) : result<>();
}

} // namespace outrider
