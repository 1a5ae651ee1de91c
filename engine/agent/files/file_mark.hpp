#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace outrider::agent {

/// What changes when a file or a directory does. Nobody can set `changed_ns` to a time of their
/// choice, so an edit in place shows even if size and modification time were kept.
struct file_mark {
    std::uint64_t inode = 0; ///< 0: there is no such file
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    [[nodiscard]] bool exists() const { return inode != 0; }
    friend bool operator==(const file_mark&, const file_mark&) = default;
};

/// The mark of a file, links followed, as it is now also on a network file system; an absent file
/// has the mark of none. Nothing if it cannot be learnt.
[[nodiscard]] std::optional<file_mark> mark_of(int directory, const std::string& path);

} // namespace outrider::agent
