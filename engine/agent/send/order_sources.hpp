#pragma once

#include "engine/agent/files/run_place.hpp"
#include "engine/agent/send/outgoing_file.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/protocol/packet.hpp"

namespace outrider::agent {

/// Opens the files that orders name: those of one run after the other, or the user's own.
/// Neighbours share their directory, which stays open.
class order_sources {
  public:
    order_sources(const agent_context& context, std::string home)
        : context_(context), home_(std::move(home)) {}

    /// The orders that follow are of this run; of one that is not there every file is missing.
    [[nodiscard]] result<> begin_run(const std::string& run_id);
    /// Nothing: there is no such regular file (any more). Fails with `bad_input` where a name leads
    /// outside the run.
    [[nodiscard]] result<std::optional<outgoing_file>> open(const protocol::file_order& order);

  private:
    [[nodiscard]] result<std::optional<outgoing_file>> open_own(const std::string& source) const;
    [[nodiscard]] result<bool> enter_directory(std::string_view path);

    const agent_context& context_;
    std::string home_;
    bool in_run_ = false;
    run_place run_;        // without a descriptor: there is no such run
    descriptor directory_; // of the file before
    std::string directory_path_;
};

} // namespace outrider::agent
