#pragma once

#include "engine/core/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace outrider::protocol {

/// XXH3-128 of content that comes in pieces, as packages and agents are named by it:
/// 32 lower-case hex digits of the canonical (big-endian) form.
class content_hash {
  public:
    content_hash();
    content_hash(content_hash&&) noexcept;
    content_hash& operator=(content_hash&&) noexcept;
    ~content_hash();

    /// Starts again from nothing.
    void reset();
    void update(std::string_view bytes);
    /// The hash of everything so far; more may follow.
    [[nodiscard]] std::string hex() const;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The hash of bytes that are all there.
[[nodiscard]] std::string hash_of(std::string_view bytes);
/// The hash of a file's content; reads it block by block.
[[nodiscard]] result<std::string> hash_of_file(const std::string& path);

} // namespace outrider::protocol
