#pragma once

#include "cli/invocation.hpp"
#include "engine/core/result.hpp"

#include <map>
#include <string>

namespace outrider::cli {

/// The text of a user unit of systemd that runs `program serve`. Pure.
[[nodiscard]] std::string service_unit_text(const std::string& program, const serve_request& how);
/// Writes it to `$XDG_CONFIG_HOME/systemd/user/outrider.service`, for the program that this is, and
/// gives that path.
[[nodiscard]] result<std::string>
install_service_unit(const serve_request& how,
                     const std::map<std::string, std::string>& environment);

} // namespace outrider::cli
