#pragma once

#include <boost/describe.hpp>
#include <boost/json/object.hpp>

#include <string>

namespace outrider {

BOOST_DEFINE_ENUM_CLASS(config_format,
                        yaml, ///< `.yml`, `.yaml`
                        json, ///< `.json`, as Python's `json` writes it
                        ini)  ///< `.cfg`, `.ini`, as Python's `configparser` writes it

/// A configuration as a file, names sorted. In an INI file what is no section goes to `[DEFAULT]`,
/// and values are as Python prints them.
[[nodiscard]] std::string config_text_of(config_format format, const boost::json::object& config);

} // namespace outrider
