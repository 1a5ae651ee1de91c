#pragma once

#include "engine/agent/files/beneath.hpp"
#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/receive/arriving_file.hpp"
#include "engine/agent/server/job.hpp"
#include "engine/protocol/messages.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// Puts entries below a directory, each in one step: a reader sees what was there or what came.
/// Each replaces what is in its place, of whatever type; no name leads outside, none through a
/// link. Directories get their modes and times at the end, because what is put into them changes
/// both.
class tree_intake {
  public:
    /// `root` receives the entries, `incoming` the files while they are written and what they
    /// replace until somebody empties it; both on one file system, and open as long as this lives.
    tree_intake(int root, int incoming);

    [[nodiscard]] int incoming() const { return incoming_; }
    /// Writes a small file, whole, with as few system calls as possible.
    [[nodiscard]] result<> put_small(const protocol::file_entry& entry, std::string_view content);
    /// Puts a finished large file in its place.
    [[nodiscard]] result<> put_file(arriving_file& file);
    [[nodiscard]] result<> put_link(const protocol::file_entry& entry);
    /// Makes the directory if need be; `step_directories` gives it its mode and time.
    [[nodiscard]] result<> put_directory(const protocol::file_entry& entry);
    /// Removes an entry a slice at a time: to be asked again until it says true.
    [[nodiscard]] result<bool> step_removal(const std::string& path, clock::time_point deadline);
    /// Sets modes and times of directories, the last put first; true when all are set.
    [[nodiscard]] result<bool> step_directories(clock::time_point deadline);
    /// Sets mode and time of one directory, if it is there.
    [[nodiscard]] result<> set_directory(const protocol::file_entry& entry) const;
    /// The regular file that is in this place now, open for reading; or nothing.
    [[nodiscard]] descriptor present(const std::string& path) const;

  private:
    struct directory {
        std::string path;
        std::uint32_t mode = 0;
        std::optional<std::int64_t> mtime_ns;
    };

    result<> apply(const directory& wanted) const;
    result<int> parent_of(const std::string& path);
    result<> with_way(const std::string& path, const std::function<result<>()>& action);
    bool make_way(const std::string& path);
    result<> write_small(const protocol::file_entry& entry, std::string_view content,
                         const std::string& temporary) const;
    result<> move_in(const std::string& temporary, const std::string& path);
    result<> make_directory(const protocol::file_entry& entry);

    int root_;
    int incoming_;
    mode_t umask_;
    std::string parent_path_; // of parent_
    descriptor parent_;       // that of the entry before
    std::vector<directory> directories_;
    std::optional<tree_removal> removal_;
};

/// Whether an entry may be put at this path of a run at all: the markers that tell the status of
/// the copy and the directory of incoming files are none of the other end's.
[[nodiscard]] bool may_arrive(std::string_view path, protocol::file_type type);

} // namespace outrider::agent
