#pragma once

#include "engine/api/query_events.hpp"

#include <boost/json/object.hpp>

namespace outrider::cli {

/// The document of `runs info --json`: the names of its text (run-format 4.3) in their order, and
/// after them what only programs want.
[[nodiscard]] boost::json::object info_document(const run_detail& run, bool private_attributes);

} // namespace outrider::cli
