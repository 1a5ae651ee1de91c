#pragma once

#include "cli/invocation.hpp"
#include "engine/api/commands.hpp"

#include <iosfwd>

namespace outrider::cli {

/// `serve`: is the service until it is stopped; or with `--detach` starts one in the background and
/// waits until it answers. Gives the exit code.
[[nodiscard]] int serve(const invocation& asked, const command_context& context, std::ostream& out,
                        std::ostream& err);

} // namespace outrider::cli
