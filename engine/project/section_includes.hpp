#pragma once

#include "engine/project/guild_items.hpp"

namespace outrider {

/// Replaces `$include: REF` (or a list) in a section by the same section of what REF names: CONFIG,
/// MODEL:OPERATION, MODEL, or an operation of this model, with `#NAME,NAME` for some of its entries
/// only. Those are taken as they are written, without inheritance and parameters. What the section
/// has itself wins, then later includes. `section` is `flags`, `operations` or `resources`, `model`
/// the model that it is in. Fails with `bad_project` for a reference that names nothing or leads
/// back to itself.
[[nodiscard]] result<boost::json::object> with_includes(const boost::json::object& entries,
                                                        const char* section,
                                                        const std::string& model,
                                                        const guild_items& items);

} // namespace outrider
