#pragma once

#include "engine/remotes/transport.hpp"

#include <unistd.h>

#include <cstring>

namespace outrider {

/// The context of a connect, with the environment of this process.
inline connect_context context_of_this_process() {
    connect_context out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (const char* equals = std::strchr(*entry, '=')) {
            out.environment[std::string(*entry, static_cast<std::size_t>(equals - *entry))] =
                equals + 1;
        }
    }
    return out;
}

} // namespace outrider
