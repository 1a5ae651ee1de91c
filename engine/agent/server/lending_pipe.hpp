#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

namespace outrider::agent {

/// The writing end of a stream that, where it is a pipe, is lent memory instead of being given
/// copies (vmsplice(2)): whoever reads takes the bytes from where they lie. What is lent must not
/// change until it was read, so the pipe holds on to its owner that long. It learns what was read
/// from the bytes that wait; so the reader has to copy them, as every program does that does not
/// pass whole pages on itself. Does not own the descriptor, which is non-blocking and which nobody
/// else writes to. Lives as long as its process: a pipe keeps the pages of a process that is gone.
class lending_pipe {
  public:
    /// Fewer bytes are copied sooner than their pages are lent.
    static constexpr std::size_t least_loan = std::size_t{32} << 10;

    explicit lending_pipe(int fd);

    /// As write(2). `owner` keeps the bytes; if it is none, or they are few, they are copied.
    [[nodiscard]] ssize_t write(std::string_view bytes, const std::shared_ptr<const void>& owner);
    /// Lets go of what was read meanwhile.
    void collect();
    /// Whether anything is lent.
    [[nodiscard]] bool lends() const { return !loans_.empty(); }

  private:
    struct loan {
        std::int64_t end; // of its bytes among all that were written
        std::shared_ptr<const void> owner;
    };

    int fd_;
    bool can_lend_;
    std::int64_t written_ = 0; // bytes, in all
    std::deque<loan> loans_;
};

} // namespace outrider::agent
