#pragma once

#include "engine/protocol/block_hash.hpp"
#include "engine/protocol/packet.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

namespace outrider::testing {

/// What a receiver makes of `content` packets, in memory: it insists on every rule that a sender
/// has to keep.
class content_model {
  public:
    struct file {
        std::string content;
        std::int64_t mtime_ns = 0;
        std::uint32_t mode = 0;
        std::int64_t announced = 0; ///< size in the head
        int heads = 0;
        bool live = false;
        bool missing = false;
        bool complete = false;
        std::int64_t kept = 0;   ///< blocks
        std::int64_t zeros = 0;  ///< blocks
        std::int64_t blocks = 0; ///< sent as they are
    };

    std::map<std::int64_t, file> files;
    std::map<std::int64_t, std::string> bases; ///< what the receiver had
    std::string story;                         ///< a letter for each record
    std::size_t largest_packet = 0;
    std::int64_t bytes = 0;

    void take(std::string_view payload) {
        largest_packet = std::max(largest_packet, payload.size());
        bytes += static_cast<std::int64_t>(payload.size());
        protocol::packet_reader in(payload);
        BOOST_TEST(!in.at_end());
        while (!in.at_end()) {
            const auto record = read_content_record(in);
            BOOST_REQUIRE(record.has_value());
            story += static_cast<char>(record->kind);
            apply(*record);
        }
    }

  private:
    using kind = protocol::content_record::kind_type;

    void apply(const protocol::content_record& record) {
        switch (record.kind) {
        case kind::whole: {
            auto& it = fresh(record.number);
            it.content = record.data;
            it.mtime_ns = record.mtime_ns;
            it.mode = record.mode;
            BOOST_REQUIRE((record.hash == protocol::hash_of_small_file(record.data)));
            finish(it, record.live);
            break;
        }
        case kind::missing:
            fresh(record.number).missing = true;
            break;
        case kind::head: {
            const bool again = current_ == record.number;
            auto& it = again ? files.at(current_) : fresh(record.number);
            current_ = record.number;
            it = {.mtime_ns = record.mtime_ns,
                  .mode = record.mode,
                  .announced = record.size,
                  .heads = it.heads + 1};
            hash_.reset();
            break;
        }
        case kind::tail: {
            auto& it = open();
            BOOST_REQUIRE_EQUAL(record.size, static_cast<std::int64_t>(it.content.size()));
            BOOST_REQUIRE((record.hash == hash_.value()));
            current_ = -1;
            finish(it, record.live);
            break;
        }
        default:
            add_blocks(open(), record);
        }
    }

    void add_blocks(file& it, const protocol::content_record& record) {
        BOOST_REQUIRE(it.content.size() % protocol::block_size == 0);
        BOOST_REQUIRE_EQUAL(record.first * static_cast<std::int64_t>(protocol::block_size),
                            static_cast<std::int64_t>(it.content.size()));
        BOOST_REQUIRE(record.count > 0);
        if (record.kind == kind::block) {
            ++it.blocks;
            it.content += record.data;
            hash_.add(protocol::hash_block(record.data));
        } else if (record.kind == kind::zeros) {
            it.zeros += record.count;
            it.content.resize(it.content.size() +
                              static_cast<std::size_t>(record.count) * protocol::block_size);
            hash_.add_zero_blocks(record.count);
        } else {
            it.kept += record.count;
            for (std::int64_t i = 0; i < record.count; ++i) {
                BOOST_REQUIRE(it.content.size() < bases[current_].size());
                const auto block = bases[current_].substr(it.content.size(), protocol::block_size);
                it.content += block;
                hash_.add(protocol::hash_block(block));
            }
        }
    }

    file& fresh(std::int64_t number) {
        BOOST_REQUIRE_EQUAL(current_, -1);
        BOOST_REQUIRE(!files.contains(number));
        BOOST_REQUIRE(files.empty() || files.rbegin()->first < number);
        return files[number];
    }
    file& open() {
        BOOST_REQUIRE(current_ >= 0);
        return files.at(current_);
    }
    static void finish(file& it, bool live) {
        it.live = live;
        it.complete = true;
    }

    std::int64_t current_ = -1; // between a head and its tail
    protocol::file_hash hash_;
};

} // namespace outrider::testing
