#include "engine/remotes/shared_buffers.hpp"

#include <sys/mman.h>

namespace outrider {
namespace {

/// What a bulk reader asks for at most (the largest window, `transfer_slots`), with a frame that
/// has begun before it, bytes. It uses half a MiB of it as a rule, and what is never touched takes
/// no memory.
constexpr std::size_t piece_size = (std::size_t{8} << 20) + (std::size_t{256} << 10);
/// Memory that an unused piece keeps at most, bytes.
constexpr std::size_t kept_size = std::size_t{1} << 20;
/// More than the content that is lent at once lies in.
constexpr std::size_t pieces = 10;

} // namespace

std::shared_ptr<shared_buffers> shared_buffers::make() {
    auto memory = shared_memory::make(pieces * piece_size);
    return memory ? std::shared_ptr<shared_buffers>(new shared_buffers(std::move(memory)))
                  : nullptr;
}

shared_buffers::shared_buffers(std::shared_ptr<shared_memory> memory) : memory_(std::move(memory)) {
    for (std::size_t i = pieces; i-- > 0;) {
        free_.push_back(memory_->bytes().data() + i * piece_size);
    }
}

std::shared_ptr<char[]> shared_buffers::take(std::size_t size) {
    if (size > piece_size || free_.empty()) {
        return nullptr;
    }
    char* const piece = free_.back();
    free_.pop_back();
    return {piece, [owner = shared_from_this()](char* unused) {
                // Seldom is more of it touched.
                ::madvise(unused + kept_size, piece_size - kept_size, MADV_REMOVE);
                owner->free_.push_back(unused);
            }};
}

} // namespace outrider
