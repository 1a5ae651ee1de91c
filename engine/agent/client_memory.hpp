#pragma once

#include "engine/protocol/sync_messages.hpp"
#include "engine/result.hpp"

#include <cstdint>
#include <string_view>

namespace outrider::agent {

/// Memory of the client that this process can see: what lies there need not be sent. Only the
/// client of an agent on its own machine has such. What it says of a range stays as it is until the
/// range is dealt with.
class client_memory {
  public:
    client_memory() = default;
    client_memory(const client_memory&) = delete;
    client_memory& operator=(const client_memory&) = delete;
    ~client_memory();

    /// Whether it is there to be seen from now on.
    [[nodiscard]] bool open(const protocol::memory_place& place);
    /// Fails with `protocol_violation` for a range that is not inside.
    [[nodiscard]] result<std::string_view> at(std::int64_t offset, std::int64_t size) const;

  private:
    std::string_view bytes_;
};

} // namespace outrider::agent
