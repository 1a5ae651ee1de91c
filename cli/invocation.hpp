#pragma once

#include "engine/commands.hpp"

#include <string>

namespace outrider::cli {

/// How a listing of runs is shown.
struct run_table_style {
    bool simplified = false; ///< `-s`: without ids and times
};

/// How the files of a run are shown.
struct file_list_style {
    bool no_format = false;      ///< `-n`: neither header nor indentation
    bool full_paths = false;     ///< `-f`
    bool extended = false;       ///< `-e`: modes, sizes and times
    bool human_readable = false; ///< `-h`: the same, sizes as people say them
};

/// What a command line asks for, ready for the engine, and how to show what it answers.
struct invocation {
    std::string program;      ///< the name it was called by
    std::string command_name; ///< "runs rm", for hints
    command what;
    std::string remote;     ///< that the command works on; empty: this machine
    std::string directory;  ///< from -C, as typed; empty: the working directory
    std::string guild_home; ///< from -H, as typed; empty: found by the engine
    bool assume_yes = false;
    bool debug = false;
    bool verbose = false;      ///< `-v`: more about what is found
    bool quiet = false;        ///< `-q`: results and errors only
    bool json = false;         ///< `--json`: results as JSON
    bool page = false;         ///< show standard output in a pager, on a terminal
    bool edit_comment = false; ///< write the comment in an editor first
    run_table_style run_table;
    file_list_style file_list;
};

} // namespace outrider::cli
