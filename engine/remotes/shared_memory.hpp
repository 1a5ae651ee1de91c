#pragma once

#include "engine/descriptor.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/sync_messages.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace outrider {

/// Memory for received bytes that another process of this user on this machine can see, so that
/// they need not be sent to it. Ten pieces, which take memory where they are used. Lives as long as
/// anyone uses a piece.
class shared_memory final : public protocol::buffer_source,
                            public std::enable_shared_from_this<shared_memory> {
  public:
    /// None: the system gives none.
    [[nodiscard]] static std::shared_ptr<shared_memory> make();
    shared_memory(const shared_memory&) = delete;
    shared_memory& operator=(const shared_memory&) = delete;
    ~shared_memory() override;

    /// A piece that nobody uses; none if there is no such, or it is smaller than that.
    [[nodiscard]] std::shared_ptr<char[]> take(std::size_t size) override;
    /// How the other process finds it.
    [[nodiscard]] const protocol::memory_place& place() const { return place_; }
    /// Where those bytes lie from its beginning; nothing for others.
    [[nodiscard]] std::optional<std::int64_t> offset_of(std::string_view bytes) const;

  private:
    shared_memory() = default;

    descriptor file_;
    protocol::memory_place place_;
    std::span<char> bytes_;
    std::vector<char*> free_; // pieces; the one that was used last is taken first
};

} // namespace outrider
