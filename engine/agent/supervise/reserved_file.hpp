#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/runs/run_paths.hpp"

#include <string_view>

namespace outrider::agent {

/// A small file whose space is taken when it is made and whose content is written at the end, so
/// that a disk that fills up in between cannot keep it from being written.
class reserved_file {
  public:
    /// Reserves the space at `temporary`; without space `commit` still tries.
    explicit reserved_file(fs::path temporary);
    /// Drops the temporary file if nothing was committed.
    ~reserved_file();
    reserved_file(const reserved_file&) = delete;
    reserved_file& operator=(const reserved_file&) = delete;

    /// Writes the bytes and renames the file to `path`; false if that failed, and may be repeated.
    /// When it returns true, they are on the disk itself, and survive a power failure.
    [[nodiscard]] bool commit(const fs::path& path, std::string_view bytes);

  private:
    fs::path temporary_;
    descriptor file_;
    bool committed_ = false;
};

} // namespace outrider::agent
