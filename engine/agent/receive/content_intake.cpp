#include "engine/agent/receive/content_intake.hpp"

#include "engine/agent/receive/incoming_names.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

using kind = protocol::content_record::kind_type;
// A file may grow after it was announced: up to twice its size and this, bytes.
constexpr std::int64_t growth = std::int64_t{256} << 20;
// Blocks of zeros that are taken at once.
constexpr std::int64_t zeros_at_once = 64;

bool has_grown_beyond_reason(std::int64_t size, std::int64_t announced) {
    return size > growth && size - growth > announced && size - growth - announced > announced;
}

} // namespace

result<arriving_file> open_arriving(const content_intake::target& into, const std::string& path,
                                    bool keep_content) {
    return arriving_file::open(
        {.incoming = into.tree->incoming(),
         .name = into.resumable ? protocol::partial_name(path) : incoming_name(),
         .path = path,
         .resumable = into.resumable},
        keep_content);
}

content_intake::content_intake(target into, protocol::file_order order,
                               std::unique_ptr<basis_signature> basis)
    : into_(into), order_(std::move(order)), basis_(std::move(basis)) {}

arriving_file* content_intake::file() {
    if (basis_ && basis_->file() != nullptr) {
        return basis_->file();
    }
    return fresh_ ? &*fresh_ : nullptr;
}

void content_intake::drop() {
    if (auto* temporary = file()) {
        temporary->drop();
    }
}

failure content_intake::violation(std::string_view what) const {
    return {errc::protocol_violation, "the content of '" + order_.entry.path +
                                          "' is not as it has to be: " + std::string(what)};
}

protocol::file_entry content_intake::entry_as_sent(const protocol::content_record& record) const {
    protocol::file_entry entry = order_.entry;
    entry.size = record.size;
    entry.mtime_ns = record.mtime_ns;
    entry.mode = record.mode;
    return entry;
}

void content_intake::finish(const outcome& as) {
    progress_ = as;
    done_ = true;
    if (basis_) {
        basis_->stop(); // nobody wants the rest of it
    }
}

// The basis is prepared by the same job, and must not be written over what has come already.
bool content_intake::must_wait(const protocol::content_record& record) const {
    if (!basis_ || basis_->complete()) {
        return false;
    }
    const bool has_range =
        record.kind == kind::block || record.kind == kind::keep || record.kind == kind::zeros;
    const auto ready = basis_->prepared() / protocol::block_bytes;
    return has_range && (record.first >= ready || record.count > ready - record.first);
}

result<bool> content_intake::take(const protocol::content_record& record) {
    if (must_wait(record)) {
        return false;
    }
    const bool is_first =
        record.kind == kind::whole || record.kind == kind::head || record.kind == kind::missing;
    if (is_first && record.number != order_.number) {
        return violation("file " + std::to_string(record.number) + " came instead of " +
                         std::to_string(order_.number));
    }
    if (!is_first && !head_) {
        return violation("it has no head");
    }
    if (is_first && into_.exact) {
        if (auto checked = check_announced(record); !checked) {
            return checked.error();
        }
    }
    result<> taken;
    switch (record.kind) {
    case kind::whole:
        taken = take_whole(record);
        break;
    case kind::head:
        taken = take_head(record);
        break;
    case kind::block:
        taken = take_block(record);
        break;
    case kind::keep:
    case kind::zeros:
        taken = take_range(record);
        break;
    case kind::tail:
        taken = take_tail(record);
        break;
    case kind::missing:
        drop();
        finish({.missing = true});
        break;
    }
    return taken ? result<bool>(true) : taken.error();
}

// A package is named after the content that its files had when they were hashed.
result<> content_intake::check_announced(const protocol::content_record& record) const {
    const auto& entry = order_.entry;
    if (record.kind != kind::missing && record.size == entry.size &&
        record.mtime_ns == entry.mtime_ns && !record.live) {
        return {};
    }
    return failure(errc::conflict,
                   order_.source +
                       ": the file changed while the package was being built; run again");
}

result<> content_intake::take_whole(const protocol::content_record& record) {
    drop(); // it has become small since it was compared
    if (protocol::hash_of_small_file(record.data) != record.hash) {
        return violation("its hash is wrong");
    }
    if (into_.tree != nullptr) {
        if (auto put = into_.tree->put_small(entry_as_sent(record), record.data); !put) {
            return put;
        }
    }
    finish({.live = record.live, .bytes = record.size});
    return {};
}

result<> content_intake::take_head(const protocol::content_record& record) {
    if (has_grown_beyond_reason(record.size, order_.entry.size)) {
        return violation("it has " + std::to_string(record.size) + " bytes instead of " +
                         std::to_string(order_.entry.size));
    }
    if (into_.tree != nullptr && file() == nullptr) {
        auto opened = open_arriving(into_, order_.entry.path, false);
        if (!opened) {
            return opened.error();
        }
        fresh_.emplace(std::move(*opened));
    }
    head_ = record;
    hash_.reset();
    at_ = 0;
    progress_ = {};
    return {};
}

bool content_intake::continues(const protocol::content_record& record) const {
    return at_ % protocol::block_bytes == 0 && record.first == at_ / protocol::block_bytes;
}

result<> content_intake::take_block(const protocol::content_record& record) {
    const auto size = static_cast<std::int64_t>(record.data.size());
    if (!continues(record) || size == 0 || size > head_->size - at_) {
        return violation("a block is not the next one, or beyond its end");
    }
    const auto hash = protocol::hash_block(record.data);
    hash_.add(hash);
    if (auto* temporary = file()) {
        if (basis_) {
            basis_->note_overwritten(record.first, hash);
        }
        if (auto wrote = temporary->write(record.data, at_); !wrote) {
            return wrote;
        }
    }
    at_ += size;
    progress_.bytes = at_;
    return {};
}

result<> content_intake::take_range(const protocol::content_record& record) {
    const auto room = head_->size - at_;
    const auto most = room / protocol::block_bytes +
                      (room % protocol::block_bytes != 0 && record.kind == kind::keep ? 1 : 0);
    if (!continues(record) || record.count <= 0 || record.count > most) {
        return violation("blocks are not the next ones, or beyond its end");
    }
    if (record.kind == kind::keep && (!basis_ || record.first >= basis_->blocks() ||
                                      record.count > basis_->blocks() - record.first)) {
        return violation("blocks are to be kept that are not here");
    }
    range_ = record;
    return {};
}

result<bool> content_intake::step(clock::time_point deadline) {
    while (range_) {
        if (auto taken = take_one_of_range(); !taken) {
            return taken.error();
        }
        if (range_->count == 0) {
            range_.reset();
        }
        if (clock::now() >= deadline) {
            return !range_;
        }
    }
    return true;
}

result<> content_intake::take_one_of_range() {
    const bool zeros = range_->kind == kind::zeros;
    const auto count = std::min(range_->count, zeros ? zeros_at_once : std::int64_t{1});
    auto bytes = count * protocol::block_bytes;
    if (zeros) {
        hash_.add_zero_blocks(count);
        for (auto i = range_->first; basis_ && i < range_->first + count; ++i) {
            basis_->note_overwritten(i, protocol::hash_of_zero_block());
        }
        if (auto cleared = file() != nullptr ? file()->clear(at_, bytes) : result<>(); !cleared) {
            return cleared;
        }
    } else {
        if (basis_->is_overwritten(range_->first)) {
            return failure(errc::io_failed, "'" + order_.entry.path +
                                                "' changed back and forth while it was read; copy "
                                                "it again when it is quiet");
        }
        hash_.add(basis_->hash_of_block(range_->first));
        bytes = std::min(bytes, basis_->prepared() - at_);
        if (bytes > head_->size - at_) {
            return violation("a block that is kept is beyond its end");
        }
        progress_.kept += bytes;
    }
    at_ += bytes;
    progress_.bytes = at_;
    range_->first += count;
    range_->count -= count;
    return {};
}

result<> content_intake::take_tail(const protocol::content_record& record) {
    if (record.size != at_ || record.size > head_->size || record.hash != hash_.value()) {
        drop();
        return violation(record.size != at_ ? "blocks are missing" : "its hash is wrong");
    }
    if (auto* temporary = file()) {
        const auto entry = entry_as_sent(*head_);
        if (auto finished = temporary->finish(record.size, entry.mode, entry.mtime_ns); !finished) {
            return finished;
        }
        if (auto put = into_.tree->put_file(*temporary); !put) {
            return put;
        }
    }
    auto as = progress_;
    as.live = record.live;
    finish(as);
    return {};
}

} // namespace outrider::agent
