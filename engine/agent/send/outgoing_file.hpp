#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace outrider::agent {

/// A regular file that is open to be sent, and what was known of it when it was looked at last.
class outgoing_file {
  public:
    /// Opens the file `name` of a directory (or an absolute path), with further flags of open(2).
    /// Nothing: there is none, or what is there is no regular file. With `whole_lines`, a file that
    /// is being written ends at its last line feed. `path` is for failures.
    [[nodiscard]] static result<std::optional<outgoing_file>>
    open(int parent, const std::string& name, int flags, bool whole_lines, std::string path);

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Bytes that are to be sent, by the last look.
    [[nodiscard]] std::int64_t size() const { return size_; }
    /// Whether the file goes on after them: a line that is not whole yet.
    [[nodiscard]] bool is_cut() const { return size_ < state_.st_size; }
    [[nodiscard]] std::int64_t mtime_ns() const;
    [[nodiscard]] std::uint32_t mode() const { return state_.st_mode & 07777; }

    /// How long it takes until a change shows in the time of modification: that is coarse, and is
    /// set before the bytes are written. What is read before then may be half of a change for ever.
    [[nodiscard]] std::chrono::nanoseconds unsettled() const;

    enum class change {
        none,
        grew,  ///< it is longer: what was there is taken to be as it was
        other, ///< anything may have changed
    };
    /// Looks at the file again and says what has changed since the last look.
    [[nodiscard]] result<change> look_again();

    /// Reads at most `size` bytes; fewer only at the end of the file.
    [[nodiscard]] result<std::size_t> read(std::int64_t offset, char* to, std::size_t size) const;

    /// Where the hole ends that `offset` lies in; `offset` itself where it lies in none. Never
    /// behind the end of the file.
    [[nodiscard]] std::int64_t hole_end(std::int64_t offset) const;
    /// Where the next hole begins, at the latest at the end of the file.
    [[nodiscard]] std::int64_t data_end(std::int64_t offset) const;
    /// It will be read from its beginning to its end.
    void announce_reading() const;

  private:
    [[nodiscard]] std::int64_t size_to_send() const;

    descriptor file_;
    std::string path_;
    bool whole_lines_ = false;
    struct stat state_{};
    std::int64_t size_ = 0;
};

} // namespace outrider::agent
