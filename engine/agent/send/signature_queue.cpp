#include "engine/agent/send/signature_queue.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

constexpr std::size_t hash_size = sizeof(protocol::hash128);
// Hashes that are kept, bytes: those of 64 GiB.
constexpr std::size_t most_hashes = std::size_t{8} << 20;
// What is kept at all, bytes; more orders than that are not on their way at once.
constexpr std::size_t most_bytes = std::size_t{16} << 20;

} // namespace

result<> signature_queue::add(std::string_view packet) {
    protocol::packet_reader in(packet);
    while (!in.at_end()) {
        const auto record = read_signature_record(in);
        if (!record) {
            return record.error();
        }
        const bool keep = bytes_ + record->hashes.size() <= most_hashes;
        if (!keep && !record->last) {
            continue;
        }
        stretches_.push_back({.number = record->number,
                              .first = record->first,
                              .hashes = std::string(keep ? record->hashes : std::string_view()),
                              .last = record->last});
        bytes_ += sizeof(stretch) + stretches_.back().hashes.size();
        if (bytes_ > most_bytes) {
            return failure(errc::protocol_violation,
                           "the other end sent signatures that nobody asked for");
        }
    }
    return in.ok() ? result<>() : result<>(protocol::malformed_packet("signature"));
}

signature_queue::answer signature_queue::look_up(std::int64_t number, std::int64_t block,
                                                 protocol::hash128& hash) {
    while (!stretches_.empty()) {
        const stretch& front = stretches_.front();
        if (front.number > number || (front.number == number && block < front.first)) {
            return answer::absent;
        }
        const auto index = static_cast<std::uint64_t>(block - front.first);
        if (front.number == number && index < front.hashes.size() / hash_size) {
            const auto at = front.hashes.begin() + static_cast<std::ptrdiff_t>(index * hash_size);
            std::copy_n(at, hash_size, hash.begin());
            return answer::present;
        }
        if (front.number == number && front.last) {
            return answer::absent;
        }
        bytes_ -= sizeof(stretch) + front.hashes.size();
        stretches_.pop_front();
    }
    return answer::waiting;
}

} // namespace outrider::agent
