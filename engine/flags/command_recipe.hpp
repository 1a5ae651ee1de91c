#pragma once

#include "engine/core/result.hpp"
#include "engine/flags/flag_encoding.hpp"
#include "engine/search/flag_map.hpp"

#include <boost/describe.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// The word of a command where its flags go.
inline constexpr const char* flag_args = "__flag_args__";

/// What a program gets instead of a value.
struct value_encoding {
    std::string text;         ///< the value as one would type it
    boost::json::value value; ///< what that means
    boost::json::value given;
};
BOOST_DESCRIBE_STRUCT(value_encoding, (), (text, value, given))

/// What decides how a flag becomes words and a variable.
struct command_flag {
    std::string type;
    std::string arg_name; ///< empty: the flag's
    bool arg_skip = false;
    std::optional<boost::json::value> arg_switch; ///< the value that gives `--NAME` alone
    std::string arg_switch_off;                   ///< a switch's word for any other value, or empty
    std::optional<boost::json::value> arg_split;  ///< true or a separator
    std::optional<boost::json::value> arg_skip_value; ///< is not passed
    std::vector<value_encoding> arg_encoding;
    std::string env_name; ///< empty: FLAG_NAME
    std::vector<value_encoding> env_encoding;
};
BOOST_DESCRIBE_STRUCT(command_flag, (),
                      (type, arg_name, arg_skip, arg_switch, arg_switch_off, arg_split,
                       arg_skip_value, arg_encoding, env_name, env_encoding))

/// How the flags of an operation become its command line and its environment: all of the operation
/// that this takes, so that whoever has no project can do it too.
struct command_recipe {
    std::vector<std::string> words; ///< `__flag_args__` for the flags, `${flag}` for a value
    bool yaml = false;              ///< flags are YAML words: their destination is no command line
    bool dash_joins = false;        ///< `--name=-x`, where the parser takes `-x` for an option
    std::map<std::string, command_flag> flags; ///< that are declared
    std::map<std::string, boost::json::value> env;
    std::string project; ///< what `${project_dir}` stands for, or empty
};
BOOST_DESCRIBE_STRUCT(command_recipe, (), (words, yaml, dash_joins, flags, env, project))

/// How the process of an operation is started: its words and what its environment gets on top.
struct operation_command {
    std::vector<std::string> words; ///< `${python_exe}` stands for the interpreter there
    std::map<std::string, std::string> environment; ///< of the operation, and FLAG_*
    std::vector<std::string> notes;                 ///< warnings for people
};

/// Puts flags into a command (FORMAT.md 3). Fails with `bad_input` if it refers to something that
/// there is not.
[[nodiscard]] result<operation_command> fill_command(const command_recipe& recipe,
                                                     const flag_map& flags,
                                                     flag_decoder decode = decode_word);

/// Whether a parser would take a flag's value for an option, because it begins with '-'.
[[nodiscard]] bool has_option_like_values(const command_recipe& recipe, const flag_map& flags);

/// The name of a flag's variable: what is declared, else `FLAG_` and the name in upper case, other
/// characters as `_`.
[[nodiscard]] std::string flag_variable(const std::string& name, const std::string& declared);

} // namespace outrider
