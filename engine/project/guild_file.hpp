#pragma once

#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// A value that a flag may take.
struct flag_choice {
    boost::json::value value;
    std::string alias;         ///< another way to type it, or empty
    std::string description;   ///< may be empty
    boost::json::object flags; ///< values of other flags while this one is chosen
};

/// A flag as an operation declares it.
struct flag_def {
    std::string name;
    std::string description;
    boost::json::value default_value; ///< null: none
    std::string type;                 ///< string, int, float…; empty: whatever the value looks like
    bool required = false;
    std::vector<flag_choice> choices;
    bool allow_other = false; ///< choices are suggestions
    std::optional<double> min;
    std::optional<double> max;
    std::string arg_name; ///< empty: `name`
    bool arg_skip = false;
    std::optional<boost::json::value> arg_switch; ///< the value that gives `--NAME` alone
    std::string arg_switch_off;                   ///< a switch's word for any other value, or empty
    std::optional<boost::json::value> arg_split;  ///< true or a separator
    std::string env_name;                         ///< empty: FLAG_NAME
    std::string alias;                            ///< another name to type, or empty
    std::string null_label;                       ///< how null is shown; empty: `default`
    boost::json::object arg_encoding; ///< what the program gets for a value (by its text) instead
    boost::json::object env_encoding; ///< the same for the environment
    /// A default of the module that would not come back the same as an argument: it is not passed.
    std::optional<boost::json::value> arg_skip_value;
    boost::json::object written; ///< what is declared, as it is written

    /// Whether its value is spread over several words.
    [[nodiscard]] bool splits() const {
        return arg_split && !arg_split->is_null() && *arg_split != false;
    }
};

/// One `include` or `exclude` of a source code selection; the last that matches a file decides.
struct source_rule {
    bool include = true;
    std::string pattern;
    std::string type; ///< text, binary, dir, or empty: any file
};

/// What is copied as source code, and where to.
struct sourcecode_def {
    std::string root;               ///< relative to the project, or empty
    std::string dest = ".";         ///< relative to the run
    bool disabled = false;          ///< `sourcecode: no`
    std::vector<source_rule> rules; ///< on top of the default selection
};

/// Which flags an operation takes over from its module (`flags-import`, `flags-import-skip`).
struct flags_import {
    bool said = false;              ///< the project says something about it
    bool all = false;               ///< every flag of the module
    std::vector<std::string> names; ///< these, unless `all`
    std::vector<std::string> skip;  ///< never these
};

/// An operation of a project, inheritance resolved.
struct operation_def {
    std::string name;
    std::string model; ///< empty: the anonymous one
    std::string main;  ///< module and arguments, or empty
    std::vector<std::string> exec;
    std::string description;
    bool is_default = false;
    boost::json::object env;
    std::vector<flag_def> flags;
    flags_import imports;
    std::string flags_dest; ///< empty: what the module's imports tell, else args
    /// The module takes a word that begins with '-' for an option, not for a flag's value.
    bool options_by_dash = false;
    sourcecode_def sourcecode;
    std::string label;             ///< a template, or empty
    boost::json::value requires_;  ///< null: nothing
    boost::json::object resources; ///< of its model, by name
    boost::json::object data;      ///< everything as written, for what only travels

    [[nodiscard]] const flag_def* find_flag(const std::string& flag) const;
    /// "op", or "model:op".
    [[nodiscard]] std::string full_name() const;
};

/// A project: its `guild.yml`.
struct guild_file {
    std::string path;      ///< absolute
    std::string directory; ///< absolute
    std::string digest;    ///< MD5 of the file, hex
    std::string package;   ///< declared name, or empty
    std::string package_version = "0.0.0";
    std::string python_requires; ///< what the package says it needs, comma-separated, or empty
    std::string default_model;   ///< name of the model that operations without one belong to
    std::vector<operation_def> operations;
};

/// Reads `guild.yml` of a directory; nothing if there is none. Fails with `bad_input`, the file and
/// the line or the operation where it does not make sense.
[[nodiscard]] result<std::optional<guild_file>> load_guild_file(const std::string& directory);

/// The operation of a name: `OP`, `MODEL:OP`, or empty for the default one.
[[nodiscard]] result<const operation_def*> find_operation(const guild_file& file,
                                                          const std::string& name);

} // namespace outrider
