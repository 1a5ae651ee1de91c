#include "tests/support/content_script.hpp"

#include <cstring>
#include <random>

namespace outrider::testing {

using kind = protocol::content_record::kind_type;
using protocol::block_size;

bool told_packets::take(std::string_view payload) {
    protocol::packet_reader in(payload);
    if (in.kind() == protocol::packet_kind::ack) {
        const auto ack = read_ack(in);
        return ack && (acks.push_back(*ack), true);
    }
    while (!in.at_end()) {
        const auto record = read_signature_record(in);
        if (!record) {
            return false;
        }
        auto& told = signatures[record->number];
        if (told.last || static_cast<std::int64_t>(told.hashes.size()) != record->first * 16) {
            return false;
        }
        told.hashes += record->hashes;
        told.last = record->last;
        told.basis_bytes = record->basis_bytes;
    }
    return in.ok();
}

void content_script::begin(const std::string& run_id, const std::string& state) {
    part(protocol::receive_begin{run_id, state, std::nullopt});
}

std::int64_t content_script::order(const protocol::file_entry& entry, bool basis) {
    protocol::packet_writer out(protocol::packet_kind::orders);
    protocol::file_order order;
    order.number = next_++;
    order.entry = entry;
    order.basis = basis;
    write_record(out, order);
    data_(out.payload());
    return order.number;
}

void content_script::record(const protocol::content_record& record) {
    protocol::packet_writer out(protocol::packet_kind::content);
    write_record(out, record);
    content_bytes += static_cast<std::int64_t>(out.payload().size());
    data_(out.payload());
}

void content_script::whole(std::int64_t number, const protocol::file_entry& entry,
                           std::string_view content) {
    protocol::content_record out;
    out.kind = kind::whole;
    out.number = number;
    out.mtime_ns = entry.mtime_ns;
    out.mode = entry.mode;
    out.hash = protocol::hash_of_small_file(content);
    out.data = content;
    record(out);
}

void content_script::head(std::int64_t number, const protocol::file_entry& entry,
                          std::int64_t size) {
    protocol::content_record out;
    out.kind = kind::head;
    out.number = number;
    out.size = size;
    out.mtime_ns = entry.mtime_ns;
    out.mode = entry.mode;
    record(out);
}

void content_script::block(std::int64_t first, std::string_view data) {
    protocol::content_record out;
    out.kind = kind::block;
    out.first = first;
    out.data = data;
    record(out);
}

void content_script::range(kind of, std::int64_t first, std::int64_t count) {
    protocol::content_record out;
    out.kind = of;
    out.first = first;
    out.count = count;
    record(out);
}

void content_script::tail(std::string_view content) {
    protocol::content_record out;
    out.kind = kind::tail;
    out.size = static_cast<std::int64_t>(content.size());
    out.hash = hash_of_file(content);
    record(out);
}

void content_script::blocks(std::int64_t number, const protocol::file_entry& entry,
                            std::string_view content) {
    delta(number, entry, content, {});
}

std::int64_t content_script::delta(std::int64_t number, const protocol::file_entry& entry,
                                   std::string_view content, const told_signature& basis) {
    std::int64_t sent = 0;
    head(number, entry, static_cast<std::int64_t>(content.size()));
    for (std::size_t at = 0; at < content.size(); at += block_size) {
        const auto data = content.substr(at, block_size);
        const auto index = at / block_size;
        const auto hash = protocol::hash_block(data);
        const auto theirs = std::string_view(basis.hashes);
        if (index * 16 < theirs.size() &&
            theirs.substr(index * 16, 16) == protocol::bytes_of(hash)) {
            range(kind::keep, static_cast<std::int64_t>(index), 1);
            continue;
        }
        block(static_cast<std::int64_t>(index), data);
        sent += static_cast<std::int64_t>(data.size());
    }
    tail(content);
    return sent;
}

void content_script::file(protocol::file_entry entry, std::string_view content) {
    entry.size = static_cast<std::int64_t>(content.size());
    const auto number = order(entry);
    if (content.size() <= block_size) {
        whole(number, entry, content);
    } else {
        blocks(number, entry, content);
    }
}

protocol::hash128 hash_of_file(std::string_view content) {
    protocol::file_hash hash;
    for (std::size_t at = 0; at < content.size(); at += block_size) {
        hash.add(protocol::hash_block(content.substr(at, block_size)));
    }
    return hash.value();
}

protocol::file_entry a_file(const std::string& path, std::size_t size) {
    return {path,
            protocol::file_type::regular,
            static_cast<std::int64_t>(size),
            1'600'000'000'123'456'789,
            0640,
            ""};
}

std::string noise(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string out(size, '\0');
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
        const auto word = random();
        std::memcpy(out.data() + at, &word, 8);
    }
    return out;
}

} // namespace outrider::testing
