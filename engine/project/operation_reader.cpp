#include "engine/project/operation_reader.hpp"

#include "engine/project/flag_reader.hpp"
#include "engine/text/extends.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr int deepest_include = 16;

// `$include: NAME` takes the flags of a shared configuration or of another operation.
result<> collect_flags(const json::object& flags, const operation_surroundings& around, int depth,
                       json::object& into) {
    if (depth > deepest_include) {
        return failure(errc::bad_input, "flags: '$include' goes in a circle");
    }
    if (const auto* include = flags.if_contains("$include")) {
        for (const auto& item :
             include->is_array() ? include->get_array() : json::array{*include}) {
            const std::string name = item.is_string() ? std::string(item.get_string()) : "";
            const auto* source = around.configs.if_contains(name);
            source = source != nullptr ? source : around.operations.if_contains(name);
            if (source == nullptr || !source->is_object()) {
                return failure(errc::bad_input, "flags: '$include' names '" + name +
                                                    "', which is no config or operation here");
            }
            const auto* theirs = source->get_object().if_contains("flags");
            if (theirs != nullptr && theirs->is_object()) {
                if (auto got = collect_flags(theirs->get_object(), around, depth + 1, into); !got) {
                    return got;
                }
            }
        }
    }
    json::object own = flags;
    own.erase("$include");
    merge_object(into, own);
    return {};
}

result<std::vector<std::string>> read_names(const json::value& data, const std::string& key) {
    std::vector<std::string> out;
    for (const auto& name : data.is_array() ? data.get_array() : json::array{data}) {
        if (!name.is_string()) {
            return failure(errc::bad_input, key + ": expected names of flags");
        }
        out.emplace_back(name.get_string());
    }
    return out;
}

// The operation's own word counts before its model's.
result<> read_imports(const json::object& data, const json::object& model, flags_import& out) {
    const auto find = [&](const char* key) {
        const auto* own = data.if_contains(key);
        own = own != nullptr ? own : model.if_contains(key);
        return own != nullptr && !own->is_null() ? own : nullptr;
    };
    if (const auto* what = find("flags-import")) {
        out.said = true;
        const std::string word = what->is_string() ? std::string(what->get_string()) : "";
        if (what->is_bool() || word == "all" || word == "yes" || word == "no" || word == "off") {
            out.all = what->is_bool() ? what->get_bool() : word == "all" || word == "yes";
        } else if (auto names = read_names(*what, "flags-import"); names) {
            out.names = std::move(*names);
        } else {
            return failure(errc::bad_input, "flags-import must be all, no, or a list of flags");
        }
    }
    if (const auto* skipped = find("flags-import-skip")) {
        auto names = read_names(*skipped, "flags-import-skip");
        if (!names) {
            return names.error();
        }
        out.skip = std::move(*names);
    }
    return {};
}

result<> read_flags(const json::object& data, const operation_surroundings& around,
                    operation_def& out) {
    json::object flags;
    if (const auto* declared = data.if_contains("flags");
        declared != nullptr && !declared->is_null()) {
        if (!declared->is_object()) {
            return failure(errc::bad_input, "flags must be a mapping of names");
        }
        if (auto got = collect_flags(declared->get_object(), around, 0, flags); !got) {
            return got;
        }
    }
    if (auto read = read_imports(data, around.model_data, out.imports); !read) {
        return read.error();
    }
    for (const auto& member : flags) {
        auto flag = read_flag(std::string(member.key()), member.value());
        if (!flag) {
            return flag.error();
        }
        if (is_set(data, "default-flag-arg-skip") && !flag->written.contains("arg-skip")) {
            flag->arg_skip = true;
        }
        out.flags.push_back(std::move(*flag));
    }
    return {};
}

result<> read_command(const json::object& data, operation_def& out) {
    for (const char* key : {"steps", "notebook"}) {
        if (is_set(data, key)) {
            return failure(errc::unsupported, std::string("'") + key + "' is not supported yet");
        }
    }
    const auto* exec = data.if_contains("exec");
    if (exec != nullptr && exec->is_array()) {
        for (const auto& word : exec->get_array()) {
            out.exec.push_back(word.is_string() ? std::string(word.get_string())
                                                : text_of({{"word", word}}, "word"));
        }
    } else if (exec != nullptr && !exec->is_null()) {
        auto words = shell_split(text_of(data, "exec"));
        if (!words || words->empty()) {
            return failure(errc::bad_input, "exec is no command line: " + text_of(data, "exec") +
                                                (words ? "" : " (" + words.error().context + ")"));
        }
        out.exec = std::move(*words);
    }
    out.main = text_of(data, "main");
    if (out.main.empty() && out.exec.empty()) {
        // An operation that says nothing runs the module of its name.
        out.main = out.name;
        std::ranges::replace(out.main, '-', '_');
    }
    return {};
}

result<source_rule> read_rule_item(const json::value& item, bool include) {
    if (item.is_string()) {
        return source_rule{.include = include, .pattern = std::string(item.get_string())};
    }
    if (const auto* object = item.if_object(); object != nullptr && object->size() == 1) {
        const auto& member = *object->begin();
        const std::string type = member.key();
        const bool known = type == "text" || type == "binary" || type == "dir" || type == "any";
        if (known && member.value().is_string()) {
            return source_rule{.include = include,
                               .pattern = std::string(member.value().get_string()),
                               .type = type == "any" ? "" : type};
        }
    }
    return failure(errc::bad_input,
                   "sourcecode: a rule is a pattern, or one of text, binary, dir with a pattern");
}

result<> read_rules(const json::array& items, std::vector<source_rule>& into) {
    const bool only_patterns =
        !items.empty() && std::ranges::all_of(items, [](const auto& i) { return i.is_string(); });
    if (only_patterns) {
        // Patterns alone mean these files and no others.
        into.push_back({.include = false, .pattern = "*"});
    }
    for (const auto& item : items) {
        if (item.is_string()) {
            into.push_back({.include = true, .pattern = std::string(item.get_string())});
            continue;
        }
        const auto* object = item.if_object();
        if (object == nullptr || object->size() != 1) {
            return failure(errc::bad_input, "sourcecode: a rule is 'include:' or 'exclude:'");
        }
        const auto& member = *object->begin();
        if (member.key() != "include" && member.key() != "exclude") {
            return failure(errc::bad_input, "sourcecode: unknown rule '" +
                                                std::string(member.key()) +
                                                "' (expected include or exclude)");
        }
        const json::value& what = member.value();
        for (const auto& one : what.is_array() ? what.get_array() : json::array{what}) {
            auto rule = read_rule_item(one, member.key() == "include");
            if (!rule) {
                return rule.error();
            }
            into.push_back(std::move(*rule));
        }
    }
    return {};
}

bool stays_below(const std::string& path) {
    return !path.starts_with('/') && path != ".." && !path.starts_with("../") &&
           path.find("/../") == std::string::npos && !path.ends_with("/..");
}

result<operation_def> read_parts(const json::object& data, const operation_surroundings& around,
                                 operation_def out) {
    if (auto read = read_command(data, out); !read) {
        return read.error();
    }
    if (auto read = read_flags(data, around, out); !read) {
        return read.error();
    }
    for (const auto* source : {&around.model_data, &data}) {
        if (const auto* code = source->if_contains("sourcecode")) {
            if (auto read = read_sourcecode(*code, out.sourcecode); !read) {
                return read.error();
            }
        }
    }
    if (const auto* env = data.if_contains("env"); env != nullptr && !env->is_null()) {
        if (!env->is_object()) {
            return failure(errc::bad_input, "env must be a mapping of names");
        }
        out.env = env->get_object();
    }
    out.description = text_of(data, "description");
    out.is_default = is_set(data, "default");
    out.flags_dest = text_of(data, "flags-dest");
    out.label = text_of(data, "label");
    const auto* requires_value = data.if_contains("requires");
    out.requires_ = requires_value != nullptr ? *requires_value : json::value();
    if (const auto* resources = around.model_data.if_contains("resources");
        resources != nullptr && resources->is_object()) {
        out.resources = resources->get_object();
    }
    out.data = data;
    return out;
}

} // namespace

result<> read_sourcecode(const json::value& data, sourcecode_def& into) {
    if (data.is_null()) {
        return {};
    }
    if (data.is_bool()) {
        into.disabled = !data.get_bool();
        return {};
    }
    into.disabled = false;
    if (data.is_string()) {
        return read_rules({data}, into.rules);
    }
    if (data.is_array()) {
        return read_rules(data.get_array(), into.rules);
    }
    const auto* object = data.if_object();
    if (object == nullptr) {
        return failure(errc::bad_input, "sourcecode must be rules, a mapping, or 'no'");
    }
    if (auto root = text_of(*object, "root"); !root.empty()) {
        into.root = root;
    }
    if (auto dest = text_of(*object, "dest"); !dest.empty()) {
        if (!stays_below(dest)) {
            return failure(errc::bad_input, "sourcecode: dest must stay below the run: " + dest);
        }
        into.dest = dest;
    }
    const auto* select = object->if_contains("select");
    if (select == nullptr || select->is_null()) {
        return {};
    }
    if (select->is_bool()) {
        into.disabled = !select->get_bool();
        return {};
    }
    return read_rules(select->is_array() ? select->get_array() : json::array{*select}, into.rules);
}

const flag_def* operation_def::find_flag(const std::string& flag) const {
    const auto found = std::ranges::find(flags, flag, &flag_def::name);
    return found == flags.end() ? nullptr : &*found;
}

std::string operation_def::full_name() const {
    return model.empty() ? name : model + ":" + name;
}

result<operation_def> read_operation(const std::string& name, const json::value& data,
                                     const operation_surroundings& around) {
    json::object object;
    if (data.is_string()) {
        object["main"] = data;
    } else if (data.is_object()) {
        object = data.get_object();
    } else if (!data.is_null()) {
        return failure(errc::bad_input, "operation '" + name + "': expected a mapping");
    }
    auto out = read_parts(object, around, {.name = name, .model = around.model});
    if (!out) {
        return failure(out.error().code, "operation '" + name + "': " + out.error().context);
    }
    return out;
}

} // namespace outrider
