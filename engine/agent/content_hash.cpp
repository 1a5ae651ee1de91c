#define XXH_INLINE_ALL
#include "engine/agent/content_hash.hpp"

#include "engine/runs/descriptor.hpp"

#include <fcntl.h>
#include <xxhash.h>

#include <array>

namespace outrider::agent {
namespace {

std::string hex_of(XXH128_hash_t hash) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    std::string out;
    for (const unsigned char byte : canonical.digest) {
        out.push_back("0123456789abcdef"[byte >> 4]);
        out.push_back("0123456789abcdef"[byte & 15]);
    }
    return out;
}

} // namespace

std::string content_hash(std::string_view bytes) {
    return hex_of(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string executable_hash() {
    const descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    if (!file) {
        return {};
    }
    alignas(64) XXH3_state_t state; // its type demands the alignment
    XXH3_128bits_reset(&state);
    std::array<char, 65536> chunk;
    for (;;) {
        const auto got = ::read(file.get(), chunk.data(), chunk.size());
        if (got < 0) {
            return {};
        }
        if (got == 0) {
            return hex_of(XXH3_128bits_digest(&state));
        }
        XXH3_128bits_update(&state, chunk.data(), static_cast<std::size_t>(got));
    }
}

} // namespace outrider::agent
