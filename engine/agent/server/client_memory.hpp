#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace outrider::agent {

/// Memory of the client that this process can see: what lies there need not be sent. Only the
/// client of an agent on its own machine has such. What either says of a range stays as it is until
/// the other has dealt with it.
class client_memory {
  public:
    client_memory() = default;
    client_memory(const client_memory&) = delete;
    client_memory& operator=(const client_memory&) = delete;
    ~client_memory();

    /// Whether it is there to be read from now on.
    [[nodiscard]] bool open(const protocol::shared_memory_file& place) { return map(place, false); }
    /// The same, also to be written.
    [[nodiscard]] bool open_for_writing(const protocol::shared_memory_file& place) {
        return map(place, true);
    }
    /// Fails with `protocol_violation` for a range that is not inside.
    [[nodiscard]] result<std::string_view> at(std::int64_t offset, std::int64_t size) const;
    /// All of it; empty if none is open.
    [[nodiscard]] std::span<char> bytes() const { return bytes_; }

  private:
    [[nodiscard]] bool map(const protocol::shared_memory_file& place, bool writable);

    std::span<char> bytes_;
};

} // namespace outrider::agent
