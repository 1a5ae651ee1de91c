#include "cli/render/gathered_text.hpp"

#include <algorithm>
#include <cerrno>
#include <ostream>
#include <system_error>

namespace outrider::cli {
namespace {

// What is held in memory of one text, bytes: for hundreds of machines, some ten MiB.
constexpr std::size_t most_in_memory = std::size_t{128} << 10;
// What is read of a file at a time, bytes.
constexpr std::size_t block = std::size_t{64} << 10;

[[noreturn]] void fail() {
    throw std::system_error(errno, std::generic_category(),
                            "a temporary file for long outputs (in /tmp)");
}

void write(std::FILE* file, std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) {
        fail();
    }
}

} // namespace

void gathered_text::append(std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    if (!file_ && short_.size() + bytes.size() > most_in_memory) {
        file_.reset(std::tmpfile());
        if (!file_) {
            fail();
        }
        write(file_.get(), short_);
        std::string().swap(short_);
    }
    if (file_) {
        write(file_.get(), bytes);
    } else {
        short_ += bytes;
    }
    size_ += bytes.size();
    last_ = bytes.back();
}

std::string gathered_text::read(std::size_t offset, std::size_t size) const {
    if (!file_) {
        return short_.substr(offset, size);
    }
    std::string bytes(std::min(size, size_ - offset), '\0');
    if (std::fseek(file_.get(), static_cast<long>(offset), SEEK_SET) != 0 ||
        std::fread(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
        fail();
    }
    return bytes;
}

void gathered_text::print(std::ostream& to) const {
    for (std::size_t at = 0; at < size_; at += block) {
        to << read(at, block);
    }
    if (size_ > 0 && last_ != '\n') {
        to << '\n';
    }
}

bool gathered_text::equals(const gathered_text& other) const {
    if (size_ != other.size_ || last_ != other.last_) {
        return false;
    }
    for (std::size_t at = 0; at < size_; at += block) {
        if (read(at, block) != other.read(at, block)) {
            return false;
        }
    }
    return true;
}

} // namespace outrider::cli
