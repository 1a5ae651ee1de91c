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

} // namespace outrider::protocol
