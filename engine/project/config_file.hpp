#pragma once

#include "engine/core/result.hpp"
#include "engine/flags/config_recipe.hpp"
#include "engine/project/flag_values.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace outrider {

/// A configuration that a run gets: its name and its bytes.
struct config_text {
    std::string name; ///< of the file, without a final `.in`
    std::string text;
};

/// Reads a configuration: YAML (`.yml`, `.yaml`), JSON (`.json`) or INI (`.cfg`, `.ini`), each also
/// with `.in` after it. Values of an INI file are decoded as typed flags are. `unsupported` for
/// other names, `bad_input` where it makes no sense or is no mapping.
[[nodiscard]] result<boost::json::object> read_config(const std::filesystem::path& file);

/// The values of flags by the names that they have in a configuration: `arg-name` where there is
/// one, without those that have no value; what is `arg-split` is a list.
[[nodiscard]] flag_map config_values(const std::vector<flag_def>& declared, const flag_map& flags);

/// What is made of a configuration for any flags of an operation with these: it is read, `params`
/// are set. Fails as `read_config` does.
[[nodiscard]] result<config_recipe> config_recipe_of(const std::filesystem::path& file,
                                                     const boost::json::object& params,
                                                     const std::vector<flag_def>& declared);

/// The configuration with `params` and then `values` set in it, in the format that it had, keys
/// sorted.
[[nodiscard]] result<config_text> config_with(const std::filesystem::path& file,
                                              const boost::json::object& params,
                                              const flag_map& values);

} // namespace outrider
