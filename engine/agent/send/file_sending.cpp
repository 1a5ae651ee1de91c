#include "engine/agent/send/file_sending.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

using kind = protocol::content_record::kind_type;

// How often a file that changes is read.
constexpr int most_readings = 3;
// Blocks of a hole that are dealt with at once: their hashes take a millisecond.
constexpr std::int64_t most_zeros = 400'000;

} // namespace

file_sending::file_sending(outgoing_file file, std::int64_t number, bool basis)
    : file_(std::move(file)), number_(number), basis_(basis) {
    file_.announce_reading();
}

result<sending_step> file_sending::step(content_outlet& out, signature_queue& signatures) {
    const auto wanted = begun_ ? std::clamp<std::int64_t>(size_ - next_ * protocol::block_bytes, 0,
                                                          protocol::block_bytes)
                               : 0;
    if (!out.reserve(content_outlet::record_room + static_cast<std::size_t>(wanted))) {
        return sending_step::waits;
    }
    if (!begun_ && file_.unsettled().count() > 0) {
        return sending_step::later;
    }
    if (!begun_) {
        begin(out);
        return sending_step::more;
    }
    if (next_ == blocks_) {
        return finish(out);
    }
    if (skip_hole(out)) {
        return sending_step::more;
    }
    if (basis_) {
        known_ = signatures.look_up(number_, next_, known_hash_);
        if (known_ == signature_queue::answer::waiting) {
            put_run(out); // so that the receiver is not idle meanwhile
            return sending_step::waits;
        }
    }
    if (const auto sent = send_block(out); !sent) {
        return sent.error();
    }
    return sending_step::more;
}

void file_sending::begin(content_outlet& out) {
    begun_ = true;
    next_ = 0;
    data_end_ = 0;
    hash_.reset();
    end_at(file_.size());
    out.put({.kind = kind::head,
             .number = number_,
             .size = size_,
             .mtime_ns = file_.mtime_ns(),
             .mode = file_.mode()});
}

// Returns whether there was one, of full blocks; what is less is read like data.
bool file_sending::skip_hole(content_outlet& out) {
    const std::int64_t at = next_ * protocol::block_bytes;
    if (at < data_end_) {
        return false;
    }
    const auto hole_end = file_.hole_end(at);
    data_end_ = at;
    const auto count =
        std::min((std::min(hole_end, size_) - at) / protocol::block_bytes, most_zeros);
    if (count > 0) {
        add_to_run(out, kind::zeros, count);
        hash_.add_zero_blocks(count);
        return true;
    }
    // A block that begins in a hole and ends in data, or in the end of the file, is read.
    data_end_ = std::max(file_.data_end(std::max(hole_end, at)), at + 1);
    return false;
}

result<> file_sending::send_block(content_outlet& out) {
    const std::int64_t at = next_ * protocol::block_bytes;
    const auto wanted = static_cast<std::size_t>(std::min(size_ - at, protocol::block_bytes));
    const auto room = out.block_room();
    const auto got = file_.read(at, room.data(), wanted);
    if (!got) {
        return got.error();
    }
    if (*got < wanted) {
        end_at(at + static_cast<std::int64_t>(*got)); // somebody made it shorter
    }
    if (*got == 0) {
        return {};
    }
    const std::string_view data(room.data(), *got);
    const auto hash = protocol::hash_block(data);
    hash_.add(hash);
    if (known_ == signature_queue::answer::present && known_hash_ == hash) {
        add_to_run(out, kind::keep, 1);
    } else if (data.size() == protocol::block_size && hash == protocol::hash_of_zero_block()) {
        add_to_run(out, kind::zeros, 1);
    } else {
        put_run(out);
        out.put_block(next_++, data.size());
    }
    return {};
}

result<sending_step> file_sending::finish(content_outlet& out) {
    put_run(out);
    const bool was_cut = file_.is_cut();
    const auto change = file_.look_again();
    if (!change) {
        return change.error();
    }
    if (*change == outgoing_file::change::other && ++readings_ < most_readings) {
        // The receiver's blocks are no longer what it had told.
        basis_ = false;
        known_ = signature_queue::answer::absent;
        begun_ = false;
        return sending_step::more;
    }
    out.put({.kind = kind::tail,
             .size = size_,
             .live = was_cut || *change != outgoing_file::change::none,
             .hash = hash_.value()});
    return sending_step::done;
}

void file_sending::add_to_run(content_outlet& out, kind which, std::int64_t count) {
    if (run_.count == 0 || run_.kind != which) {
        put_run(out);
        run_ = {.kind = which, .first = next_};
    }
    run_.count += count;
    next_ += count;
}

void file_sending::put_run(content_outlet& out) {
    if (run_.count > 0) {
        out.put(run_);
        run_.count = 0;
    }
}

void file_sending::end_at(std::int64_t size) {
    size_ = size;
    blocks_ = size / protocol::block_bytes + (size % protocol::block_bytes != 0 ? 1 : 0);
}

} // namespace outrider::agent
