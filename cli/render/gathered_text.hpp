#pragma once

#include <cstddef>
#include <cstdio>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace outrider::cli {

/// Text that waits to be shown: in memory while it is short, then in a temporary file that has no
/// name, so that it may be as long as the disk admits. What was read once gets nothing more.
class gathered_text {
  public:
    /// Fails with `std::system_error` where the temporary file cannot take it.
    void append(std::string_view bytes);
    /// All of it, and the end of its last line where that is missing.
    void print(std::ostream& to) const;
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// Whether both are the same text.
    [[nodiscard]] bool equals(const gathered_text& other) const;

  private:
    struct closing {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    /// What stands at `offset` in the file, at most `size` bytes.
    [[nodiscard]] std::string read(std::size_t offset, std::size_t size) const;

    std::string short_; ///< empty once there is a file
    std::unique_ptr<std::FILE, closing> file_;
    std::size_t size_ = 0;
    char last_ = '\0';
};

} // namespace outrider::cli
