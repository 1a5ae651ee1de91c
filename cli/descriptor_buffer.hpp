#pragma once

#include <streambuf>
#include <string>

namespace outrider::cli {

/// The buffer of a stream on a file descriptor that it does not own: everything goes out when the
/// stream is flushed, long texts at once. Remembers why writing failed.
class descriptor_buffer : public std::streambuf {
  public:
    explicit descriptor_buffer(int descriptor) : descriptor_(descriptor) {}

    /// The `errno` of the first failed write, 0 if none failed.
    [[nodiscard]] int error() const noexcept { return error_; }

  protected:
    int_type overflow(int_type character) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

  private:
    int descriptor_;
    std::string pending_;
    int error_ = 0;
};

} // namespace outrider::cli
