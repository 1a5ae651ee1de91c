#pragma once

#include "engine/agent/server/pipe.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

namespace outrider::testing {

/// A pipe of which neither end waits.
inline agent::pipe_ends nonblocking_pipe() {
    auto ends = agent::make_pipe("test");
    BOOST_REQUIRE(ends.has_value());
    for (const auto* end : {&ends->read, &ends->write}) {
        BOOST_REQUIRE(::fcntl(end->get(), F_SETFL, O_NONBLOCK) == 0);
    }
    return std::move(*ends);
}

} // namespace outrider::testing
