#include "engine/protocol/block_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <string>

namespace outrider::protocol {
namespace {

hash128 canonical(XXH128_hash_t hash) {
    XXH128_canonical_t form;
    XXH128_canonicalFromHash(&form, hash);
    hash128 out;
    static_assert(sizeof form.digest == sizeof out);
    std::memcpy(out.data(), form.digest, sizeof out);
    return out;
}

} // namespace

hash128 hash_block(std::string_view bytes) {
    return canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

const hash128& hash_of_zero_block() {
    static const hash128 hash = hash_block(std::string(block_size, '\0'));
    return hash;
}

std::string_view bytes_of(const hash128& hash) {
    return {hash.data(), hash.size()};
}

struct file_hash::state {
    XXH3_state_t inner;
};

file_hash::file_hash() : state_(std::make_unique<state>()) {
    reset();
}
file_hash::file_hash(file_hash&&) noexcept = default;
file_hash& file_hash::operator=(file_hash&&) noexcept = default;
file_hash::~file_hash() = default;

void file_hash::reset() {
    XXH3_128bits_reset(&state_->inner);
}

void file_hash::add(const hash128& block) {
    XXH3_128bits_update(&state_->inner, block.data(), block.size());
}

void file_hash::add_zero_blocks(std::int64_t count) {
    for (; count > 0; --count) {
        add(hash_of_zero_block());
    }
}

hash128 file_hash::value() const {
    return canonical(XXH3_128bits_digest(&state_->inner));
}

hash128 hash_of_small_file(std::string_view content) {
    if (content.empty()) {
        return hash_block({});
    }
    const auto block = hash_block(content);
    return hash_block(bytes_of(block));
}

} // namespace outrider::protocol
