#pragma once

#include "engine/core/result.hpp"
#include "engine/search/flag_map.hpp"

#include <string>
#include <vector>

namespace outrider {

/// Trials that people wrote down (`@FILE`), as far as they say anything: flags by name.
struct batch_file {
    std::vector<flag_map> trials;
    std::vector<std::string> notes; ///< warnings for people
};

/// Where a batch file is looked for.
struct batch_file_place {
    std::string directory; ///< that relative paths are below
    std::string home;      ///< of the user, for `~`
};

/// Reads `.csv` (or no extension): a row of names, then a trial a row, cells as one would type
/// them; or `.json`, `.yml`, `.yaml`: a list of mappings, or one. Failures read like Guild's, and
/// name the line where the file does not parse. Blocks.
[[nodiscard]] result<batch_file> read_batch_file(const std::string& name,
                                                 const batch_file_place& place);

} // namespace outrider
