#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

namespace outrider::agent {

/// Both ends of a pipe; neither is inherited by a program that is executed.
struct pipe_ends {
    descriptor read;
    descriptor write;
};

/// Makes a pipe; `what` is what could not be done without it, for the failure.
[[nodiscard]] result<pipe_ends> make_pipe(const char* what);

} // namespace outrider::agent
