#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outrider {

/// The completion token for what may fail as a matter of course: `co_await` gives the error code
/// and the values, and throws nothing.
inline constexpr auto tuple_awaitable = boost::asio::as_tuple(boost::asio::use_awaitable);

} // namespace outrider
