#pragma once

#include "engine/protocol/frame.hpp"
#include "engine/remotes/shared_memory.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace outrider {

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
