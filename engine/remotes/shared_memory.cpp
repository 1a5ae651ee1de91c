#include "engine/remotes/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <string>

namespace outrider {

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

} // namespace outrider
