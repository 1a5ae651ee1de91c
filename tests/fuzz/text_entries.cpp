#include "engine/commands/editing/edit_rules.hpp"
#include "engine/commands/following/since_text.hpp"
#include "engine/commands/looking/path_pattern.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/opref.hpp"
#include "engine/runs/run_arguments.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"
#include "tests/fuzz/entry_points.hpp"
#include "transports/ssh/known_hosts.hpp"
#include "transports/ssh/ssh_remote.hpp"
#include "transports/ssh/user_config.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace outrider::fuzz {
namespace {

// yaml-cpp reads a quoted text of nothing but line feeds as an empty one.
bool has_text_of_line_feeds(const boost::json::value& value) {
    const auto only = [](const auto& text) {
        return !text.empty() && std::ranges::all_of(text, [](char c) { return c == '\n'; });
    };
    if (const auto* text = value.if_string()) {
        return only(*text);
    }
    if (const auto* items = value.if_array()) {
        return std::ranges::any_of(*items, has_text_of_line_feeds);
    }
    const auto* members = value.if_object();
    return members != nullptr && std::ranges::any_of(*members, [&](const auto& member) {
               return only(member.key()) || has_text_of_line_feeds(member.value());
           });
}

} // namespace

void known_hosts(std::string_view bytes) {
    const auto records = ssh::parse_known_hosts(bytes, "known_hosts");
    for (const auto& record : records) {
        std::ignore = ssh::fingerprint(record.key); // any text is a key to it
        const auto verdict = ssh::judge_host_key({record}, "host", record.type, record.key);
        require(verdict.what != ssh::host_key_verdict::kind::changed,
                "a key on record does not differ from itself");
    }
    std::ignore = ssh::recorded_types(records, "host");
}

void user_config(std::string_view bytes) {
    std::ignore = ssh::parse_user_config(
        bytes, {.home = "/home/somebody", .real_home = "/root", .asked_host = "host"});
}

void yaml(std::string_view bytes) {
    const auto value = read_yaml(bytes, "fuzz");
    if (!value) {
        require(value.error().context.starts_with("fuzz"), "an error names the file");
        return;
    }
    // Bytes that are no UTF-8 are written as PyYAML does, by escapes that yaml-cpp does not read.
    if (std::ranges::all_of(bytes, [](unsigned char c) { return c < 0x80; })) {
        const auto again = read_yaml(yaml_text(*value), "again");
        require(again.has_value() && (*again == *value || has_text_of_line_feeds(*value)),
                "a value survives a file");
    }
}

void words(std::string_view bytes) {
    const std::string text(bytes);
    if (const auto split = shell_split(text)) {
        std::string quoted;
        for (const auto& word : *split) {
            quoted += (quoted.empty() ? "" : " ") + shell_quote(word);
        }
        require(shell_split(quoted).value() == *split, "quoted words come back");
    }
    if (auto ref = parse_opref(text)) {
        ref->proto.clear(); // is found in a run, and never written with it
        const auto again = parse_opref(format_opref(*ref));
        require(again.has_value() && operation_text(*again) == operation_text(*ref),
                "an opref comes back");
    }
    remote spelled_out;
    std::ignore = ssh_remote_type().read_inline(text, spelled_out);
    static const std::vector<std::string> ids{"abc", "abd", "fff"};
    std::ignore = select_runs(ids, std::vector{text});
    const auto manifest = parse_manifest(text);
    for (const auto& path : manifest.dependencies) {
        require(covers(manifest.dependencies, path + "/below"), "a directory covers what is in it");
    }
    std::ignore = parse_since(text, 0);
    if (const auto value = read_yaml(bytes, "fuzz")) {
        std::ignore = comments_of(*value);
        std::ignore = strings_of(*value);
    }
}

} // namespace outrider::fuzz
