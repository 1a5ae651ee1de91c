#pragma once

#include "engine/project/guild_items.hpp"

namespace outrider {

/// Writes operations and flags of models and configs in full: `op: main` becomes a mapping with
/// `main`, and `flag: 1` one with `default`, so that they can be merged and included. Fails with
/// `bad_project` where something else stands in their place.
[[nodiscard]] result<> write_in_full(guild_items& items);

/// The models of a file with what they take over from models and configs (`extends`): what a model
/// has itself wins, then earlier parents; mappings merge. Fails with `bad_project` for an unknown
/// parent and for a circle.
[[nodiscard]] result<boost::json::object> inherit(const guild_items& items);

} // namespace outrider
