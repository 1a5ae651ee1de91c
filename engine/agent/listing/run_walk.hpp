#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"
#include "engine/protocol/messages.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// What a walk finds.
struct walked_entry {
    protocol::file_entry entry;
    std::int64_t data_bytes = 0; ///< space that a file takes: less than its size if it has holes
};

/// Everything below a directory, in the order in which both ends of a transfer compare: depth
/// first, each directory before what is in it, names in byte order. A job owns it and calls `step`
/// until it is `done`; what is removed meanwhile is left out. Our own temporary files
/// (`.guild/outrider/incoming`) are not entries.
class run_walk {
  public:
    /// `path` is where the directory is, for failures. With `follow_links`, entries are what links
    /// point to, and directories behind links are walked too, never in a circle.
    run_walk(descriptor directory, std::string path, bool follow_links);

    [[nodiscard]] bool done() const { return levels_.empty() && !failed_; }
    /// Appends up to some hundred entries; takes far less than a time slice.
    [[nodiscard]] result<> step(std::vector<walked_entry>& found);

  private:
    /// A directory that is being walked: first its names are read, then each is looked at. They
    /// stand in a heap, so that no step has to sort them all.
    struct level {
        std::unique_ptr<DIR, int (*)(DIR*)> listing{nullptr, &::closedir};
        dev_t device = 0;
        ino_t inode = 0;
        std::string prefix;               // path of the directory with a final '/', or empty
        std::string names;                // each with its NUL
        std::vector<std::uint32_t> order; // heap of offsets into `names`, the least on top
        bool read = false;
    };

    void push(descriptor directory, std::string prefix);
    void read_names(level& top);
    bool look_at(const level& top, const char* name, std::vector<walked_entry>& found);
    [[nodiscard]] bool is_on_the_way(const struct stat& found) const;
    [[nodiscard]] std::string whole_path(std::string_view below) const;

    std::string path_;
    bool follow_links_;
    std::vector<level> levels_; // from the top down to the directory that is being walked
    std::optional<failure> failed_;
};

} // namespace outrider::agent
