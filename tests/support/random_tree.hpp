#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace outrider::testing {

/// Makes trees of files that are hard to copy, and changes them: names of any bytes, depth, links
/// to anywhere, directories that nobody may write to, sizes around those of blocks, holes.
class random_tree {
  public:
    explicit random_tree(std::uint64_t seed) : random_(seed) {}

    /// Adds about so many entries below a directory that exists; `other` is where some links lead.
    void fill(const std::string& root, int entries, const std::string& other);
    /// Makes one change, and says which.
    std::string mutate(const std::string& root, const std::string& other);
    /// A number from 0 to below `end`.
    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    bool one_in(std::uint64_t count) { return below(count) == 0; }

  private:
    std::string name();
    std::string bytes(std::size_t size);
    std::int64_t file_size();
    void make_entry(const std::string& directory, const std::string& other);
    void make_file(const std::string& path);
    void make_sparse_file(const std::string& path);
    void make_link(const std::string& path, const std::string& other);
    void set_time(const std::string& path);
    std::string change_file(const std::string& path);

    std::mt19937_64 random_;
};

/// An entry as a copy has to have it.
struct tree_entry {
    char type = '?'; ///< 'f', 'd', 'l' or '?'
    unsigned mode = 0;
    std::int64_t mtime_ns = 0; ///< 0 of links: theirs do not travel
    std::string content;       ///< of a link its target
    std::int64_t allocated = 0;
};
/// All entries below a directory, by relative path.
using tree_map = std::map<std::string, tree_entry>;
[[nodiscard]] tree_map read_tree(const std::string& root);

/// How a copy differs from its source: a line each, at most ten; empty where it does not. Entries
/// of `.guild` that belong to each machine are not looked at. `extra`: what the copy may have
/// besides; null: anything else is a difference.
[[nodiscard]] std::vector<std::string> differences(const tree_map& source, const tree_map& copy,
                                                   const tree_map* extra = nullptr);

} // namespace outrider::testing
