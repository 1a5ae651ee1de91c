#pragma once

#include "engine/core/result.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// What PyYAML makes something else of than a string or a number, and this reader does not: each is
/// the path of keys that leads to it.
struct yaml_oddities {
    std::vector<std::vector<std::string>> keys;  ///< `3: x`, `yes: x`: they end in the key
    std::vector<std::vector<std::string>> dates; ///< values like 2024-01-31
};

/// Reads one YAML 1.1 document as PyYAML and Guild do (`yes` is true, `012` octal, `1:30`
/// sexagesimal, `1e2` a float), with anchors and merge keys. Keys become strings as written. `name`
/// stands in errors: "guild.yml:3:7: …". Of a key that is there twice the last one counts. Fails
/// with `bad_input` on bad syntax, an unknown tag, more than 64 levels, 100,000 values or 4 MiB.
[[nodiscard]] result<boost::json::value> read_yaml(std::string_view text, const std::string& name,
                                                   yaml_oddities* odd = nullptr);

/// Reads a YAML file; `name` as above. An unreadable file is a failure that names it.
[[nodiscard]] result<boost::json::value> load_yaml(const std::string& path,
                                                   const std::string& name);

} // namespace outrider
