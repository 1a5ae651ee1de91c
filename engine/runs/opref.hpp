#pragma once

#include "engine/core/result.hpp"

#include <string>
#include <string_view>

namespace outrider {

/// What a run runs: the content of `.guild/opref` (FORMAT.md 2.1).
struct opref {
    std::string pkg_type; ///< guildfile, package, script, builtin, func, import, test, pending
    std::string pkg_name; ///< a package's name, or a path
    std::string version;
    std::string model; ///< may be empty
    std::string op;
    std::string proto; ///< of a batch: the operation of its trials, as listings show it; else empty

    friend bool operator==(const opref&, const opref&) = default;
};

/// Reads an opref; a final line feed is allowed. Agents report that of a batch with the one of its
/// proto behind it, on a line of its own. Fails with `bad_input` unless each has four words and the
/// first holds a ':'.
[[nodiscard]] result<opref> parse_opref(std::string_view text);

/// The line that goes to `.guild/opref`, without a line feed.
[[nodiscard]] std::string format_opref(const opref& ref);

/// The operation as listings show it: "gpkg.x/sleep", "model:op", "func()"; "?" for a type that is
/// not known. Of a batch "sleep+", or "sleep+skopt:random".
[[nodiscard]] std::string operation_text(const opref& ref);

} // namespace outrider
