#pragma once

#include "engine/api/query_events.hpp"

#include <boost/json/object.hpp>

namespace outrider::cli {

/// What `runs info --json` knows of a run beside what its text has (`run_info_json`).
[[nodiscard]] boost::json::object info_extras(const run_detail& run);

} // namespace outrider::cli
