#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace outrider {

/// Runs in a directory or a zip file as something that can be listed like a Guild home: what holds
/// `runs/`, or run directories themselves. A value that moves; what it needed on disk goes with it.
class run_archive {
  public:
    /// `not_found` if there is no such path; `bad_input` for a file that is no archive.
    [[nodiscard]] static result<run_archive> open(const std::string& path);
    /// A Guild home with its runs, absolute.
    [[nodiscard]] const std::string& home() const { return home_; }

  private:
    struct removal {
        void operator()(const std::filesystem::path* directory) const;
    };
    using temporary = std::unique_ptr<const std::filesystem::path, removal>;

    run_archive(std::string home, temporary made)
        : home_(std::move(home)), made_(std::move(made)) {}
    [[nodiscard]] static result<temporary> make_temporary();

    std::string home_;
    temporary made_; ///< where it was unpacked to, or a home of links; or nothing
};

} // namespace outrider
