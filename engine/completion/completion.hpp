#pragma once

#include "engine/api/commands.hpp"

#include <string>
#include <vector>

namespace outrider {

/// What a word on the command line may name.
enum class completion_kind {
    operations,  ///< of the project
    flags,       ///< of an operation, as "NAME="
    flag_values, ///< of a flag, where only some are allowed
    runs,        ///< of this machine, or known of a remote
    remotes,     ///< of the configuration
};

struct completion_query {
    completion_kind kind = completion_kind::operations;
    std::string start;     ///< what is typed already
    std::string operation; ///< flags, flag_values; empty: the default operation
    std::string flag;      ///< flag_values
    std::string remote;    ///< runs; empty: this machine
    bool deleted = false;  ///< runs of the trash
};

/// A word to offer, and what it is about in a few words for a person; may be empty.
struct completion_candidate {
    std::string text;
    std::string description;

    friend bool operator==(const completion_candidate&, const completion_candidate&) = default;
};

/// Words that begin with `query.start`. Reads files of this machine only, in some milliseconds;
/// what cannot be read offers nothing. Runs are the newest first, at most 100.
[[nodiscard]] std::vector<completion_candidate>
completion_candidates(const command_context& context, const completion_query& query);

} // namespace outrider
