#pragma once

#include "engine/core/result.hpp"
#include "engine/search/flag_map.hpp"

#include <boost/describe.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace outrider {

/// What values a flag that is searched may have.
BOOST_DEFINE_ENUM_CLASS(dimension_kind,
                        categorical, ///< one of `choices`
                        integer,     ///< whole, from `low` to `high`, both included
                        real,        ///< from `low` to `high`
                        logarithmic) ///< real, and spread over the orders of magnitude

/// One flag that is searched.
struct dimension {
    std::string flag;
    dimension_kind kind = dimension_kind::real;
    double low = 0;
    double high = 1;
    std::vector<boost::json::value> choices;
    std::optional<boost::json::value> initial; ///< the first trial's value
};
BOOST_DESCRIBE_STRUCT(dimension, (), (flag, kind, low, high, choices, initial))

/// What a choice says of another flag: where `flag` has `value`, `target` is searched too, or has
/// a value of its own.
struct dimension_switch {
    std::string flag;
    boost::json::value value;
    std::string target;
    std::optional<dimension> searched;
    boost::json::value constant; ///< unless it is searched
};
BOOST_DESCRIBE_STRUCT(dimension_switch, (), (flag, value, target, searched, constant))

/// What a search draws from: dimensions by name, and the flags that every trial has.
struct search_space {
    std::vector<dimension> dimensions; ///< ordered by flag
    flag_map constant;
    /// Of searches that learn; Guild's random search knows none. One that depends on another comes
    /// after it.
    std::vector<dimension_switch> switches;
};
BOOST_DESCRIBE_STRUCT(search_space, (), (dimensions, constant, switches))

/// Makes lists and functions among flags to dimensions as Guild does: a list is categorical, two
/// ints integer, any float real, `loguniform` logarithmic, a bound that is text or a boolean
/// categorical of the two. `literal` names flags whose text is no function. Fails with `bad_input`
/// if a function is unknown or has wrong arguments, or there is no dimension; the texts are the
/// lines that Guild shows, "ERROR: [guild] …" included.
[[nodiscard]] result<search_space> read_search_space(const flag_map& flags,
                                                     const std::set<std::string>& literal = {});

} // namespace outrider
