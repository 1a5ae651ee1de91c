#include "engine/protocol/content_hash.hpp"

#include "engine/core/descriptor.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fcntl.h>

#include <array>
#include <cerrno>

namespace outrider::protocol {
namespace {

std::string canonical_hex(XXH128_hash_t hash) {
    static constexpr char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    std::string out;
    for (const unsigned char byte : canonical.digest) {
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

} // namespace

struct content_hash::state {
    XXH3_state_t inner;
};

content_hash::content_hash() : state_(std::make_unique<state>()) {
    reset();
}
content_hash::content_hash(content_hash&&) noexcept = default;
content_hash& content_hash::operator=(content_hash&&) noexcept = default;
content_hash::~content_hash() = default;

void content_hash::reset() {
    XXH3_128bits_reset(&state_->inner);
}

void content_hash::update(std::string_view bytes) {
    XXH3_128bits_update(&state_->inner, bytes.data(), bytes.size());
}

std::string content_hash::hex() const {
    return canonical_hex(XXH3_128bits_digest(&state_->inner));
}

std::string hash_of(std::string_view bytes) {
    return canonical_hex(XXH3_128bits(bytes.data(), bytes.size()));
}

result<std::string> hash_of_file(const std::string& path) {
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return errno_failure(errno, "open " + path);
    }
    content_hash hash;
    std::array<char, 64 * 1024> block;
    for (;;) {
        const auto got = ::read(file.get(), block.data(), block.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errno_failure(errno, "read " + path);
        }
        if (got == 0) {
            return hash.hex();
        }
        hash.update({block.data(), static_cast<std::size_t>(got)});
    }
}

} // namespace outrider::protocol
