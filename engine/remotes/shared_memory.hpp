#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

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
    [[nodiscard]] const protocol::shared_memory_file& place() const { return place_; }
    [[nodiscard]] std::span<char> bytes() const { return bytes_; }
    /// Where those bytes lie from its beginning; nothing for others.
    [[nodiscard]] std::optional<std::int64_t> offset_of(std::string_view bytes) const;

  private:
    shared_memory() = default;

    descriptor file_;
    protocol::shared_memory_file place_;
    std::span<char> bytes_;
};

/// Shared memory for what is received: ten pieces. Lives as long as anyone uses a piece.
class shared_buffers final : public protocol::buffer_source,
                             public std::enable_shared_from_this<shared_buffers> {
  public:
    /// None: the system gives no such memory.
    [[nodiscard]] static std::shared_ptr<shared_buffers> make();

    /// A piece that nobody uses; none if there is no such, or it is smaller than that.
    [[nodiscard]] std::shared_ptr<char[]> take(std::size_t size) override;
    [[nodiscard]] const std::shared_ptr<shared_memory>& memory() const { return memory_; }

  private:
    explicit shared_buffers(std::shared_ptr<shared_memory> memory);

    std::shared_ptr<shared_memory> memory_;
    std::vector<char*> free_; // pieces; the one that was used last is taken first
};

} // namespace outrider
