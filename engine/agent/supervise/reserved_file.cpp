#include "engine/agent/supervise/reserved_file.hpp"

#include <fcntl.h>

#include <array>

namespace outrider::agent {
namespace {

/// Reserved bytes: one block of the usual file systems.
constexpr std::size_t reserved_bytes = 4096;

} // namespace

reserved_file::reserved_file(fs::path temporary) : temporary_(std::move(temporary)) {
    file_.reset(::open(temporary_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    // Written zeros hold their space everywhere; an allocation alone is refused by some systems.
    const std::array<char, reserved_bytes> zeros{};
    if (file_) {
        std::ignore = ::write(file_.get(), zeros.data(), zeros.size()); // commit tries anyway
    }
}

reserved_file::~reserved_file() {
    if (!committed_) {
        ::unlink(temporary_.c_str());
    }
}

bool reserved_file::commit(const fs::path& path, std::string_view bytes) {
    if (!file_) {
        file_.reset(::open(temporary_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    }
    const auto size = static_cast<ssize_t>(bytes.size());
    if (!file_ || ::pwrite(file_.get(), bytes.data(), bytes.size(), 0) != size ||
        ::ftruncate(file_.get(), size) != 0 || ::fdatasync(file_.get()) != 0 ||
        ::rename(temporary_.c_str(), path.c_str()) != 0) {
        return false;
    }
    committed_ = true;
    return true;
}

} // namespace outrider::agent
