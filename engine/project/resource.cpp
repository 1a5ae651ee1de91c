#include "engine/project/resource.hpp"

#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

struct kind_name {
    std::string_view key;
    source_kind kind;
};
constexpr kind_name kinds[] = {{"file", source_kind::file},
                               {"url", source_kind::url},
                               {"config", source_kind::config},
                               {"module", source_kind::module},
                               {"operation", source_kind::operation}};

failure bad(const std::string& what) {
    return {errc::bad_input, "invalid dependency: " + what};
}

// One text, or a list of them.
result<std::vector<std::string>> texts(const json::object& data, const char* key) {
    std::vector<std::string> out;
    const auto* value = data.if_contains(key);
    if (value == nullptr || value->is_null()) {
        return out;
    }
    for (const auto& item : value->is_array() ? value->get_array() : json::array{*value}) {
        if (!item.is_string()) {
            return bad(std::string(key) + " must be text or a list of texts");
        }
        out.emplace_back(item.get_string());
    }
    return out;
}

result<std::vector<protocol::path_rename>> renames(const json::object& data) {
    std::vector<protocol::path_rename> out;
    const auto* value = data.if_contains("rename");
    if (value == nullptr || value->is_null()) {
        return out;
    }
    for (const auto& item : value->is_array() ? value->get_array() : json::array{*value}) {
        protocol::path_rename rule;
        if (item.is_string()) {
            const std::string text(item.get_string());
            const auto space = text.find(' ');
            if (space == std::string::npos) {
                return bad("rename must be 'PATTERN REPLACEMENT': " + text);
            }
            rule = {.pattern = text.substr(0, space),
                    .replacement = text.substr(text.find_first_not_of(' ', space))};
        } else if (const auto* object = item.if_object()) {
            rule = {.pattern = text_of(*object, "pattern"),
                    .replacement = text_of(*object, "repl")};
        }
        if (rule.pattern.empty()) {
            return bad("rename needs a pattern");
        }
        out.push_back(std::move(rule));
    }
    return out;
}

std::optional<bool> choice(const json::object& data, const char* key) {
    const auto* value = data.if_contains(key);
    return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

result<resource_source> source_from_text(const std::string& text) {
    if (text.starts_with("http://") || text.starts_with("https://")) {
        return resource_source{.kind = source_kind::url, .what = text};
    }
    for (const auto& [key, kind] : kinds) {
        if (text.starts_with(std::string(key) + ":")) {
            return resource_source{.kind = kind, .what = text.substr(key.size() + 1)};
        }
    }
    return bad("'" + text +
               "' is not a source: use file:PATH, operation:NAME, url:ADDRESS, "
               "config:PATH or module:NAME");
}

std::string_view source_key(const json::object& data) {
    for (const auto& [key, kind] : kinds) {
        if (data.contains(key)) {
            return key;
        }
    }
    return {};
}

result<> read_details(const json::object& data, resource_source& into) {
    auto select = texts(data, "select");
    auto rename = renames(data);
    if (!select || !rename) {
        return select ? rename.error() : select.error();
    }
    into.select = std::move(*select);
    into.rename = std::move(*rename);
    into.target_path = text_of(data, "target-path");
    if (into.target_path.empty()) {
        into.target_path = text_of(data, "path");
    }
    into.target_type = text_of(data, "target-type");
    into.unpack = choice(data, "unpack");
    into.sha256 = text_of(data, "sha256");
    into.warn_if_empty = choice(data, "warn-if-empty").value_or(true);
    into.fail_if_empty = choice(data, "fail-if-empty").value_or(false);
    if (!into.target_type.empty() && into.target_type != "link" && into.target_type != "copy") {
        return bad("target-type must be link or copy: " + into.target_type);
    }
    if (data.contains("post-process")) {
        return failure(errc::unsupported, "dependencies: 'post-process' is not supported");
    }
    return {};
}

result<resource_source> read_source(const json::value& data) {
    if (data.is_string()) {
        return source_from_text(std::string(data.get_string()));
    }
    const auto* object = data.if_object();
    const auto key = object != nullptr ? source_key(*object) : std::string_view();
    if (key.empty()) {
        return bad("a source needs one of file, url, config, module or operation");
    }
    resource_source out{.what = text_of(*object, std::string(key).c_str()),
                        .name = text_of(*object, "name")};
    out.kind = std::ranges::find(kinds, key, &kind_name::key)->kind;
    if (auto read = read_details(*object, out); !read) {
        return read.error();
    }
    return out;
}

result<resource_def> finish(resource_def def) {
    for (auto& source : def.sources) {
        if (source.what.empty()) {
            return bad("a source of '" + def.name + "' names nothing");
        }
        if (source.name.empty()) {
            source.name = source.uri();
        }
    }
    if (def.name.empty() && !def.sources.empty()) {
        def.name = def.sources.front().name;
    }
    if (def.flag_name.empty()) {
        def.flag_name = def.name;
    }
    return def;
}

result<resource_def> read_resource(const std::string& name, const json::value& data) {
    resource_def out{.name = name};
    const auto* object = data.if_object();
    const auto* sources = object != nullptr ? object->if_contains("sources") : nullptr;
    if (object != nullptr) {
        out.flag_name = text_of(*object, "flag-name");
    }
    const json::value& all = sources != nullptr ? *sources : data;
    const std::string target =
        sources != nullptr ? text_of(*object, "target-path") + text_of(*object, "path") : "";
    for (const auto& item : all.is_array() ? all.get_array() : json::array{all}) {
        auto source = read_source(item);
        if (!source) {
            return source.error();
        }
        if (source->target_path.empty()) {
            source->target_path = target;
        }
        out.sources.push_back(std::move(*source));
    }
    return finish(std::move(out));
}

result<resource_def> named_resource(const operation_def& op, std::string name) {
    // `MODEL:NAME` of its own model is the same.
    if (!op.model.empty() && name.starts_with(op.model + ":")) {
        name.erase(0, op.model.size() + 1);
    }
    const auto* found = op.resources.if_contains(name);
    if (found == nullptr) {
        return bad("resource '" + name + "' is not defined for operation '" + op.full_name() + "'");
    }
    return read_resource(name, *found);
}

result<resource_def> read_requirement(const operation_def& op, const json::value& item) {
    if (item.is_string()) {
        const std::string text(item.get_string());
        auto source = source_from_text(text);
        return source ? finish({.sources = {std::move(*source)}}) : named_resource(op, text);
    }
    const auto* object = item.if_object();
    if (object != nullptr && object->contains("resource")) {
        return named_resource(op, text_of(*object, "resource"));
    }
    auto read = read_resource(object != nullptr ? text_of(*object, "name") : "", item);
    return read;
}

} // namespace

std::string resource_source::uri() const {
    if (kind == source_kind::url) {
        return what;
    }
    const auto same = std::ranges::find(kinds, kind, &kind_name::kind);
    return std::string(same->key) + ":" + what;
}

result<std::vector<resource_def>> read_requirements(const operation_def& op) {
    std::vector<resource_def> out;
    const auto& wanted = op.requires_;
    if (wanted.is_null()) {
        return out;
    }
    for (const auto& item : wanted.is_array() ? wanted.get_array() : json::array{wanted}) {
        auto read = read_requirement(op, item);
        if (!read) {
            return failure(read.error().code,
                           "operation '" + op.full_name() + "': " + read.error().context);
        }
        out.push_back(std::move(*read));
    }
    return out;
}

void set_operation(protocol::dependency& of, std::string_view text) {
    if (const auto slash = text.rfind('/'); slash != text.npos) {
        of.package = std::string(text.substr(0, slash));
        text.remove_prefix(slash + 1);
    }
    if (const auto colon = text.find(':'); colon != text.npos) {
        of.has_model = true;
        of.model = std::string(text.substr(0, colon));
        text.remove_prefix(colon + 1);
    }
    of.name = std::string(text);
}

} // namespace outrider
