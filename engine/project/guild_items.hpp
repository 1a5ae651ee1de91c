#pragma once

#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace outrider {

/// The items of a Guild file, sorted by what they are. Both forms of the file end here: a mapping
/// of operations is the model without a name, a list has one item each.
struct guild_items {
    boost::json::object models;  ///< by name, in the order of the file
    boost::json::object configs; ///< by name
    boost::json::object package; ///< empty: there is none
    std::string digest;          ///< MD5 of the file itself, hex
};

/// Reads a Guild file and the files that it includes, each of which stands for its items. At most
/// 100 files, each of at most 4 MiB, are read. Fails with `bad_project`, and a text that names
/// `path`, where something in them makes no sense.
[[nodiscard]] result<guild_items> read_guild_items(const std::string& path);

} // namespace outrider
