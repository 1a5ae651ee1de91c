#pragma once

#include "cli/render/terminal.hpp"

#include <string>

namespace outrider::cli {

/// Where the person is who reads the text.
struct surroundings {
    terminal screen;
    std::string directory; ///< absolute working directory
    std::string home;      ///< home directory; may be empty
};

} // namespace outrider::cli
