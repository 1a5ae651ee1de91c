#pragma once

// The one place that includes Beast, for the sources of this folder alone: it is slow to compile,
// so its functions are compiled once, in beast_library.cpp, and no header that others include may
// include this one.
#define BOOST_BEAST_SEPARATE_COMPILATION

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>
