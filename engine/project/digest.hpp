#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace outrider {

enum class digest_kind {
    md5,    ///< identity of Guild files and source code, as the run format asks
    sha1,   ///< of files in a manifest, as the run format asks
    sha256, ///< names of packages
};

/// A hash that is fed piece by piece. Cryptographic only as `sha256`.
class digest {
  public:
    explicit digest(digest_kind kind);
    void add(std::string_view bytes);
    /// The hash in lower-case hex; the digest is used up.
    [[nodiscard]] std::string hex();

  private:
    struct free_context {
        void operator()(void* context) const;
    };
    std::unique_ptr<void, free_context> context_; // EVP_MD_CTX, kept out of this header
};

[[nodiscard]] std::string hex_digest(digest_kind kind, std::string_view bytes);

} // namespace outrider
