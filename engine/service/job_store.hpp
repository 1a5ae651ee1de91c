#pragma once

#include "engine/core/result.hpp"
#include "engine/service/job_record.hpp"

#include <string>
#include <vector>

namespace outrider {

/// The files of the standing jobs, one each: `ID.json` in a directory of their own, mode 0600.
/// Written beside their place, synced and renamed, so that each is whole whatever happens. Every
/// call blocks.
class job_store {
  public:
    explicit job_store(std::string directory) : directory_(std::move(directory)) {}

    struct contents {
        std::vector<job_record> jobs;       ///< the oldest first
        std::vector<std::string> set_aside; ///< what was said of files that make no sense
    };
    /// Reads all. What cannot be read is renamed to `NAME.unreadable` and told.
    [[nodiscard]] contents read() const;
    [[nodiscard]] result<> write(const job_record& job) const;
    [[nodiscard]] result<> remove(const std::string& id) const;

  private:
    [[nodiscard]] std::string path_of(const std::string& id) const;

    std::string directory_;
};

} // namespace outrider
