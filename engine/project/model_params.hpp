#pragma once

#include <boost/json/object.hpp>

namespace outrider {

/// Fills in `{{name}}` in all values of a model (not in its keys) from its `params`. Where the
/// reference is all there is, the value keeps its type; parameters may refer to others; a name that
/// is not known, or leads back to itself, stays as it is.
void fill_in_params(boost::json::object& model);

} // namespace outrider
