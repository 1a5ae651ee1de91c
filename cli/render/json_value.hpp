#pragma once

#include "cli/render/utf8.hpp"
#include "engine/api/query_events.hpp"
#include "engine/api/run_row.hpp"
#include "engine/json/every_member.hpp"

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11.hpp>

#include <cmath>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

/// Described structs as the JSON that users get. It differs from that of the protocol: runs have
/// Guild's keys (FORMAT.md 4.1), an empty optional is null, and strings are valid UTF-8.
namespace outrider::cli {

namespace json = boost::json;

/// A run as every JSON output shows it: Guild's keys of `runs --json` as far as a row knows them.
[[nodiscard]] json::object json_of(const run_row& run);
/// The same with everything that a listing with details knows.
[[nodiscard]] json::object json_of(const run_detail& run);
/// `{body, host, time, user}`, as the attribute has it.
[[nodiscard]] json::object json_of(const run_comment& comment);

inline json::value json_of(const json::value& v) {
    return v;
}
inline json::value json_of(const std::string& v) {
    return json::string(valid_utf8(v));
}
/// JSON has no numbers that are not finite.
inline json::value json_of(double v) {
    return std::isfinite(v) ? json::value(v) : json::value(nullptr);
}
template <std::integral I>
json::value json_of(I v) {
    if constexpr (std::same_as<I, bool>) {
        return v;
    } else {
        return static_cast<std::int64_t>(v);
    }
}
template <class E>
    requires std::is_enum_v<E>
json::value json_of(E v) {
    return json::string(boost::describe::enum_to_string(v, "?"));
}
template <class T>
json::value json_of(const std::optional<T>& v);
template <class T>
json::value json_of(const std::vector<T>& items);
template <class T>
json::value json_of(const std::map<std::string, T>& items);
template <class T>
    requires boost::describe::has_describe_members<T>::value
json::object json_of(const T& value);

template <class T>
json::value json_of(const std::optional<T>& v) {
    return v ? json::value(json_of(*v)) : json::value(nullptr);
}
template <class T>
json::value json_of(const std::vector<T>& items) {
    json::array out;
    out.reserve(items.size());
    for (const auto& item : items) {
        out.push_back(json_of(item));
    }
    return out;
}
template <class T>
json::value json_of(const std::map<std::string, T>& items) {
    json::object out;
    for (const auto& [name, item] : items) {
        out.emplace(valid_utf8(name), json_of(item));
    }
    return out;
}
template <class T>
    requires boost::describe::has_describe_members<T>::value
json::object json_of(const T& value) {
    static_assert(describes_every_member<T>, "the description of T is not that of its members");
    using members = boost::describe::describe_members<T, boost::describe::mod_any_access>;
    json::object out;
    boost::mp11::mp_for_each<members>(
        [&](auto member) { out.emplace(member.name, json_of(value.*member.pointer)); });
    return out;
}

} // namespace outrider::cli
