#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace outrider {

/// Memory that another process of this user on this machine can see, so that what lies there need
/// not be sent. It takes real memory where it was written to.
class shared_memory {
  public:
    /// None: the system gives none.
    [[nodiscard]] static std::shared_ptr<shared_memory> make(std::size_t size);
    shared_memory(const shared_memory&) = delete;
    shared_memory& operator=(const shared_memory&) = delete;
    ~shared_memory();

    /// How the other process finds it.
    [[nodiscard]] const protocol::memory_place& place() const { return place_; }
    [[nodiscard]] std::span<char> bytes() const { return bytes_; }
    /// Where those bytes lie from its beginning; nothing for others.
    [[nodiscard]] std::optional<std::int64_t> offset_of(std::string_view bytes) const;

  private:
    shared_memory() = default;

    descriptor file_;
    protocol::memory_place place_;
    std::span<char> bytes_;
};

} // namespace outrider
