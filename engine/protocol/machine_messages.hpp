#pragma once

#include "engine/protocol/messages.hpp"

/// Requests about a machine itself.
namespace outrider::protocol {

struct execute_reply {
    std::int64_t exit_status = 0; ///< negative: the signal that ended it
};
BOOST_DESCRIBE_STRUCT(execute_reply, (), (exit_status))
/// Executes a program and sends what it prints, standard output and error in one, as `data` frames;
/// replies when it has ended. It has no standard input, and is killed with its process group when
/// the request is cancelled. `not_found` if there is no such program.
struct execute {
    using reply = execute_reply;
    static constexpr std::string_view name = "execute";
    std::vector<std::string> words; ///< `${home}` stands for the absolute Guild home
    std::string home;               ///< Guild home
    std::string directory;          ///< absolute or below the user's home; empty: the user's home
    std::map<std::string, std::string> environment; ///< on top of the inherited one
    std::string activation;                         ///< shell code run before, may be empty
};
BOOST_DESCRIBE_STRUCT(execute, (), (words, home, directory, environment, activation))

/// One directory, or the nearest one above it that exists, as the agent sees it.
struct directory_facts {
    std::string path;        ///< absolute
    bool exists = false;     ///< the path itself, as a directory
    bool blocked = false;    ///< something that is no directory stands there
    bool writable = false;   ///< a file can be made in it
    bool executes = true;    ///< its file system is not mounted noexec
    std::string owner;       ///< name or number, where it belongs to another user; else empty
    std::string file_system; ///< "ext4", "nfs"; a number in hexadecimal where it has no name here
    bool shared = false;     ///< other machines may hold it as well: NFS and its like
    std::int64_t free_bytes = 0;
    std::int64_t total_bytes = 0;
    std::int64_t free_files = 0;  ///< inodes
    std::int64_t total_files = 0; ///< 0: the file system does not count them
};
BOOST_DESCRIBE_STRUCT(directory_facts, (),
                      (path, exists, blocked, writable, executes, owner, file_system, shared,
                       free_bytes, total_bytes, free_files, total_files))

/// What a machine says of itself.
struct machine_report {
    directory_facts user_home;
    directory_facts guild_home;
    directory_facts cache;
    directory_facts temporary; ///< $TMPDIR, else /tmp
    std::int64_t umask = 0;
    std::int64_t processors = 0; ///< that this user may use
    std::int64_t memory_bytes = 0;
    std::int64_t open_files = 0; ///< most that a process may have
    std::string system;          ///< PRETTY_NAME of os-release, may be empty
    std::string logout;          ///< what becomes of processes at logout: stay, enter_scope, warn
    std::int64_t time_us = 0;    ///< µs since the epoch there, when the report was made
};
BOOST_DESCRIBE_STRUCT(machine_report, (),
                      (user_home, guild_home, cache, temporary, umask, processors, memory_bytes,
                       open_files, system, logout, time_us))
/// Asks for facts that decide whether runs will do well there. Starts no program.
struct examine_machine {
    using reply = machine_report;
    static constexpr std::string_view name = "examine_machine";
    std::string home; ///< Guild home
};
BOOST_DESCRIBE_STRUCT(examine_machine, (), (home))

} // namespace outrider::protocol
