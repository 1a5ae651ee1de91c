#pragma once

#include "engine/json/described_json.hpp"
#include "engine/protocol/packet.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace outrider::testing {

/// What a receiver told about its basis of one file.
struct told_signature {
    std::string hashes;
    bool last = false;
    std::int64_t basis_bytes = 0;
};

/// Everything in the data frames of a receiver.
struct told_packets {
    std::map<std::int64_t, told_signature> signatures;
    std::vector<protocol::transfer_ack> acks;

    /// Takes the payload of one data frame; false if it is malformed.
    [[nodiscard]] bool take(std::string_view payload);
};

/// The client and the sender of a transfer in one: makes orders and content and passes them to a
/// receiver.
class content_script {
  public:
    using part_sink = std::function<void(std::string_view type, const protocol::json::value&)>;
    using data_sink = std::function<void(std::string_view payload)>;
    content_script(part_sink part, data_sink data)
        : part_(std::move(part)), data_(std::move(data)) {}

    template <class Part>
    void part(const Part& part) {
        part_(Part::name, protocol::to_json(part));
    }
    void begin(const std::string& run_id, const std::string& state = "-");
    void finish() { part(protocol::receive_finish{}); }
    void end() { part(protocol::orders_end{}); }

    /// Sends the order of an entry and returns its number.
    std::int64_t order(const protocol::file_entry& entry, bool basis = false);
    void whole(std::int64_t number, const protocol::file_entry& entry, std::string_view content);
    /// Head, all blocks, tail.
    void blocks(std::int64_t number, const protocol::file_entry& entry, std::string_view content);
    /// Order and content of a file, whole or in blocks.
    void file(protocol::file_entry entry, std::string_view content);
    /// The content of an order with a basis: keeps what is the same; returns bytes of blocks sent.
    std::int64_t delta(std::int64_t number, const protocol::file_entry& entry,
                       std::string_view content, const told_signature& basis);
    void record(const protocol::content_record& record);
    void head(std::int64_t number, const protocol::file_entry& entry, std::int64_t size);
    void block(std::int64_t first, std::string_view data);
    void range(protocol::content_record::kind_type kind, std::int64_t first, std::int64_t count);
    void tail(std::string_view content);
    void raw(std::string_view payload) { data_(payload); }

    std::int64_t content_bytes = 0; ///< of content packets

  private:
    part_sink part_;
    data_sink data_;
    std::int64_t next_ = 0;
};

/// The hash that a sender tells of a whole file.
[[nodiscard]] protocol::hash128 hash_of_file(std::string_view content);
/// A regular file with a usual mode and time.
[[nodiscard]] protocol::file_entry a_file(const std::string& path, std::size_t size = 0);
/// Bytes that do not repeat, the same for the same seed.
[[nodiscard]] std::string noise(std::size_t size, std::uint64_t seed = 1);

} // namespace outrider::testing
