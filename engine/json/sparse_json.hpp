#pragma once

#include "engine/json/described_json.hpp"

#include <type_traits>

namespace outrider::protocol {

/// Whether a member has the default that a reader gives it where it is missing. A struct within is
/// never left out.
template <class T>
bool is_default(const T& value, const T& otherwise) {
    if constexpr (described_struct<T>) {
        return false;
    } else if constexpr (requires { value.has_value(); }) {
        return !value.has_value() && !otherwise.has_value();
    } else if constexpr (requires { value.empty(); }) {
        return value.empty() && otherwise.empty();
    } else {
        return value == otherwise;
    }
}

/// The same as `to_json`, less the members that have their default: for structs that travel by the
/// thousand. Of an ended run's facts half of the members say nothing.
template <described_struct T>
json::value to_sparse_json(const T& value) {
    static_assert(describes_every_member<T>, "the description of T is not that of its members");
    using members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                             boost::describe::mod_inherited>;
    static const T otherwise{};
    json::object out;
    out.reserve(boost::mp11::mp_size<members>::value);
    boost::mp11::mp_for_each<members>([&](auto member) {
        const auto& own = value.*member.pointer;
        if (!is_default(own, otherwise.*member.pointer)) {
            out.emplace(member.name, to_json(own));
        }
    });
    return out;
}

} // namespace outrider::protocol
