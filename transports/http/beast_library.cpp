// The one translation unit of Boost.Beast (BOOST_BEAST_SEPARATE_COMPILATION).
#include "transports/http/beast.hpp"

#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
