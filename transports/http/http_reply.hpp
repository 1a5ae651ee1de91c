#pragma once

#include "engine/core/result.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace outrider {

/// Reads the answers of a service from bytes that come in pieces: status, then the body, with a
/// length or in chunks (HTTP/1.1, RFC 9112). Knows no more of HTTP than a service of the same build
/// says. Pure; the bytes are not trusted.
class http_reply {
  public:
    /// Takes bytes, and hands pieces of the body on as they are there. Fails with
    /// `protocol_violation`.
    [[nodiscard]] result<> feed(std::string_view bytes,
                                const std::function<void(std::string_view)>& body);
    /// 0 until the status has come.
    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] bool ended() const { return part_ == part::end; }

  private:
    enum class part { status, headers, body, chunk_size, chunk, chunk_end, trailers, end };
    static constexpr std::size_t longest_line = 8192;

    result<> take_line(std::string_view line);
    result<> take_size(std::string_view digits, int base, part then);

    part part_ = part::status;
    std::string line_;
    std::size_t left_ = 0; ///< bytes of the body or the chunk
    bool chunked_ = false;
    int status_ = 0;
};

} // namespace outrider
