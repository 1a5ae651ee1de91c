#include "engine/project/output_scalars.hpp"

#include "engine/scalars/line_pattern.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::size_t most_patterns = 100;

struct alias {
    std::string_view name;
    std::string_view meaning;
};
constexpr std::array aliases{
    alias{R"(\key)", R"([^ \t]+)"},
    alias{R"(\value)", R"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf))"},
    alias{R"(\step)", R"([0-9]+)"},
};

std::string without_aliases(std::string text) {
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

class rule_reader {
  public:
    rule_reader(protocol::output_scalar_rules& out, std::vector<std::string>& notes)
        : out_(out), notes_(notes) {}

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
            for (const auto& each : *named) {
                if (const auto* pattern = each.value().if_string()) {
                    add(std::string(each.key()), std::string(*pattern));
                } else {
                    notes_.push_back("output-scalars: the pattern of '" + std::string(each.key()) +
                                     "' is no text; it is left out");
                }
            }
        } else if (const auto* pattern = item.if_string()) {
            add("", std::string(*pattern));
        } else {
            notes_.emplace_back("output-scalars: an item is neither a pattern nor a mapping of "
                                "names to patterns; it is left out");
        }
    }

    void add(std::string name, const std::string& text) {
        std::string pattern = without_aliases(text);
        if (auto compiled = line_pattern::compile(pattern); !compiled) {
            notes_.push_back("output-scalars: '" + text +
                             "' cannot be used: " + compiled.error().context);
        } else if (out_.patterns.size() < most_patterns) {
            out_.patterns.push_back({.name = std::move(name), .pattern = std::move(pattern)});
        }
    }

    protocol::output_scalar_rules& out_;
    std::vector<std::string>& notes_;
};

} // namespace

protocol::output_scalar_rules output_scalar_rules_of(const json::value& config,
                                                     const std::vector<std::string>& flags,
                                                     std::vector<std::string>& notes) {
    protocol::output_scalar_rules out;
    if (config.is_null()) {
        out.ignored = flags;
        return out;
    }
    out.defaults = false;
    if (config != json::value(false)) {
        rule_reader(out, notes).read(config);
    }
    return out;
}

} // namespace outrider
