#pragma once

#include "engine/core/result.hpp"

#include <string>

namespace outrider {

/// A path of another machine as a configuration writes it, in the form that agents and shells there
/// understand: absolute, relative to the home directory, `~` or `~/x`. `$HOME/x` and `${HOME}/x`
/// mean the same as `~/x`. `bad_input` for any other `$` and for `~USER`: taken literally, they
/// would be the name of a directory.
[[nodiscard]] result<std::string> read_far_path(const std::string& text);

} // namespace outrider
