#pragma once

#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
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
    std::string type;               ///< text, binary, dir, or empty: any file
    std::string containing;         ///< of a directory: only one in which this path exists
    std::uintmax_t below_bytes = 0; ///< only smaller files; 0: of any size
    std::size_t most = 0;           ///< how many files it may choose; 0: any number
};

/// What is copied as source code, and where to.
struct sourcecode_def {
    std::string root;               ///< relative to the project, or absolute; empty: the project
    std::string dest = ".";         ///< relative to the run
    bool disabled = false;          ///< `sourcecode: no`
    bool digest = true;             ///< its digest is recorded
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
    std::string model;       ///< empty: the anonymous one
    std::string main;        ///< module and arguments, or empty
    bool bare_flags = false; ///< flags follow `main` without the `--` between
    std::vector<std::string> exec;
    std::string program; ///< of a script: the first word of `exec` as a file of the run
    std::string description;
    bool is_default = false;
    boost::json::object env;
    std::vector<flag_def> flags;
    flags_import imports;
    std::string flags_dest; ///< empty: what the module's imports tell, else args
    /// The module takes a word that begins with '-' for an option, not for a flag's value.
    bool options_by_dash = false;
    sourcecode_def sourcecode;
    std::string label; ///< a template, or empty
    std::vector<std::string> tags;
    std::vector<std::string> env_secrets; ///< variables that no file of a run may hold
    boost::json::object run_attrs;        ///< attributes of its runs
    std::string python_requires;          ///< the version of its interpreter, or empty: any
    boost::json::value output_scalars;    ///< as written; null: the defaults
    bool prints_by_keras = false;         ///< the module trains by Keras, whose lines are defaults
    boost::json::value output_attrs;      ///< as written; null: the defaults
    boost::json::value requires_;         ///< null: nothing
    boost::json::object resources;        ///< of its model, by name
    boost::json::object data;             ///< everything as written, for what only travels
    std::vector<std::string> remarks;     ///< keys that add nothing here, for people
    std::optional<failure> refused;       ///< why it is only listed and cannot be run

    [[nodiscard]] const flag_def* find_flag(const std::string& flag) const;
    /// "op", or "model:op".
    [[nodiscard]] std::string full_name() const;
};

/// A model of a project: operations that belong together.
struct model_def {
    std::string name; ///< empty: operations without a model
    std::string description;
    bool is_default = false;
    std::vector<std::string> references;
    boost::json::object resources; ///< by name, as written
};

/// A project: its `guild.yml`.
struct guild_file {
    std::string path;      ///< absolute
    std::string directory; ///< absolute
    std::string digest;    ///< MD5 of the file, hex
    std::string package;   ///< declared name, or empty
    std::string package_version = "0.0.0";
    std::string python_requires; ///< the version of Python of the package, or empty: any
    std::vector<std::string> package_requires; ///< what pip has to bring for the package
    std::string default_model;     ///< name of the model that operations without one belong to
    std::vector<model_def> models; ///< in the order of the file
    std::vector<operation_def> operations; ///< of all models; some may be refused

    [[nodiscard]] const model_def* find_model(const std::string& model) const;
};

/// Reads `guild.yml` of a directory; nothing if there is none. What makes no sense to Guild fails
/// with `bad_project` and names the file; an operation that cannot be run here is `refused`, and
/// takes no other with it.
[[nodiscard]] result<std::optional<guild_file>> load_guild_file(const std::string& directory);

/// The operation of a name: `OP`, `MODEL:OP` (a part of the model's name is enough where only one
/// has it), `:OP` of no model, or empty for the default one. Failures are in Guild's words.
[[nodiscard]] result<const operation_def*> find_operation(const guild_file& file,
                                                          const std::string& name);

} // namespace outrider
