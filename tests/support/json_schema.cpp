#include "tests/support/json_schema.hpp"

#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace outrider::testing {
namespace {

namespace json = boost::json;

const json::object& definitions() {
    static const json::value schema =
        json::parse(read_file(OUTRIDER_SOURCE_DIR "/cli/schema/outrider-1.json"));
    return schema.at("$defs").as_object();
}

bool has_type(const json::value& value, std::string_view type) {
    return type == "null"      ? value.is_null()
           : type == "boolean" ? value.is_bool()
           : type == "integer" ? value.is_int64()
           : type == "number"  ? value.is_number()
           : type == "string"  ? value.is_string()
           : type == "array"   ? value.is_array()
           : type == "object"  ? value.is_object()
                               : throw std::invalid_argument("unknown type in the schema");
}

bool has_one_type(const json::value& value, const json::value& types) {
    if (types.is_string()) {
        return has_type(value, types.get_string());
    }
    return std::ranges::any_of(types.as_array(),
                               [&](const auto& each) { return has_type(value, each.as_string()); });
}

class checker {
  public:
    explicit checker(const json::object& known) : definitions_(known) {}

    std::string problems;

    void check(const json::value& value, const json::object& schema, const std::string& place) {
        for (const auto& rule : schema) {
            const std::string_view name = rule.key();
            if (name == "$ref") {
                const std::string target(rule.value().as_string());
                check(value, definitions_.at(target.substr(target.rfind('/') + 1)).as_object(),
                      place);
            } else if (name == "type") {
                require(has_one_type(value, rule.value()), place, "has another type");
            } else if (name == "const") {
                require(value == rule.value(), place, "has another value");
            } else if (name == "enum") {
                const auto& all = rule.value().as_array();
                require(std::ranges::find(all, value) != all.end(), place, "is none of the words");
            } else if (name == "items" && value.is_array()) {
                check_items(value.get_array(), rule.value().as_object(), place);
            } else if (name == "required" && value.is_object()) {
                for (const auto& member : rule.value().as_array()) {
                    require(value.get_object().contains(member.as_string()),
                            place + "." + std::string(member.as_string()), "is missing");
                }
            } else if (name == "properties" && value.is_object()) {
                check_members(value.get_object(), rule.value().as_object(), place);
            } else if (name == "additionalProperties" && value.is_object()) {
                for (const auto& member : value.get_object()) {
                    check(member.value(), rule.value().as_object(),
                          place + "." + std::string(member.key()));
                }
            }
        }
    }

  private:
    const json::object& definitions_;

    void require(bool good, const std::string& place, const char* what) {
        if (!good) {
            problems += place + " " + what + "\n";
        }
    }

    void check_items(const json::array& items, const json::object& schema,
                     const std::string& place) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            check(items[i], schema, place + "[" + std::to_string(i) + "]");
        }
    }

    // A member that the schema does not name is one that JSON.md does not tell of.
    void check_members(const json::object& value, const json::object& schema,
                       const std::string& place) {
        for (const auto& member : schema) {
            if (const auto* found = value.if_contains(member.key())) {
                check(*found, member.value().as_object(), place + "." + std::string(member.key()));
            }
        }
    }
};

} // namespace

std::string schema_problems(const json::value& value, const std::string& definition) {
    checker checked(definitions());
    checked.check(value, definitions().at(definition).as_object(), definition);
    return checked.problems;
}

std::string schema_problems(const json::value& value, const json::object& schema,
                            const json::object& known) {
    checker checked(known);
    checked.check(value, schema, "value");
    return checked.problems;
}

std::string schema_problems(const std::string& text, const std::string& definition) {
    boost::system::error_code bad;
    const auto value = json::parse(text, bad);
    return bad ? "this is no JSON: " + text + "\n" : schema_problems(value, definition);
}

} // namespace outrider::testing
