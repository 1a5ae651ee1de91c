#pragma once

#include "engine/core/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

/// The words that every coroutine of the engine uses.
namespace outrider {

namespace asio = boost::asio;
template <class T = void>
using awaitable = asio::awaitable<T>;

} // namespace outrider
