#pragma once

#include "engine/core/result.hpp"
#include "engine/project/flag_values.hpp"

#include <boost/json/value.hpp>

#include <filesystem>
#include <string>

namespace outrider {

/// Reads a configuration: YAML or JSON.
[[nodiscard]] result<boost::json::object> read_config(const std::filesystem::path& file);

/// Puts the values of flags where a config has a value of that name: `a.b` is `b` in `a`, if there
/// is no `a.b` as such. Flags that the config does not know, or that have no value, change nothing.
void put_flags(boost::json::value& config, const flag_map& flags);

/// A YAML or JSON file with the values of flags put in, written to the cache under the file's name.
[[nodiscard]] result<std::filesystem::path>
config_file(const std::filesystem::path& file, const flag_map& flags, const std::string& cache);

} // namespace outrider
