#include "engine/remotes/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <string>

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

std::shared_ptr<shared_memory> shared_memory::make(std::size_t size) {
    std::shared_ptr<shared_memory> out(new shared_memory);
    out->file_.reset(::memfd_create("outrider", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    struct stat info{};
    // Nobody can make it shorter under whoever looks at it.
    if (!out->file_ || ::ftruncate(out->file_.get(), static_cast<off_t>(size)) != 0 ||
        ::fcntl(out->file_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0 ||
        ::fstat(out->file_.get(), &info) != 0) {
        return nullptr;
    }
    void* const begin =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, out->file_.get(), 0);
    if (begin == MAP_FAILED) { // NOLINT(*-cstyle-cast,*-int-to-ptr)
        return nullptr;
    }
    out->bytes_ = {static_cast<char*>(begin), size};
    out->place_ = {.path = "/proc/" + std::to_string(::getpid()) + "/fd/" +
                           std::to_string(out->file_.get()),
                   .inode = static_cast<std::int64_t>(info.st_ino),
                   .size = static_cast<std::int64_t>(size)};
    return out;
}

shared_memory::~shared_memory() {
    if (!bytes_.empty()) {
        ::munmap(bytes_.data(), bytes_.size());
    }
}

std::optional<std::int64_t> shared_memory::offset_of(std::string_view bytes) const {
    const std::less_equal<> before; // also of pointers into different memory
    if (!before(bytes_.data(), bytes.data()) ||
        !before(bytes.data() + bytes.size(), bytes_.data() + bytes_.size())) {
        return std::nullopt;
    }
    return bytes.data() - bytes_.data();
}

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
