#include "engine/search/search_space.hpp"

#include "engine/search/flag_function.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>

namespace outrider {
namespace {

namespace json = boost::json;

std::string shown_bound(const json::value& value) {
    const std::string tuple = python_tuple({value});
    return tuple.substr(1, tuple.size() - 3);
}

failure wrong_search(const std::string& what) {
    return {errc::bad_input, "ERROR: [guild] " + what};
}

std::string function_text(const flag_function& function) {
    std::string out;
    for (const auto& argument : function.arguments) {
        out += (out.empty() ? "" : ":") + shown_bound(argument);
    }
    return function.name + "[" + out + "]";
}

result<dimension> function_dimension(const std::string& flag, const flag_function& function) {
    const auto& arguments = function.arguments;
    if (function.name != "uniform" && function.name != "loguniform") {
        return wrong_search("unknown function '" + function.name + "' used for flag " + flag);
    }
    if (arguments.size() < 2 || arguments.size() > 3) {
        return wrong_search(function.name + " requires 2 or 3 args, got " +
                            python_tuple(arguments) + " for flag " + flag);
    }
    dimension out{.flag = flag};
    if (arguments.size() == 3) {
        out.initial = arguments[2];
    }
    const auto low = number_of(arguments[0]);
    const auto high = number_of(arguments[1]);
    if (!low || !high) {
        out.kind = dimension_kind::categorical;
        out.choices = {arguments[0], arguments[1]};
        return out;
    }
    const auto wrong = [&](const std::string& why) {
        return failure(errc::bad_input, "guild: invalid function args in '" + flag + "=" +
                                            function_text(function) + "': " + why);
    };
    // Also what is no number at all (nan) is not less.
    if (!(*low < *high)) {
        return wrong("the lower bound " + shown_bound(arguments[0]) +
                     " has to be less than the upper bound " + shown_bound(arguments[1]));
    }
    if (function.name == "loguniform" && *low <= 0) {
        return wrong("the lower bound " + shown_bound(arguments[0]) + " has to be above 0");
    }
    out.kind = function.name == "loguniform"                        ? dimension_kind::logarithmic
               : arguments[0].is_int64() && arguments[1].is_int64() ? dimension_kind::integer
                                                                    : dimension_kind::real;
    out.low = *low;
    out.high = *high;
    return out;
}

std::string flags_text(const flag_map& flags) {
    std::string out;
    for (const auto& [name, value] : flags) {
        out += (out.empty() ? "" : ", ") + name + "=";
        out += value.is_bool() ? (value.get_bool() ? "yes" : "no") : yaml_flow(value);
    }
    return out;
}

} // namespace

result<search_space> read_search_space(const flag_map& flags,
                                       const std::set<std::string>& literal) {
    search_space out;
    for (const auto& [name, value] : flags) {
        const auto* list = value.if_array();
        const auto* text = value.if_string();
        if (list != nullptr) {
            if (list->empty()) {
                return wrong_search("there is no value to choose from for flag " + name);
            }
            out.dimensions.push_back({.flag = name,
                                      .kind = dimension_kind::categorical,
                                      .choices = {list->begin(), list->end()},
                                      .initial = {}});
            continue;
        }
        const auto function =
            text != nullptr && !literal.contains(name) ? read_flag_function(*text) : std::nullopt;
        if (!function) {
            out.constant.emplace(name, value);
            continue;
        }
        auto made = function_dimension(name, *function);
        if (!made) {
            return made.error();
        }
        out.dimensions.push_back(std::move(*made));
    }
    if (out.dimensions.empty()) {
        return wrong_search("flags for batch (" + flags_text(flags) +
                            ") do not contain any search dimensions\nTry specifying a range for "
                            "one or more flags as NAME=[MIN:MAX].");
    }
    return out;
}

} // namespace outrider
