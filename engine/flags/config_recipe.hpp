#pragma once

#include "engine/core/result.hpp"
#include "engine/flags/config_text.hpp"
#include "engine/flags/flag_encoding.hpp"
#include "engine/search/flag_map.hpp"

#include <boost/describe.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// How a flag is set in a configuration.
struct config_flag {
    std::string name;                        ///< there; empty: the flag's
    std::optional<boost::json::value> split; ///< it is a list there: true, or what separates it
};
BOOST_DESCRIBE_STRUCT(config_flag, (), (name, split))

/// A configuration that a run gets, before the flags of that run are set in it: all of it that this
/// takes, so that whoever has no project can do it too.
struct config_recipe {
    std::string name; ///< of the file, without a final `.in`
    config_format format = config_format::yaml;
    boost::json::value base;                  ///< what it says by itself
    std::map<std::string, config_flag> flags; ///< those that are not set as they are
};
BOOST_DESCRIBE_STRUCT(config_recipe, (), (name, format, base, flags))

/// The text of the configuration with all flags set that have a value. `bad_input` where one does
/// not fit into what is there.
[[nodiscard]] result<std::string> fill_config(const config_recipe& recipe, const flag_map& flags,
                                              flag_decoder decode = decode_word);

/// Sets a value by its name: `a.b` as such where that is there, else `b` in `a`, which is made if
/// need be. `bad_input` where `a` is something else than a mapping.
[[nodiscard]] result<> set_in_config(boost::json::object& config, std::string_view name,
                                     const boost::json::value& value);

/// Text as the list that it is in a configuration: at each `separator`, or as a shell splits it.
[[nodiscard]] boost::json::value config_list(const boost::json::value& value,
                                             const boost::json::value& separator,
                                             flag_decoder decode);

} // namespace outrider
