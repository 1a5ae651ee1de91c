#pragma once

#include "engine/api/commands.hpp"
#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// What the source of a Python module says of its flags.
struct module_flags {
    std::string dest;             ///< how flags reach it: args, globals, global:NAME…
    boost::json::object flags;    ///< by name, each as it would be declared in guild.yml
    boost::json::object files;    ///< SHA-256 of other files that were read, by path
    bool options_by_dash = false; ///< a word that begins with '-' is an option to its parser
};

/// How modules are read.
struct module_reading {
    std::map<std::string, std::string> environment; ///< of the user: PATH names python3
    std::string cache;              ///< directory that keeps what was read; empty: none
    std::vector<std::string> words; ///< the module's own arguments: they may name a subcommand
};

/// How modules are read for a command: with its environment, and the cache of its Guild home.
[[nodiscard]] module_reading module_reading_of(const command_context& context);

/// Reads the flags of a Python file without executing it. `dest` is where flags go; empty: what the
/// module's imports tell. Starts `python3` unless the same content was read before. Fails with
/// `bad_input` and the parser's words on bad syntax, `not_found` without a python3. Blocks.
[[nodiscard]] result<module_flags>
read_module_flags(const std::string& path, const std::string& dest, const module_reading& how);

} // namespace outrider
