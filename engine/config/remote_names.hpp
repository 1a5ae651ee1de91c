#pragma once

#include "engine/config/config.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The `type` of an entry of config.yml that stands for several remotes, of which one is chosen to
/// start a run: `remotes:` has names, patterns, groups and other pools. No transport serves it.
inline constexpr std::string_view pool_type = "pool";

/// The remotes that the text after `-r` names: one name or inline spec, several with commas between
/// them, a pattern (`gpu*`), a group (`@lab`), `all`, or a pool, by its name or in place
/// (`any:gpu1,gpu2`, `any:@lab`).
struct remote_names {
    std::vector<std::string> names; ///< each once; in the order of the text, of a pattern by name
    bool several = false;           ///< the text is not just one name, so results tell which it was
    std::string pool; ///< the text, if it is a pool: a run starts on one of `names`; else empty
    std::string inner_pool; ///< a pool among several names, for which that cannot be; else empty
};

/// Resolves such a text. The whole text comes first: an exact name wins over everything else.
/// Groups may hold names, patterns, pools and other groups. Fails with `not_found` for a part that
/// names nothing, `bad_input` for a group or a pool that makes no sense. Single names are not
/// looked up here: `find_remote` tells what is wrong with them.
[[nodiscard]] result<remote_names> find_remote_names(const config& from, const remote_types& types,
                                                     const std::string& text);

} // namespace outrider
