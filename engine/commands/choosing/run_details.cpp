#include "engine/commands/choosing/run_details.hpp"

#include "engine/fleet/run_rows.hpp"
#include "engine/project/attribute_value.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/runs/opref.hpp"
#include "engine/text/natural_order.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

// Words of a command that read like numbers were written as text, but other programs may not care.
std::string text(const json::value& value) {
    if (const auto* string = value.if_string()) {
        return std::string(*string);
    }
    return value.is_null() ? std::string() : yaml_flow(value);
}

std::vector<std::string> texts(const json::value& value) {
    std::vector<std::string> out;
    if (const auto* items = value.if_array()) {
        for (const auto& item : *items) {
            out.push_back(text(item));
        }
    }
    return out;
}

const json::value& member(const json::value& value, const char* name) {
    static const json::value none;
    const auto* object = value.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    return found == nullptr ? none : *found;
}

std::vector<run_comment> comments_in(const json::value& value) {
    std::vector<run_comment> out;
    if (const auto* items = value.if_array()) {
        for (const auto& item : *items) {
            const auto& time = member(item, "time");
            out.push_back({.body = text(member(item, "body")),
                           .host = text(member(item, "host")),
                           .user = text(member(item, "user")),
                           .time_us = time.is_int64() ? time.get_int64() : 0});
        }
    }
    return out;
}

std::vector<dependency_shown> dependencies_in(const json::value& value) {
    std::vector<dependency_shown> out;
    const auto* resources = value.if_object();
    for (const auto& resource : resources == nullptr ? json::object() : *resources) {
        const auto* sources = resource.value().if_object();
        for (const auto& source : sources == nullptr ? json::object() : *sources) {
            out.push_back({.resource = std::string(resource.key()),
                           .source = std::string(source.key()),
                           .uri = text(member(source.value(), "uri")),
                           .paths = texts(member(source.value(), "paths")),
                           .config = text(member(source.value(), "config"))});
        }
    }
    std::ranges::sort(out, {}, [](const dependency_shown& each) {
        return std::pair(each.resource, each.source);
    });
    return out;
}

std::string origin(const std::string& opref_text) {
    const auto of = parse_opref(opref_text);
    if (!of) {
        return {};
    }
    const bool versioned = of->pkg_type == "package" || of->pkg_type == "builtin";
    return versioned ? of->pkg_name + "==" + of->version : of->pkg_name;
}

std::string flag_value(const json::value& value) {
    return value.is_string() ? yaml_flow(value) : format_flag(value);
}

} // namespace

std::vector<std::string> detail_attributes() {
    auto out = row_attributes();
    for (const char* name : {"cmd", "flags", "comments", "sourcecode_digest", "vcs_commit"}) {
        if (std::ranges::find(out, name) == out.end()) {
            out.emplace_back(name);
        }
    }
    return out;
}

std::vector<flag_shown> flags_in(std::string_view yaml) {
    std::vector<flag_shown> out;
    const auto value = read_yaml(yaml, "flags");
    const auto* flags = value ? value->if_object() : nullptr;
    if (flags == nullptr) {
        return out;
    }
    for (const auto& flag : *flags) {
        out.push_back({.name = std::string(flag.key()), .value = flag_value(flag.value())});
    }
    std::ranges::sort(out, natural_less, &flag_shown::name);
    return out;
}

void add_manifest(run_detail& detail, std::string_view manifest) {
    while (!manifest.empty()) {
        const auto end = std::min(manifest.find('\n'), manifest.size());
        const auto words = shell_split(manifest.substr(0, end));
        manifest.remove_prefix(std::min(end + 1, manifest.size()));
        if (!words || words->size() < 2) {
            continue;
        }
        if (words->front() == "s") {
            detail.manifest_sourcecode.push_back((*words)[1]);
        } else if (words->front() == "d") {
            detail.manifest_dependencies.push_back((*words)[1]);
        }
    }
    std::ranges::sort(detail.manifest_sourcecode, natural_less);
    std::ranges::sort(detail.manifest_dependencies, natural_less);
}

run_detail detail_of(const protocol::run_facts& facts) {
    run_detail out;
    out.row = row_of(facts);
    out.opref = facts.opref.substr(0, facts.opref.find('\n')); // without that of a proto
    out.from = origin(facts.opref);
    out.sourcecode_digest = text(attribute_value(facts, "sourcecode_digest"));
    out.vcs_commit = text(attribute_value(facts, "vcs_commit"));
    out.command = texts(attribute_value(facts, "cmd"));
    if (const auto flags = facts.attributes.find("flags"); flags != facts.attributes.end()) {
        out.flags = flags_in(flags->second);
    }
    out.comments = comments_in(attribute_value(facts, "comments"));
    const json::value environment = attribute_value(facts, "env");
    if (const auto* variables = environment.if_object()) {
        for (const auto& variable : *variables) {
            out.environment.emplace(variable.key(), text(variable.value()));
        }
    }
    out.dependencies = dependencies_in(attribute_value(facts, "deps"));
    out.plugins = texts(attribute_value(facts, "plugins"));
    if (const auto op = facts.attributes.find("op"); op != facts.attributes.end()) {
        out.op = op->second;
    }
    return out;
}

} // namespace outrider
