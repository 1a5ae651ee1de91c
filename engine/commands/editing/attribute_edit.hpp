#pragma once

#include "engine/commands/session/session.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace outrider {

/// Attributes of one run as values; one that is missing is null.
using attribute_values = std::map<std::string, boost::json::value>;

/// Decides what attributes of a run become from what they are: pure, and called again where another
/// client changed them meanwhile. Attributes that become null are removed.
using attribute_decision = std::function<attribute_values(const attribute_values& now)>;

/// What to edit, and how.
struct attribute_edit {
    std::vector<std::string> run_ids;
    std::vector<std::string> names; ///< of the attributes that the decision reads and writes
    attribute_decision decide;
};

/// Edits attributes of runs: reads, decides, writes if nobody else wrote meanwhile, and otherwise
/// begins anew; no edit of another client is lost. Gives the number of runs; those that are gone do
/// not count. Fails with `conflict` where others never stop editing.
[[nodiscard]] awaitable<result<std::int64_t>>
edit_attributes(command_session& session, const target& at, attribute_edit what);

/// Values of attributes of runs by run id, fresh; runs that are gone are left out.
[[nodiscard]] awaitable<result<std::map<std::string, attribute_values>>>
read_attributes(command_session& session, const target& at, std::vector<std::string> run_ids,
                std::vector<std::string> names);

} // namespace outrider
