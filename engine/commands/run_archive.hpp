#pragma once

#include "engine/result.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace outrider {

/// A directory of runs as something that can be listed like a Guild home: one that holds `runs/`,
/// or run directories themselves. A value that moves; what it needed on disk goes with it.
class run_archive {
  public:
    /// `not_found` if there is no such directory; `unsupported` for a file.
    [[nodiscard]] static result<run_archive> open(const std::string& path);
    /// A Guild home with its runs, absolute.
    [[nodiscard]] const std::string& home() const { return home_; }

  private:
    explicit run_archive(std::string home) : home_(std::move(home)) {}

    struct removal {
        void operator()(const std::filesystem::path* directory) const;
    };
    std::string home_;
    std::unique_ptr<const std::filesystem::path, removal> made_; ///< a home of links, or nothing
};

} // namespace outrider
