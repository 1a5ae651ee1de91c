#pragma once

#include "engine/api/commands.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace outrider::cli {

/// How a listing of runs is shown.
struct run_table_style {
    bool simplified = false; ///< `-s`: without ids and times
    bool limited = false;    ///< `-n`: the person knows that there may be more
};

/// When text is coloured.
enum class colour_choice {
    automatic, ///< on a terminal, unless the environment says otherwise
    always,
    never,
};

/// How the files of a run are shown.
struct file_list_style {
    bool no_format = false;      ///< `-n`: neither header nor indentation
    bool full_paths = false;     ///< `-f`
    bool extended = false;       ///< `-e`: modes, sizes and times
    bool human_readable = false; ///< `-h`: the same, sizes as people say them
};

/// What `serve` is to do.
struct serve_request {
    bool detach = false;     ///< return when it answers
    bool install = false;    ///< write a unit of systemd instead
    std::optional<int> port; ///< of 127.0.0.1, to listen on as well
    double timeout = 10;     ///< seconds that commands have to end in, when it is stopped
};

/// What the program itself answers, without the engine.
struct own_request {
    enum class kind {
        none,
        help,               ///< of the command `words`
        man_page,           ///< as roff
        completion,         ///< the script for `shell`
        install_completion, ///< put that script where `shell` finds it
        serve,              ///< be the service, or start one
        serve_status,       ///< say how the service is
        serve_stop,         ///< end it
    };
    kind what = kind::none;
    std::vector<std::string> words;
    std::string shell; ///< bash, zsh or fish; empty: the user's
    serve_request serve;
};

/// What a command line asks for, ready for the engine, and how to show what it answers.
struct invocation {
    std::string program;      ///< the name it was called by
    std::string command_name; ///< "runs rm", for hints
    command what;
    own_request own;         ///< stands before `what`
    std::string remote;      ///< that the command works on; empty: this machine
    std::string directory;   ///< from -C, as typed; empty: the working directory
    std::string guild_home;  ///< from -H, as typed; empty: found by the engine
    bool no_service = false; ///< `--no-service`: the command stays in this process
    bool assume_yes = false;
    bool no_input = false; ///< `--no-input`: a question that comes up counts as not answered
    bool debug = false;
    bool verbose = false;          ///< a command's own `-v`: more about what is found
    int verbosity = 0;             ///< the program's `-v`: 1 tells what is done, 2 how
    bool quiet = false;            ///< `-q`: results and errors only
    bool group = false;            ///< `--group`: equal outputs of several remotes together
    std::int64_t connections = 32; ///< `--connections`
    bool json = false;             ///< `--json`: results as JSON
    colour_choice colour = colour_choice::automatic;
    bool page = false;         ///< show standard output in a pager, on a terminal
    bool edit_comment = false; ///< write the comment in an editor first
    bool edit_flags = false;   ///< change the flags of a run in an editor first
    run_table_style run_table;
    file_list_style file_list;
};

} // namespace outrider::cli
