#include "engine/agent/server/client_memory.hpp"

#include "engine/core/descriptor.hpp"
#include "engine/protocol/packet.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace outrider::agent {

client_memory::~client_memory() {
    if (!bytes_.empty()) {
        ::munmap(bytes_.data(), bytes_.size());
    }
}

bool client_memory::map(const protocol::shared_memory_file& place, bool writable) {
    const int access = writable ? O_RDWR : O_RDONLY;
    const descriptor file(::open(place.path.c_str(), access | O_NONBLOCK | O_CLOEXEC));
    struct stat found{};
    if (!file || ::fstat(file.get(), &found) != 0 ||
        found.st_ino != static_cast<ino_t>(place.inode) || found.st_size != place.size ||
        place.size <= 0) {
        return false;
    }
    const auto size = static_cast<std::size_t>(place.size);
    const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    void* const begin = ::mmap(nullptr, size, protection, MAP_SHARED, file.get(), 0);
    if (begin == MAP_FAILED) { // NOLINT(*-cstyle-cast,*-int-to-ptr)
        return false;
    }
    bytes_ = {static_cast<char*>(begin), size};
    return true;
}

result<std::string_view> client_memory::at(std::int64_t offset, std::int64_t size) const {
    const auto end = static_cast<std::int64_t>(bytes_.size());
    if (offset < 0 || size < 0 || offset > end || size > end - offset) {
        return protocol::malformed_packet("place in memory");
    }
    return std::string_view(bytes_.data() + offset, static_cast<std::size_t>(size));
}

} // namespace outrider::agent
