#include "engine/project/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace outrider {
namespace {

const EVP_MD* algorithm(digest_kind kind) {
    switch (kind) {
    case digest_kind::md5:
        return EVP_md5();
    case digest_kind::sha1:
        return EVP_sha1();
    case digest_kind::sha256:
        break;
    }
    return EVP_sha256();
}

EVP_MD_CTX* native(void* context) {
    return static_cast<EVP_MD_CTX*>(context);
}

} // namespace

void digest::free_context::operator()(void* context) const {
    EVP_MD_CTX_free(native(context));
}

digest::digest(digest_kind kind) : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(native(context_.get()), algorithm(kind), nullptr) != 1) {
        throw std::runtime_error("the hash is switched off in this system's OpenSSL");
    }
}

void digest::add(std::string_view bytes) {
    EVP_DigestUpdate(native(context_.get()), bytes.data(), bytes.size());
}

std::string digest::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(native(context_.get()), raw.data(), &size);
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned int i = 0; i < size; ++i) {
        out += {digits[raw[i] >> 4], digits[raw[i] & 15]};
    }
    return out;
}

std::string hex_digest(digest_kind kind, std::string_view bytes) {
    digest all(kind);
    all.add(bytes);
    return all.hex();
}

} // namespace outrider
