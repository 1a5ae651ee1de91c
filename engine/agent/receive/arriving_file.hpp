#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace outrider::agent {

/// The temporary file of one large file that arrives in blocks. It may begin with what an
/// interrupted transfer left. Destroyed before `release` it stays for the next transfer if it is
/// resumable, unless it was dropped or the disk is full; otherwise nothing of it remains.
///
/// Nothing is synced to the disk: the rename is atomic for readers, and what a power failure takes
/// away the next transfer finds missing and copies again.
class arriving_file {
  public:
    struct source {
        int incoming = -1; ///< open directory, which outlives the file
        std::string name;  ///< in `incoming`
        std::string path;  ///< of the file in the run, for failures
        bool resumable = false;
    };
    /// Opens the file; what is in one of this name is kept with `keep_content`, otherwise dropped.
    [[nodiscard]] static result<arriving_file> open(source from, bool keep_content);
    arriving_file(arriving_file&& other) noexcept = default;
    arriving_file& operator=(arriving_file&& other) = delete;
    ~arriving_file();

    [[nodiscard]] int descriptor_of() const { return file_.get(); }
    [[nodiscard]] const std::string& path() const { return from_.path; }
    /// Bytes up to which something may be in the file; beyond it is a hole.
    [[nodiscard]] std::int64_t extent() const { return extent_; }

    /// Makes the whole file a clone of another one, where the file system can; then that is free.
    [[nodiscard]] bool clone(int other, std::int64_t size);
    /// Puts bytes at an offset. Pages of zeros beyond the extent stay holes.
    [[nodiscard]] result<> write(std::string_view bytes, std::int64_t offset);
    /// Makes a range read as zeros: a hole where possible.
    [[nodiscard]] result<> clear(std::int64_t offset, std::int64_t length);
    /// Sets length, mode and time, and closes the file: network file systems tell of a full quota
    /// only then.
    [[nodiscard]] result<> finish(std::int64_t size, std::uint32_t mode, std::int64_t mtime_ns);
    /// The name in the incoming directory of the finished file, which is now the caller's.
    [[nodiscard]] std::string release();
    /// Nothing of it is worth keeping.
    void drop() { dropped_ = true; }

  private:
    arriving_file(source from, descriptor file, std::int64_t extent);
    result<> noted(result<> done);
    result<> write_zeros(std::int64_t offset, std::int64_t length);

    source from_; // its name is empty once it was released
    descriptor file_;
    std::int64_t extent_;
    bool dropped_ = false;
};

} // namespace outrider::agent
