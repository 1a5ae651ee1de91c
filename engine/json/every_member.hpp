#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <type_traits>
#include <utility>

/// A guard against lists of members (BOOST_DESCRIBE_STRUCT) that are older than their struct: a
/// member that such a list forgets is neither written nor read, and no round trip can tell.
namespace outrider {

namespace described {

// An aggregate takes exactly one value for each base and each member, in their order. With the
// values of those that are listed and one `{}` more it can therefore only be made if some member
// is not listed. One that `{}` cannot make stands in the way of the first expression.
template <class T, class Bases, class Members>
inline constexpr bool is_whole = false;
template <class T, template <class...> class List, class... Bases, class... Members>
inline constexpr bool is_whole<T, List<Bases...>, List<Members...>> = requires {
    T{std::declval<typename Bases::type>()..., std::declval<T>().*Members::pointer...};
} && !requires {
    T{std::declval<typename Bases::type>()..., std::declval<T>().*Members::pointer..., {}};
};

} // namespace described

/// Whether the description of `T` lists all its bases and members, in the order of their
/// declaration. No for what is no aggregate (its members cannot be counted) and for arrays of C.
template <class T>
inline constexpr bool describes_every_member =
    std::is_aggregate_v<T> &&
    described::is_whole<T, boost::describe::describe_bases<T, boost::describe::mod_any_access>,
                        boost::describe::describe_members<T, boost::describe::mod_any_access>>;

} // namespace outrider
