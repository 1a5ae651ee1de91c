#pragma once

#include "engine/config/config.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The remotes that the text after `-r` names: one name or inline spec, several with commas between
/// them, a pattern (`gpu*`), a group (`@lab`), or `all`.
struct remote_names {
    std::vector<std::string> names; ///< each once; in the order of the text, of a pattern by name
    bool several = false;           ///< the text is not just one name, so results tell which it was
};

/// Resolves such a text. The whole text comes first: an exact name wins over everything else.
/// Groups may hold names, patterns and other groups. Fails with `not_found` for a part that names
/// nothing, `bad_input` for a group that makes no sense. Single names are not looked up here:
/// `find_remote` tells what is wrong with them.
[[nodiscard]] result<remote_names> find_remote_names(const config& from, const remote_types& types,
                                                     const std::string& text);

} // namespace outrider
