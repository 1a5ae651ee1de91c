#pragma once

#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/send/outgoing_file.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/protocol/packet.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace outrider::agent {

/// The orders of a transfer that are still to be done, as packed as they came: the client may be
/// far ahead.
class order_stream {
  public:
    /// The orders that follow are of this run.
    void begin_run(std::string run_id);
    /// Takes in an `orders` packet; `protocol_violation` where too much of them pile up.
    [[nodiscard]] result<> add(std::string_view packet);
    /// No further orders come.
    void end() { ended_ = true; }

    struct step {
        enum class kind_type {
            run,   ///< `run_id`: the orders that follow are of this run
            order, ///< `order`
            none,  ///< nothing is here now
            end,   ///< everything was taken out, and nothing will come
        };
        kind_type kind = kind_type::none;
        std::string run_id;
        protocol::file_order order;
    };
    /// Takes out the next step; `protocol_violation` where a packet is malformed.
    [[nodiscard]] result<step> next();

  private:
    struct item {
        bool is_run = false;
        std::string text; // the id of a run, or a packet
    };
    void drop_front();

    std::deque<item> items_;
    std::optional<protocol::packet_reader> reader_; // of the packet in front
    std::size_t bytes_ = 0;
    bool ended_ = false;
};

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
    run_directory run_;    // without a descriptor: there is no such run
    descriptor directory_; // of the file before
    std::string directory_path_;
};

} // namespace outrider::agent
