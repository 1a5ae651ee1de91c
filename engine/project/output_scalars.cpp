#include "engine/project/output_scalars.hpp"

#include "engine/scalars/line_pattern.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::size_t most_patterns = 100;

struct alias {
    std::string_view name;
    std::string_view meaning;
};
using alias_table = std::array<alias, 3>;
constexpr alias_table scalar_aliases{
    alias{R"(\key)", R"([_a-zA-Z]\S*)"},
    alias{R"(\value)", R"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf))"},
    alias{R"(\step)", R"([0-9]+)"},
};
constexpr alias_table attribute_aliases{
    alias{R"(\key)", R"([_a-zA-Z]\S*)"},
    alias{R"(\value)", R"(\S+)"},
    alias{R"(\step)", R"([0-9]+)"},
};

std::string without_aliases(std::string text, const alias_table& aliases) {
    for (const auto& [name, meaning] : aliases) {
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at)) {
            // Alternatives must not reach beyond the alias.
            const std::string whole = "(?:" + std::string(meaning) + ")";
            text.replace(at, name.size(), whole);
            at += whole.size();
        }
    }
    return text;
}

// `import keras.layers`, `from tensorflow.keras import …`, `import os, tensorflow as tf`.
bool imports_keras(std::string_view line) {
    const bool plain = line.starts_with("import ");
    if (!plain && !line.starts_with("from ")) {
        return false;
    }
    line.remove_prefix(line.find(' '));
    for (;;) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t,"), line.size()));
        if (line.starts_with("keras") || line.starts_with("tensorflow")) {
            return true;
        }
        const auto comma = line.find(',');
        if (!plain || comma == line.npos) {
            return false;
        }
        line.remove_prefix(comma);
    }
}

bool is_of_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// `model.fit(…)`, `fit (…)`; no `def fit(…)`.
bool calls_function(std::string_view line, std::string_view name) {
    if (line.starts_with("def ")) {
        return false;
    }
    for (auto at = line.find(name); at != line.npos; at = line.find(name, at + 1)) {
        const auto after = line.find_first_not_of(" \t", at + name.size());
        if ((at == 0 || !is_of_name(line[at - 1])) && after != line.npos && line[after] == '(') {
            return true;
        }
    }
    return false;
}

class rule_reader {
  public:
    rule_reader(const char* key, const alias_table& aliases, protocol::output_scalar_rules& out,
                std::vector<std::string>& notes)
        : key_(key), aliases_(aliases), out_(out), notes_(notes) {}

    void read(const json::value& config) {
        if (const auto* list = config.if_array()) {
            for (const auto& item : *list) {
                read_item(item);
            }
        } else {
            read_item(config);
        }
    }

  private:
    void read_item(const json::value& item) {
        if (const auto* named = item.if_object()) {
            // In Guild's order, which a person sees who tries them.
            std::map<std::string, json::value> sorted;
            for (const auto& each : *named) {
                sorted.emplace(each.key(), each.value());
            }
            for (const auto& each : sorted) {
                if (const auto* pattern = each.second.if_string()) {
                    add(each.first, std::string(*pattern));
                } else {
                    notes_.push_back(key_ + ": the pattern of '" + each.first +
                                     "' is no text; it is left out");
                }
            }
        } else if (const auto* pattern = item.if_string()) {
            add("", std::string(*pattern));
        } else {
            notes_.push_back(key_ + ": an item is neither a pattern nor a mapping of names to "
                                    "patterns; it is left out");
        }
    }

    void add(std::string name, const std::string& text) {
        std::string pattern = without_aliases(text, aliases_);
        if (auto compiled = line_pattern::compile(pattern); !compiled) {
            notes_.push_back(key_ + ": '" + text + "' cannot be used: " + compiled.error().context);
        } else if (out_.patterns.size() < most_patterns) {
            out_.patterns.push_back({.name = std::move(name), .pattern = std::move(pattern)});
        }
    }

    const std::string key_;
    const alias_table& aliases_;
    protocol::output_scalar_rules& out_;
    std::vector<std::string>& notes_;
};

protocol::output_scalar_rules rules_of(const json::value& config,
                                       const std::vector<std::string>& flags, bool attributes,
                                       std::vector<std::string>& notes) {
    protocol::output_scalar_rules out;
    if (config.is_null()) {
        out.ignored = flags;
        return out;
    }
    out.defaults = false;
    if (config != json::value(false)) {
        rule_reader(attributes ? "output-attrs" : "output-scalars",
                    attributes ? attribute_aliases : scalar_aliases, out, notes)
            .read(config);
    }
    return out;
}

} // namespace

protocol::output_scalar_rules output_scalar_rules_of(const json::value& config,
                                                     const std::vector<std::string>& flags,
                                                     std::vector<std::string>& notes) {
    return rules_of(config, flags, false, notes);
}

protocol::output_scalar_rules output_attribute_rules_of(const json::value& config,
                                                        const std::vector<std::string>& flags,
                                                        std::vector<std::string>& notes) {
    return rules_of(config, flags, true, notes);
}

void add_keras_patterns(protocol::output_scalar_rules& rules) {
    if (!rules.defaults) {
        return;
    }
    for (const char* pattern :
         {R"(Epoch (?P<step>[0-9]+))", R"( - ([a-z_]+): (\value))",
          R"(Test loss: (?P<test_loss>\value))", R"(Test accuracy: (?P<test_accuracy>\value))"}) {
        rules.patterns.push_back({.name = {}, .pattern = without_aliases(pattern, scalar_aliases)});
    }
}

bool trains_by_keras(std::string_view source) {
    bool imports = false;
    bool calls = false;
    while (!source.empty() && !(imports && calls)) {
        auto line = source.substr(0, source.find('\n'));
        source.remove_prefix(std::min(source.size(), line.size() + 1));
        line = line.substr(0, line.find('#'));
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        imports = imports || imports_keras(line);
        calls = calls || calls_function(line, "fit") || calls_function(line, "predict");
    }
    return imports && calls;
}

std::vector<std::string> default_scalar_patterns() {
    return {
        without_aliases(R"(^\key:\s+\value\s+\((?:step\s+)?(?P<step>\step)\)$)", scalar_aliases),
        without_aliases(R"(^(\key):\s+(\value)(?:\s+\(.*\))?$)", scalar_aliases)};
}

std::vector<std::string> default_attribute_patterns() {
    return {without_aliases(R"(^(\key):\s+(\value)$)", attribute_aliases)};
}

} // namespace outrider
