#pragma once

#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace outrider {

/// Puts the members of `over` on top of `under`: mappings merge, everything else is replaced.
void merge_object(boost::json::object& under, const boost::json::object& over);

/// Resolves `extends: NAME` (or a list) of every item in every section of a configuration: parents
/// are looked up in the same section, then under `config`, which is removed afterwards. Fails with
/// `bad_input` on an unknown parent or a circle; `file` stands in the text.
[[nodiscard]] result<boost::json::object> resolve_extends(boost::json::object sections,
                                                          const std::string& file);

} // namespace outrider
