#pragma once

#include "engine/core/result.hpp"
#include "engine/json/every_member.hpp"

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11.hpp>

#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Described structs (Boost.Describe) to and from JSON. The far end is not trusted: a value of the
/// wrong type is a failure; an unknown member is ignored and a missing one keeps its default, so
/// that a newer end can talk to an older one. Strings carry any bytes (file names, attributes).
/// A description that forgets a member does not compile.
namespace outrider::protocol {

namespace json = boost::json;

template <class T>
concept described_struct = boost::describe::has_describe_members<T>::value && !std::is_enum_v<T>;
template <class T>
concept described_enum = boost::describe::has_describe_enumerators<T>::value;

template <described_struct T>
json::value to_json(const T& value);
template <described_struct T>
bool from_json(const json::value& in, T& out);

inline json::value to_json(const json::value& v) {
    return v;
}
inline json::value to_json(bool v) {
    return v;
}
inline json::value to_json(const std::string& v) {
    return json::string(v);
}
template <std::integral I>
    requires(!std::same_as<I, bool>)
json::value to_json(I v) {
    return static_cast<std::int64_t>(v);
}
// JSON has no numbers that are not finite; a loss may well be one: they travel as text.
inline json::value to_json(double v) {
    if (std::isnan(v)) {
        return "nan";
    }
    return std::isinf(v) ? json::value(v < 0 ? "-inf" : "inf") : json::value(v);
}
template <described_enum E>
json::value to_json(E v) {
    return json::string(boost::describe::enum_to_string(v, "?"));
}
template <class T>
json::value to_json(const std::optional<T>& v) {
    return v ? to_json(*v) : json::value(nullptr);
}
template <class T>
json::value to_json(const std::vector<T>& items) {
    json::array out;
    out.reserve(items.size());
    for (const auto& item : items) {
        out.push_back(to_json(item));
    }
    return out;
}
template <class T>
json::value to_json(const std::map<std::string, T>& items) {
    json::object out;
    for (const auto& [name, item] : items) {
        out.emplace(name, to_json(item));
    }
    return out;
}
template <described_struct T>
json::value to_json(const T& value) {
    static_assert(describes_every_member<T>, "the description of T is not that of its members");
    using members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                             boost::describe::mod_inherited>;
    json::object out;
    boost::mp11::mp_for_each<members>(
        [&](auto member) { out.emplace(member.name, to_json(value.*member.pointer)); });
    return out;
}

inline bool from_json(const json::value& in, json::value& out) {
    out = in;
    return true;
}
inline bool from_json(const json::value& in, bool& out) {
    if (!in.is_bool()) {
        return false;
    }
    out = in.get_bool();
    return true;
}
inline bool from_json(const json::value& in, std::string& out) {
    if (!in.is_string()) {
        return false;
    }
    out.assign(in.get_string().data(), in.get_string().size());
    return true;
}
inline bool from_json(const json::value& in, double& out) {
    if (const auto* text = in.if_string()) {
        const bool infinite = *text == "inf" || *text == "-inf";
        out = infinite ? std::numeric_limits<double>::infinity()
                       : std::numeric_limits<double>::quiet_NaN();
        out = *text == "-inf" ? -out : out;
        return infinite || *text == "nan";
    }
    boost::system::error_code ec;
    out = in.to_number<double>(ec);
    return !ec;
}
template <std::integral I>
    requires(!std::same_as<I, bool>)
bool from_json(const json::value& in, I& out) {
    if (!in.is_int64() && !in.is_uint64()) {
        return false;
    }
    boost::system::error_code ec;
    out = in.to_number<I>(ec); // refuses what does not fit
    return !ec;
}
template <described_enum E>
bool from_json(const json::value& in, E& out) {
    return in.is_string() &&
           boost::describe::enum_from_string(std::string(in.get_string()).c_str(), out);
}
template <class T>
bool from_json(const json::value& in, std::optional<T>& out) {
    if (in.is_null()) {
        out.reset();
        return true;
    }
    return from_json(in, out.emplace());
}
template <class T>
bool from_json(const json::value& in, std::vector<T>& out) {
    if (!in.is_array()) {
        return false;
    }
    out.clear();
    out.reserve(in.get_array().size());
    for (const auto& item : in.get_array()) {
        if (!from_json(item, out.emplace_back())) {
            return false;
        }
    }
    return true;
}
template <class T>
bool from_json(const json::value& in, std::map<std::string, T>& out) {
    if (!in.is_object()) {
        return false;
    }
    out.clear();
    for (const auto& item : in.get_object()) {
        if (!from_json(item.value(), out[std::string(item.key())])) {
            return false;
        }
    }
    return true;
}
template <described_struct T>
bool from_json(const json::value& in, T& out) {
    static_assert(describes_every_member<T>, "the description of T is not that of its members");
    if (!in.is_object()) {
        return false;
    }
    using members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                             boost::describe::mod_inherited>;
    const auto& object = in.get_object();
    bool good = true;
    boost::mp11::mp_for_each<members>([&](auto member) {
        if (const auto* found = object.if_contains(member.name); found != nullptr && good) {
            good = from_json(*found, out.*member.pointer);
        }
    });
    return good;
}

/// JSON text of a described struct, on one line.
template <described_struct T>
std::string encode(const T& value) {
    return json::serialize(to_json(value));
}

/// Parses JSON of at most 32 levels; any bytes are allowed in strings.
[[nodiscard]] result<json::value> parse_json(std::string_view text);

/// Reads a described struct from JSON text; fails with `protocol_violation`.
template <described_struct T>
[[nodiscard]] result<T> decode(std::string_view text) {
    auto parsed = parse_json(text);
    if (!parsed) {
        return parsed.error();
    }
    T out{};
    if (!from_json(*parsed, out)) {
        return failure(errc::protocol_violation, "a message has a member of the wrong type");
    }
    return out;
}

} // namespace outrider::protocol
