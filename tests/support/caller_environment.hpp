#pragma once

#include <map>
#include <string>
#include <unistd.h>

namespace outrider {

/// The environment of the test program.
inline std::map<std::string, std::string> caller_environment() {
    std::map<std::string, std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string pair = *entry;
        const auto equals = pair.find('=');
        out[pair.substr(0, equals)] = equals == pair.npos ? "" : pair.substr(equals + 1);
    }
    return out;
}

} // namespace outrider
