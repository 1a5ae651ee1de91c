#include "engine/protocol/packet.hpp"

#include "engine/protocol/content_hash.hpp"

#include <algorithm>

namespace outrider::protocol {
namespace {

constexpr std::size_t longest_path = 4096; // PATH_MAX

std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t from_zigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

bool is_packet_kind(char kind) {
    return std::string_view("noclrsga").find(kind) != std::string_view::npos;
}

void write_entry(packet_writer& out, const file_entry& entry) {
    out.byte(static_cast<char>('0' + static_cast<int>(entry.type)));
    out.path(entry.path);
    out.signed_number(entry.mtime_ns);
    out.number(entry.mode);
    if (entry.type == file_type::regular) {
        out.number(static_cast<std::uint64_t>(entry.size));
    }
    if (entry.type == file_type::link) {
        out.bytes(entry.target);
    }
}

file_entry read_entry(packet_reader& in) {
    file_entry entry;
    const int type = in.byte() - '0';
    if (type < 0 || type > static_cast<int>(file_type::other)) {
        in.fail();
        return entry;
    }
    entry.type = static_cast<file_type>(type);
    entry.path = in.path();
    entry.mtime_ns = in.signed_number();
    entry.mode = static_cast<std::uint32_t>(in.number() & 07777);
    if (entry.type == file_type::regular) {
        entry.size = in.count();
    }
    if (entry.type == file_type::link) {
        entry.target = in.bytes();
    }
    return entry;
}

} // namespace

// ---- fields ---------------------------------------------------------------------------------

void packet_writer::clear() {
    bytes_.assign(1, static_cast<char>(kind_));
    path_.clear();
}

void packet_writer::number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        bytes_.push_back(static_cast<char>((value & 0x7f) | 0x80));
    }
    bytes_.push_back(static_cast<char>(value));
}

void packet_writer::signed_number(std::int64_t value) {
    number(zigzag(value));
}

void packet_writer::bytes(std::string_view value) {
    number(value.size());
    raw(value);
}

void packet_writer::path(std::string_view value) {
    const auto [mine, theirs] =
        std::mismatch(value.begin(), value.end(), path_.begin(), path_.end());
    const auto shared = static_cast<std::size_t>(mine - value.begin());
    number(shared);
    bytes(value.substr(shared));
    path_ = value;
}

packet_reader::packet_reader(std::string_view payload) : rest_(payload) {
    const char kind = byte();
    ok_ = ok_ && is_packet_kind(kind);
    kind_ = static_cast<packet_kind>(kind);
}

char packet_reader::byte() {
    const auto one = raw(1);
    return one.empty() ? '\0' : one.front();
}

std::uint64_t packet_reader::number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const auto next = static_cast<unsigned char>(byte());
        value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
        if (next < 0x80) {
            return ok_ ? value : 0;
        }
    }
    fail();
    return 0;
}

std::int64_t packet_reader::count() {
    const auto value = number();
    if (value > static_cast<std::uint64_t>(INT64_MAX)) {
        fail();
        return 0;
    }
    return static_cast<std::int64_t>(value);
}

std::int64_t packet_reader::signed_number() {
    return from_zigzag(number());
}

std::string_view packet_reader::bytes() {
    const auto size = number();
    if (size > rest_.size()) {
        fail();
        return {};
    }
    return raw(static_cast<std::size_t>(size));
}

std::string_view packet_reader::raw(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
        fail();
        return {};
    }
    const auto out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
}

std::string_view packet_reader::rest() {
    return raw(rest_.size());
}

hash128 packet_reader::hash() {
    hash128 out{};
    const auto bytes = raw(out.size());
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

const std::string& packet_reader::path() {
    const auto shared = number();
    const auto fresh = bytes();
    if (shared > path_.size() || shared + fresh.size() > longest_path) {
        fail();
        path_.clear();
        return path_;
    }
    path_.resize(static_cast<std::size_t>(shared));
    path_ += fresh;
    return path_;
}

failure malformed_packet(std::string_view what) {
    return {errc::protocol_violation, "the other end sent a malformed " + std::string(what)};
}

// ---- scan -----------------------------------------------------------------------------------

void write_record(packet_writer& out, const scan_record& record) {
    out.byte(static_cast<char>(record.kind));
    switch (record.kind) {
    case scan_record::kind_type::begin:
        break;
    case scan_record::kind_type::entry:
        write_entry(out, record.entry);
        if (record.entry.type == file_type::regular) {
            out.number(static_cast<std::uint64_t>(record.data_bytes));
        }
        break;
    case scan_record::kind_type::partial:
        out.bytes(record.partial);
        break;
    case scan_record::kind_type::end:
        out.byte(record.exists ? 1 : 0);
        out.bytes(record.state);
        break;
    }
}

result<scan_record> read_scan_record(packet_reader& in) {
    scan_record record;
    record.kind = static_cast<scan_record::kind_type>(in.byte());
    switch (record.kind) {
    case scan_record::kind_type::begin:
        break;
    case scan_record::kind_type::entry:
        record.entry = read_entry(in);
        record.data_bytes = record.entry.type == file_type::regular ? in.count() : 0;
        break;
    case scan_record::kind_type::partial:
        record.partial = in.bytes();
        break;
    case scan_record::kind_type::end:
        record.exists = in.byte() != 0;
        record.state = in.bytes();
        break;
    default:
        in.fail();
    }
    if (!in.ok() || in.kind() != packet_kind::scan) {
        return malformed_packet("scan");
    }
    return record;
}

std::string partial_name(std::string_view path) {
    return hash_of(path) + ".part";
}

// ---- orders ---------------------------------------------------------------------------------

void write_record(packet_writer& out, const file_order& order) {
    out.number(static_cast<std::uint64_t>(order.number));
    write_entry(out, order.entry);
    out.byte(order.basis ? 1 : 0);
    out.bytes(order.source);
}

result<file_order> read_file_order(packet_reader& in) {
    file_order order;
    order.number = in.count();
    order.entry = read_entry(in);
    order.basis = in.byte() != 0;
    order.source = in.bytes();
    if (!in.ok() || in.kind() != packet_kind::orders) {
        return malformed_packet("order");
    }
    return order;
}

// ---- content --------------------------------------------------------------------------------

void write_record(packet_writer& out, const content_record& record) {
    using kind = content_record::kind_type;
    const auto number = [&out](std::int64_t value) {
        out.number(static_cast<std::uint64_t>(value));
    };
    out.byte(static_cast<char>(record.kind));
    switch (record.kind) {
    case kind::whole:
        number(record.number);
        out.signed_number(record.mtime_ns);
        out.number(record.mode);
        out.byte(record.live ? 1 : 0);
        out.hash(record.hash);
        out.bytes(record.data);
        break;
    case kind::head:
        number(record.number);
        number(record.size);
        out.signed_number(record.mtime_ns);
        out.number(record.mode);
        break;
    case kind::block:
        number(record.first);
        out.raw(record.data);
        break;
    case kind::keep:
    case kind::zeros:
        number(record.first);
        number(record.count);
        break;
    case kind::tail:
        number(record.size);
        out.byte(record.live ? 1 : 0);
        out.hash(record.hash);
        break;
    case kind::missing:
        number(record.number);
        break;
    }
}

result<content_record> read_content_record(packet_reader& in) {
    using kind = content_record::kind_type;
    content_record record;
    record.kind = static_cast<kind>(in.byte());
    switch (record.kind) {
    case kind::whole:
        record.number = in.count();
        record.mtime_ns = in.signed_number();
        record.mode = static_cast<std::uint32_t>(in.number() & 07777);
        record.live = in.byte() != 0;
        record.hash = in.hash();
        record.data = in.bytes();
        record.size = static_cast<std::int64_t>(record.data.size());
        break;
    case kind::head:
        record.number = in.count();
        record.size = in.count();
        record.mtime_ns = in.signed_number();
        record.mode = static_cast<std::uint32_t>(in.number() & 07777);
        break;
    case kind::block:
        record.first = in.count();
        record.count = 1;
        record.data = in.rest();
        break;
    case kind::keep:
    case kind::zeros:
        record.first = in.count();
        record.count = in.count();
        break;
    case kind::tail:
        record.size = in.count();
        record.live = in.byte() != 0;
        record.hash = in.hash();
        break;
    case kind::missing:
        record.number = in.count();
        break;
    default:
        in.fail();
    }
    const bool too_long = (record.kind == kind::whole || record.kind == kind::block) &&
                          record.data.size() > block_size;
    if (!in.ok() || too_long || in.kind() != packet_kind::content) {
        return malformed_packet("piece of a file");
    }
    return record;
}

// ---- signature ------------------------------------------------------------------------------

void write_record(packet_writer& out, const signature_record& record) {
    out.number(static_cast<std::uint64_t>(record.number));
    out.number(static_cast<std::uint64_t>(record.first));
    out.bytes(record.hashes);
    out.byte(record.last ? 1 : 0);
    out.number(static_cast<std::uint64_t>(record.basis_bytes));
}

result<signature_record> read_signature_record(packet_reader& in) {
    signature_record record;
    record.number = in.count();
    record.first = in.count();
    record.hashes = in.bytes();
    record.last = in.byte() != 0;
    record.basis_bytes = in.count();
    if (!in.ok() || record.hashes.size() % sizeof(hash128) != 0 ||
        in.kind() != packet_kind::signature) {
        return malformed_packet("signature");
    }
    return record;
}

// ---- content in shared memory ---------------------------------------------------------------

std::string lent_packet(const lent_content& content) {
    packet_writer out(packet_kind::lent);
    out.number(static_cast<std::uint64_t>(content.offset));
    out.number(static_cast<std::uint64_t>(content.size));
    return std::string(out.payload());
}

result<lent_content> read_lent(packet_reader& in) {
    lent_content content;
    content.offset = in.count();
    content.size = in.count();
    if (!in.ok() || in.kind() != packet_kind::lent) {
        return malformed_packet("place of content");
    }
    return content;
}

std::string returned_packet(const std::vector<std::int64_t>& offsets) {
    packet_writer out(packet_kind::returned);
    for (const auto offset : offsets) {
        out.number(static_cast<std::uint64_t>(offset));
    }
    return std::string(out.payload());
}

result<std::vector<std::int64_t>> read_returned(packet_reader& in) {
    std::vector<std::int64_t> offsets;
    while (!in.at_end()) {
        offsets.push_back(in.count());
    }
    if (!in.ok() || in.kind() != packet_kind::returned) {
        return malformed_packet("return of content");
    }
    return offsets;
}

// ---- credit and ack -------------------------------------------------------------------------

std::string credit_packet(std::int64_t bytes) {
    packet_writer out(packet_kind::credit);
    out.number(static_cast<std::uint64_t>(bytes));
    return std::string(out.payload());
}

result<std::int64_t> read_credit(packet_reader& in) {
    const auto bytes = in.count();
    if (!in.ok() || in.kind() != packet_kind::credit) {
        return malformed_packet("credit");
    }
    return bytes;
}

std::string ack_packet(const transfer_ack& ack) {
    packet_writer out(packet_kind::ack);
    for (const auto value : {ack.content, ack.orders, ack.bytes}) {
        out.number(static_cast<std::uint64_t>(value));
    }
    return std::string(out.payload());
}

result<transfer_ack> read_ack(packet_reader& in) {
    transfer_ack ack;
    ack.content = in.count();
    ack.orders = in.count();
    ack.bytes = in.count();
    if (!in.ok() || in.kind() != packet_kind::ack) {
        return malformed_packet("acknowledgement");
    }
    return ack;
}

} // namespace outrider::protocol
