#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <dirent.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace outrider::agent {

/// Removes a file, a link or a whole directory for good, a slice at a time, so that a big tree does
/// not hold up other requests. Links are removed, never followed; directories without write
/// permission for their owner are removed, too. What is not there counts as removed. Destroyed
/// early, it leaves the rest.
class tree_removal {
  public:
    using clock = std::chrono::steady_clock;

    /// The entry `name` of the open directory `parent`.
    tree_removal(descriptor parent, std::string name);

    /// Goes on until `deadline`; true when nothing is left.
    [[nodiscard]] result<bool> step(clock::time_point deadline);

  private:
    using listing = std::unique_ptr<DIR, int (*)(DIR*)>;
    struct level {
        listing entries;
        std::string name;     ///< in the level above
        bool removed = false; ///< some entry, since the listing began
    };

    [[nodiscard]] int parent_of_top() const;
    [[nodiscard]] result<> remove_entry(int parent, const std::string& name);
    [[nodiscard]] result<> enter(int parent, const std::string& name);
    [[nodiscard]] result<> next_entry();
    [[nodiscard]] result<> leave();

    descriptor parent_;
    std::string name_;
    std::vector<level> levels_; // from the top of the tree down to what is being emptied
    bool begun_ = false;
};

/// Removes `name` below an open directory at once.
[[nodiscard]] result<> remove_tree(int parent, const std::string& name);
/// Removes the tree at `path` at once.
[[nodiscard]] result<> remove_tree(const std::filesystem::path& path);

} // namespace outrider::agent
