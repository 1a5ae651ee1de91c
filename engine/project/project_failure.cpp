#include "engine/project/project_failure.hpp"

#include "engine/text/python_number.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace outrider {

namespace json = boost::json;

failure project_failure(std::string text) {
    return {errc::bad_project, std::move(text)};
}

std::string python_repr(const json::value& value) {
    if (value.is_string()) {
        return python_string(value.get_string());
    }
    if (value.is_null()) {
        return "None";
    }
    if (value.is_bool()) {
        return value.get_bool() ? "True" : "False";
    }
    if (value.is_double()) {
        return python_float(value.get_double());
    }
    std::string out;
    if (const auto* list = value.if_array()) {
        for (const auto& item : *list) {
            out += (out.empty() ? "" : ", ") + python_repr(item);
        }
        return "[" + out + "]";
    }
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            out += (out.empty() ? "" : ", ") + python_string(member.key()) + ": " +
                   python_repr(member.value());
        }
        return "{" + out + "}";
    }
    return json::serialize(value); // a whole number
}

std::string python_str(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : python_repr(value);
}

} // namespace outrider
