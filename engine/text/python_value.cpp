#include "engine/text/python_value.hpp"

#include "engine/text/big_integer.hpp"
#include "engine/text/python_number.hpp"

namespace outrider {
namespace {

std::string python_repr(const boost::json::value& value) {
    return value.is_string() ? python_string(value.get_string()) : python_text(value);
}

std::string python_list(const boost::json::array& items) {
    std::string out = "[";
    for (const auto& item : items) {
        out += (out.size() > 1 ? ", " : "") + python_repr(item);
    }
    return out + "]";
}

std::string python_dict(const boost::json::object& members) {
    std::string out = "{";
    for (const auto& member : members) {
        out += (out.size() > 1 ? ", " : "") + python_string(member.key()) + ": " +
               python_repr(member.value());
    }
    return out + "}";
}

} // namespace

std::string python_text(const boost::json::value& value) {
    switch (value.kind()) {
    case boost::json::kind::null:
        return "None";
    case boost::json::kind::bool_:
        return value.get_bool() ? "True" : "False";
    case boost::json::kind::int64:
        return std::to_string(value.get_int64());
    case boost::json::kind::uint64:
        return std::to_string(value.get_uint64());
    case boost::json::kind::double_:
        return python_float(value.get_double());
    case boost::json::kind::string:
        return std::string(value.get_string());
    case boost::json::kind::array:
        return python_list(value.get_array());
    case boost::json::kind::object:
        break;
    }
    if (const auto digits = big_integer_digits(value)) {
        return std::string(*digits);
    }
    return python_dict(value.get_object());
}

} // namespace outrider
