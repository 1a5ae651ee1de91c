#pragma once

#include "engine/core/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// The target of a request, taken apart and decoded.
struct request_target {
    std::vector<std::string> path;            ///< "/v1/runs" is "v1", "runs"
    std::map<std::string, std::string> query; ///< of a name that comes twice, the last one

    /// A parameter, or empty.
    [[nodiscard]] std::string text(const std::string& name) const;
    /// A parameter that is a whole number from 0; fails with `bad_input` if it is none.
    [[nodiscard]] result<std::optional<std::int64_t>> number(const std::string& name) const;
    /// Whether a parameter is there and not "0" or "false".
    [[nodiscard]] bool flag(const std::string& name) const;
};

/// Fails with `bad_input` for what is no path with a query (RFC 3986): no slash at its start, or an
/// escape that is none. Empty segments are dropped.
[[nodiscard]] result<request_target> read_target(std::string_view target);

/// The text with everything but letters, digits and "-._~" escaped.
[[nodiscard]] std::string percent_encoded(std::string_view text);

} // namespace outrider
