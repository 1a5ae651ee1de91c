#include "engine/project/resource.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/text/references.hpp"
#include "engine/text/shell_words.hpp"
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

// Every word that a source may have besides those of its kind.
constexpr std::string_view source_words[] = {
    "name",     "flag-name",     "select",        "select-min",       "select-max",
    "rename",   "target-path",   "path",          "target-type",      "preserve-path",
    "optional", "warn-if-empty", "fail-if-empty", "replace-existing", "always-resolve",
    "unpack",   "type",          "sha256",        "params",           "post-process",
    "help",     "description"};

failure bad(const std::string& what) {
    return {errc::bad_input, "invalid dependency: " + what};
}

json::array sources_of(const json::value& value) {
    return value.is_array() ? value.get_array() : json::array{value};
}

// One text, or a list of them.
result<std::vector<std::string>> texts(const json::object& data, const char* key) {
    std::vector<std::string> out;
    const auto* value = data.if_contains(key);
    if (value == nullptr || value->is_null()) {
        return out;
    }
    for (const auto& item : sources_of(*value)) {
        if (!item.is_string()) {
            return bad(std::string(key) + " must be text or a list of texts");
        }
        out.emplace_back(item.get_string());
    }
    return out;
}

// `PATTERN REPLACEMENT` in the words of a shell, or one word that is the new name.
result<protocol::path_rename> rename_in_words(const std::string& text) {
    const auto words = shell_split(text);
    if (!words || words->empty() || words->size() > 2) {
        return bad("rename must be 'NAME' or 'PATTERN REPLACEMENT': " + text);
    }
    if (words->size() == 1) {
        return protocol::path_rename{.pattern = "", .replacement = words->front()};
    }
    return protocol::path_rename{.pattern = words->front(), .replacement = words->back()};
}

result<std::vector<protocol::path_rename>> renames(const json::object& data) {
    std::vector<protocol::path_rename> out;
    const auto* value = data.if_contains("rename");
    if (value == nullptr || value->is_null()) {
        return out;
    }
    for (const auto& item : sources_of(*value)) {
        if (item.is_string()) {
            auto rule = rename_in_words(std::string(item.get_string()));
            if (!rule) {
                return rule.error();
            }
            out.push_back(std::move(*rule));
            continue;
        }
        const auto* object = item.if_object();
        const std::string pattern = object != nullptr ? text_of(*object, "pattern") : "";
        if (pattern.empty()) {
            return bad("rename needs a pattern");
        }
        out.push_back({.pattern = pattern, .replacement = text_of(*object, "repl")});
    }
    return out;
}

bool flag_of(const json::object& data, const char* key, bool otherwise) {
    const auto* value = data.if_contains(key);
    return value == nullptr || value->is_null() ? otherwise : is_set(data, key);
}

json::object data_of_text(const std::string& text) {
    if (text.starts_with("http://") || text.starts_with("https://")) {
        return {{"url", json::string(text)}};
    }
    for (const auto& [key, kind] : kinds) {
        if (text.starts_with(std::string(key) + ":")) {
            return {{key, json::string(text.substr(key.size() + 1))}};
        }
    }
    return {{"file", json::string(text)}};
}

bool names_source(const std::string& text) {
    return !data_of_text(text).contains("file") || text.starts_with("file:");
}

std::string_view source_key(const json::object& data) {
    for (const auto& [key, kind] : kinds) {
        if (data.contains(key)) {
            return key;
        }
    }
    return {};
}

// The flag that another run, or another file, may be given by.
std::string flag_name_of(const resource_source& source, const json::object& data) {
    if (source.kind == source_kind::url || source.kind == source_kind::module) {
        return {};
    }
    const auto* declared = data.if_contains("flag-name");
    if (declared != nullptr && declared->is_string()) {
        return std::string(declared->get_string());
    }
    const bool switched_off = declared != nullptr && declared->is_bool() && !declared->get_bool();
    if (source.kind != source_kind::operation || switched_off) {
        return {};
    }
    const std::string name = text_of(data, "name");
    return name.empty() ? source.uri() : name;
}

result<> read_choice(const json::object& data, protocol::entry_choice& into) {
    struct word {
        const char* key;
        protocol::choice_rule rule;
    };
    for (const auto& [key, rule] : {word{"select", protocol::choice_rule::every},
                                    word{"select-min", protocol::choice_rule::lowest},
                                    word{"select-max", protocol::choice_rule::highest}}) {
        auto patterns = texts(data, key);
        if (!patterns) {
            return patterns.error();
        }
        if (!patterns->empty()) {
            into.select = std::move(*patterns);
            into.rule = rule;
        }
    }
    auto rename = renames(data);
    if (!rename) {
        return rename.error();
    }
    into.rename = std::move(*rename);
    into.target_path = text_of(data, "target-path");
    if (into.target_path.empty()) {
        into.target_path = text_of(data, "path");
    }
    return {};
}

/// Reads what one operation requires, and notes what is odd about it.
class requirement_reader {
  public:
    requirement_reader(const operation_def& op, const std::vector<std::string>& typed)
        : op_(op), typed_(typed) {}

    result<resource_def> requirement(const json::value& item) {
        if (item.is_string()) {
            const std::string text = with_flags(std::string(item.get_string()));
            if (op_.resources.contains(text) || !names_source(text)) {
                return named_resource(text);
            }
            return in_place("", data_of_text(text));
        }
        const auto* object = item.if_object();
        if (object == nullptr) {
            return bad("expected a resource or a source");
        }
        if (object->contains("resource")) {
            return named_resource(with_flags(text_of(*object, "resource")));
        }
        return in_place(object->contains("sources") ? text_of(*object, "name") : "", *object);
    }

    std::vector<std::string> warnings() { return std::move(warnings_); }

  private:
    std::string with_flags(const std::string& text) const {
        return resolve_references(text, [&](const std::string& name) -> std::optional<std::string> {
            for (const auto& word : typed_) {
                if (word.starts_with(name + "=")) {
                    return word.substr(name.size() + 1);
                }
            }
            const auto* flag = op_.find_flag(name);
            return flag != nullptr ? std::optional(argument_text(flag->default_value))
                                   : std::nullopt;
        });
    }

    result<resource_def> named_resource(const std::string& text) {
        // `MODEL:NAME` of its own model is the same.
        const std::string own = op_.model + ":";
        const std::string name =
            !op_.model.empty() && text.starts_with(own) ? text.substr(own.size()) : text;
        const auto* found = op_.resources.if_contains(name);
        if (found == nullptr) {
            warnings_.push_back("cannot find resource definition for dependency " + text);
            return failure(errc::bad_input, "invalid definition for operation '" + op_.full_name() +
                                                "': resource '" + text +
                                                "' required by operation '" + op_.full_name() +
                                                "' is not defined");
        }
        return in_place(name, *found);
    }

    result<resource_def> in_place(const std::string& name, const json::value& data) {
        resource_def out{.name = name};
        const auto* object = data.if_object();
        const auto* sources = object != nullptr ? object->if_contains("sources") : nullptr;
        if (sources != nullptr) {
            out.location = text_of(*object, "location");
        }
        for (const auto& item : sources_of(sources != nullptr ? *sources : data)) {
            const auto* mapping = item.if_object();
            json::object all = mapping != nullptr
                                   ? *mapping
                                   : data_of_text(item.is_string() ? std::string(item.get_string())
                                                                   : std::string());
            if (sources != nullptr) {
                inherit(*object, all);
            }
            auto source = read_source(std::move(all), name);
            if (!source) {
                return source.error();
            }
            out.sources.push_back(std::move(*source));
        }
        for (const auto& source : out.sources) {
            if (name.empty()) {
                out.name += (out.name.empty() ? "" : ",") + source.name;
            }
        }
        return out;
    }

    // What the resource says for all its sources.
    static void inherit(const json::object& resource, json::object& source) {
        const auto take = [&](const char* key, const char* as) {
            const auto* value = resource.if_contains(key);
            if (value != nullptr && !value->is_null() && !source.contains(as)) {
                source[as] = *value;
            }
        };
        if (!source.contains("path")) {
            take("target-path", "target-path");
            take("path", "target-path");
        }
        take("target-type", "target-type");
        take("default-unpack", "unpack");
    }

    result<resource_source> read_source(json::object data, const std::string& resource) {
        const auto key = source_key(data);
        if (data.contains("dvcfile")) {
            return failure(errc::unsupported, "dependencies: 'dvcfile' is not there yet");
        }
        if (key.empty()) {
            return bad("a source needs one of file, url, config, module or operation");
        }
        resource_source out{.what = text_of(data, key)};
        out.kind = std::ranges::find(kinds, key, &kind_name::key)->kind;
        if (out.what.empty()) {
            return bad("a source of '" + resource + "' names nothing");
        }
        out.flag_name = flag_name_of(out, data);
        out.name = text_of(data, "name");
        if (out.name.empty()) {
            out.name = out.flag_name.empty() ? out.uri() : out.flag_name;
        }
        warn_of(data, key, resource.empty() ? out.name : resource, out);
        if (auto read = read_details(data, out); !read) {
            return read.error();
        }
        out.data = std::move(data);
        return out;
    }

    void warn_of(const json::object& data, std::string_view kind, const std::string& resource,
                 const resource_source& source) {
        if (!text_of(data, "target-path").empty() && !text_of(data, "path").empty()) {
            warnings_.push_back("target-path and path both specified for source " + source.name +
                                " - using target-path");
        }
        for (const auto& member : data) {
            const std::string_view word = member.key();
            if (word != kind &&
                std::ranges::find(source_words, word) == std::ranges::end(source_words)) {
                warnings_.push_back("unexpected source attribute '" + std::string(word) +
                                    "' in resource '" + resource + "'");
            }
        }
    }

    static result<> read_details(const json::object& data, resource_source& into) {
        if (auto read = read_choice(data, into.choice); !read) {
            return read;
        }
        into.target_type = text_of(data, "target-type");
        if (const auto* unpack = data.if_contains("unpack"); unpack && unpack->is_bool()) {
            into.unpack = unpack->get_bool();
        }
        into.type = text_of(data, "type");
        into.sha256 = text_of(data, "sha256");
        into.preserve_path = is_set(data, "preserve-path");
        into.optional = is_set(data, "optional");
        into.warn_if_empty = flag_of(data, "warn-if-empty", true);
        into.fail_if_empty = is_set(data, "fail-if-empty");
        into.replace_existing = is_set(data, "replace-existing");
        into.always_resolve = is_set(data, "always-resolve");
        into.help = text_of(data, "help");
        if (const auto* params = data.if_contains("params"); params && params->is_object()) {
            into.params = params->get_object();
        }
        if (is_set(data, "post-process")) {
            return failure(errc::unsupported, "dependencies: 'post-process' is not supported");
        }
        return {};
    }

    const operation_def& op_;
    const std::vector<std::string>& typed_;
    std::vector<std::string> warnings_;
};

} // namespace

std::string resource_source::uri() const {
    if (kind == source_kind::url) {
        return what;
    }
    const auto same = std::ranges::find(kinds, kind, &kind_name::kind);
    return std::string(same->key) + ":" + what;
}

result<std::vector<resource_def>> read_requirements(const operation_def& op,
                                                    const std::vector<std::string>& typed) {
    std::vector<resource_def> out;
    if (op.requires_.is_null()) {
        return out;
    }
    requirement_reader reader(op, typed);
    for (const auto& item : sources_of(op.requires_)) {
        auto read = reader.requirement(item);
        if (!read) {
            return read.error();
        }
        out.push_back(std::move(*read));
    }
    return out;
}

std::vector<std::string> resource_warnings(const guild_file& file) {
    std::vector<std::string> out;
    const std::vector<std::string> nothing_typed;
    for (const auto& op : file.operations) {
        if (op.requires_.is_null()) {
            continue;
        }
        requirement_reader reader(op, nothing_typed);
        for (const auto& item : sources_of(op.requires_)) {
            std::ignore = reader.requirement(item); // refused where the operation is run
        }
        for (auto& text : reader.warnings()) {
            if (std::ranges::find(out, text) == out.end()) {
                out.push_back(std::move(text));
            }
        }
    }
    return out;
}

} // namespace outrider
