#include "engine/agent/receive/basis_signature.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace outrider::agent {
namespace {

using protocol::hash128;
// Hashes in one record, bytes.
constexpr std::size_t record_fill = std::size_t{64} << 10;

std::int64_t blocks_of(std::int64_t bytes) {
    return bytes / protocol::block_bytes + (bytes % protocol::block_bytes != 0 ? 1 : 0);
}

// Reads up to `size` bytes; fewer at the end of the file or where it cannot be read.
std::int64_t read_at(int file, char* out, std::int64_t size, std::int64_t offset) {
    std::int64_t done = 0;
    while (done < size) {
        const auto got =
            ::pread(file, out + done, static_cast<std::size_t>(size - done), offset + done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break; // what cannot be read is sent instead
        }
        done += got;
    }
    return done;
}

} // namespace

basis_signature::basis_signature(std::int64_t number, std::optional<arriving_file> file,
                                 descriptor present, std::int64_t limit)
    : number_(number), file_(std::move(file)), present_(std::move(present)) {
    if (file_) {
        begin(std::min(limit, most_blocks * protocol::block_bytes));
    }
}

void basis_signature::begin(std::int64_t limit) {
    struct stat found{};
    std::int64_t here = 0;
    if (present_ && ::fstat(present_.get(), &found) == 0 && S_ISREG(found.st_mode)) {
        here = found.st_size;
    }
    if (here > 0 && file_->clone(present_.get(), here)) {
        own_ = here;
    } else {
        // A last, short block of the leftover is only good where nothing continues it.
        own_ = file_->extent() < here
                   ? file_->extent() / protocol::block_bytes * protocol::block_bytes
                   : file_->extent();
    }
    size_ = std::min(limit, std::max(own_, here));
    if (size_ > 0) {
        hashes_.reserve(static_cast<std::size_t>(blocks_of(size_)) * sizeof(hash128));
        buffer_ = std::make_unique<char[]>(protocol::block_size);
        for (const int file : {file_->descriptor_of(), present_.get()}) {
            ::posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL); // the disk reads further ahead
        }
    }
}

int basis_signature::source() const {
    return at_ < own_ ? file_->descriptor_of() : present_.get();
}

result<> basis_signature::step(clock::time_point deadline) {
    while (!complete()) {
        const auto zeros = take_block();
        if (!zeros) {
            return zeros.error();
        }
        // One block of zeros may be the first of a hole of a terabyte.
        if (auto skipped = *zeros && !complete() ? take_hole() : result<>(); !skipped) {
            return skipped;
        }
        if (clock::now() >= deadline) {
            return {};
        }
    }
    buffer_.reset();
    present_.reset();
    return {};
}

// One block; true if it is a full one of zeros.
result<bool> basis_signature::take_block() {
    const auto wanted = std::min(protocol::block_bytes, size_ - at_);
    const auto got = read_at(source(), buffer_.get(), wanted, at_);
    if (got < wanted) {
        size_ = at_ + got; // it became shorter meanwhile
    }
    if (got == 0) {
        return false;
    }
    const std::string_view bytes(buffer_.get(), static_cast<std::size_t>(got));
    const auto hash = protocol::hash_block(bytes);
    const bool zeros = got == protocol::block_bytes && hash == protocol::hash_of_zero_block();
    if (at_ >= own_) {
        auto put = zeros ? file_->clear(at_, got) : file_->write(bytes, at_);
        if (!put) {
            return put.error();
        }
    }
    hashes_.append(protocol::bytes_of(hash));
    at_ += got;
    return zeros;
}

result<> basis_signature::take_hole() {
    const auto end = at_ < own_ ? std::min(own_, size_) : size_;
    auto data = ::lseek(source(), at_, SEEK_DATA);
    if (data < 0) {
        data = errno == ENXIO ? end : at_; // nothing but a hole, or no such question here
    }
    const auto count = (std::min<std::int64_t>(data, end) - at_) / protocol::block_bytes;
    if (count <= 0) {
        return {};
    }
    if (at_ >= own_) {
        if (auto cleared = file_->clear(at_, count * protocol::block_bytes); !cleared) {
            return cleared;
        }
    }
    for (std::int64_t i = 0; i < count; ++i) {
        hashes_.append(protocol::bytes_of(protocol::hash_of_zero_block()));
    }
    at_ += count * protocol::block_bytes;
    return {};
}

void basis_signature::tell(reply_channel& channel) {
    while (told_ < hashes_.size() || (complete() && !told_last_)) {
        protocol::signature_record record;
        record.number = number_;
        record.first = static_cast<std::int64_t>(told_ / sizeof(hash128));
        record.hashes = std::string_view(hashes_).substr(told_, record_fill);
        told_ += record.hashes.size();
        record.last = told_ == hashes_.size() && complete();
        record.basis_bytes = record.last ? size_ : 0;
        told_last_ = record.last;
        protocol::packet_writer out(protocol::packet_kind::signature);
        write_record(out, record);
        channel.data(out.payload());
    }
}

std::int64_t basis_signature::blocks() const {
    return static_cast<std::int64_t>(hashes_.size() / sizeof(hash128));
}

std::int64_t basis_signature::expected_blocks() const {
    return blocks_of(size_);
}

hash128 basis_signature::hash_of_block(std::int64_t index) const {
    hash128 out;
    hashes_.copy(out.data(), out.size(), static_cast<std::size_t>(index) * sizeof(hash128));
    return out;
}

void basis_signature::note_overwritten(std::int64_t index, const hash128& by) {
    if (index >= blocks()) {
        return;
    }
    overwritten_.resize(static_cast<std::size_t>(blocks()));
    overwritten_[static_cast<std::size_t>(index)] = by != hash_of_block(index);
}

bool basis_signature::is_overwritten(std::int64_t index) const {
    return static_cast<std::size_t>(index) < overwritten_.size() &&
           overwritten_[static_cast<std::size_t>(index)];
}

} // namespace outrider::agent
