#include "engine/agent/receive/content_queue.hpp"

namespace outrider::agent {

void content_queue::lend(std::string_view payload) {
    const auto size = static_cast<std::int64_t>(payload.size());
    taken_ += size;
    if (!empty()) {
        waiting_.push_back({std::string(payload), size});
        return;
    }
    reader_.emplace(payload);
    size_ = size;
    lent_ = true;
}

void content_queue::keep() {
    if (!lent_) {
        return;
    }
    lent_ = false;
    if (!reader_) {
        return;
    }
    // Records of content do not depend on each other: the rest is a packet, too.
    auto& rest = record_ ? *before_ : *reader_;
    std::string bytes(1, static_cast<char>(protocol::packet_kind::content));
    bytes += rest.rest();
    waiting_.push_front({std::move(bytes), size_});
    record_.reset();
    reader_.reset();
}

result<const protocol::content_record*> content_queue::front() {
    while (!record_) {
        if (!reader_ && waiting_.empty()) {
            return nullptr;
        }
        if (!reader_) {
            reader_.emplace(waiting_.front().bytes);
            size_ = waiting_.front().size;
        }
        if (reader_->ok() && reader_->at_end()) {
            finish_packet();
            continue;
        }
        before_ = reader_;
        auto record = read_content_record(*reader_);
        if (!record) {
            return record.error();
        }
        record_ = *record;
    }
    return &*record_;
}

void content_queue::pop() {
    record_.reset();
    if (reader_->at_end()) {
        finish_packet();
    }
}

void content_queue::finish_packet() {
    dealt_ += size_;
    reader_.reset();
    if (!lent_) {
        waiting_.pop_front();
    }
    lent_ = false;
}

} // namespace outrider::agent
