#pragma once

#include <boost/describe.hpp>

#include <string>

namespace outrider {

/// What is taken of the values of a scalar.
BOOST_DEFINE_ENUM_CLASS(scalar_part, last, first, least, greatest, mean, total, count)

/// One number of a run's scalars.
struct scalar_choice {
    std::string name; ///< as `find_scalar` takes it
    scalar_part part = scalar_part::last;
    bool step = false; ///< the step at which the scalar has that value
};
BOOST_DESCRIBE_STRUCT(scalar_choice, (), (name, part, step))

} // namespace outrider
