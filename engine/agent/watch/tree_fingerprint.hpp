#pragma once

#include "engine/agent/server/job.hpp"
#include "engine/core/descriptor.hpp"

#include <dirent.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace outrider::agent {

/// A number for everything below a directory that changes whenever a file or directory in it is
/// written, made, renamed or removed, as far as inode, size and times show. 0: no such directory.
/// What stands in its `.guild/outrider/incoming` does not count. Read in steps by its owner.
class tree_fingerprint {
  public:
    explicit tree_fingerprint(std::string directory);

    /// Goes on until `end`; true once `value` is known.
    [[nodiscard]] bool step(clock::time_point end);
    [[nodiscard]] std::uint64_t value() const { return value_; }

  private:
    struct closing {
        void operator()(DIR* open) const { ::closedir(open); }
    };
    void open_next();
    void read_some();
    void add(const dirent& entry);

    std::string directory_;
    std::vector<std::string> waiting_{""}; // directories below it, each with '/' before its name
    std::unique_ptr<DIR, closing> reading_;
    std::string below_; // the directory that is read
    std::uint64_t value_ = 0;
};

} // namespace outrider::agent
