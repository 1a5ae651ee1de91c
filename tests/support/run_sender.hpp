#pragma once

#include "engine/agent/server/jobs.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/protocol/packet.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/content_model.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <optional>
#include <random>

namespace outrider::testing {

/// Credit that never runs out, bytes.
inline constexpr std::int64_t plenty = std::int64_t{1} << 40;

/// Drives a sender: gives it orders, signatures and credit, and rebuilds what it sends. Unlike
/// `job_driver` it can leave the outbox full, so that the job stops in the middle of a file.
class run_sender {
  public:
    explicit run_sender(const agent_machine& there, std::int64_t credit = plenty)
        : job_(agent::make_send_runs_job(there.context, {.home = ".guild", .credit = credit},
                                         agent::reply_channel(outbox_, 7))) {
        if (!there.run_id.empty()) {
            part(protocol::send_begin{there.run_id});
        }
    }

    content_model got;
    std::optional<protocol::failure_message> failed;
    std::optional<protocol::send_totals> totals;

    template <class Part>
    void part(const Part& part) {
        job_->on_part(Part::name, protocol::to_json(part));
    }
    void data(std::string_view payload) { job_->on_data(payload); }
    void order(const std::string& path, bool basis = false) {
        order({.entry = {.path = path}, .basis = basis});
    }
    void order(protocol::file_order order) {
        order.number = next_++;
        protocol::packet_writer out(protocol::packet_kind::orders);
        write_record(out, order);
        data(out.payload());
    }
    void signature(std::int64_t number, std::int64_t first, std::string_view basis, bool last) {
        std::string hashes;
        for (auto rest = basis; !rest.empty();) {
            hashes +=
                protocol::bytes_of(protocol::hash_block(rest.substr(0, protocol::block_size)));
            rest.remove_prefix(std::min(rest.size(), protocol::block_size));
        }
        protocol::packet_writer out(protocol::packet_kind::signature);
        write_record(out, {.number = number, .first = first, .hashes = hashes, .last = last});
        data(out.payload());
    }
    void cancel() { job_->cancel(); }

    /// Goes on until the outbox is as full as it gets, or the job waits for the client.
    agent::job_wait advance_once() {
        for (;;) {
            const auto wait = job_->advance();
            BOOST_REQUIRE(wait.has_value());
            if (wait->drained || wait->input) {
                return *wait;
            }
        }
    }
    /// One call, then the outbox is emptied.
    void drain_once() {
        advance_once();
        take_frames();
    }
    /// Goes on until the job waits for the client (false) or has ended (true).
    bool advance() {
        for (;;) {
            const auto wait = job_->advance();
            take_frames();
            if (!wait || wait->input) {
                return !wait;
            }
        }
    }
    void finish() {
        part(protocol::orders_end{});
        BOOST_REQUIRE_MESSAGE(advance(), "the job waits for more");
        BOOST_REQUIRE_MESSAGE(!failed, (failed ? failed->context : ""));
    }
    /// Fails as it should.
    std::string refusal() {
        BOOST_REQUIRE(advance());
        BOOST_REQUIRE(failed.has_value());
        return failed->code;
    }

  private:
    void take_frames() {
        reader_.feed(outbox_.take());
        for (auto next = reader_.next(); next && *next; next = reader_.next()) {
            if ((*next)->kind == protocol::frame_kind::data) {
                got.take((*next)->payload);
            } else if ((*next)->kind == protocol::frame_kind::failure) {
                failed = protocol::decode<protocol::failure_message>((*next)->payload).value();
            } else {
                totals = protocol::decode<protocol::send_totals>((*next)->payload).value();
            }
        }
    }

    agent::output_queue outbox_;
    protocol::frame_reader reader_;
    std::int64_t next_ = 0;
    std::unique_ptr<agent::job> job_;
};

/// Bytes that no two blocks share, the same for the same seed.
inline std::string noise(std::size_t size, unsigned seed = 1) {
    std::mt19937_64 random(seed);
    std::string out(size + 8, '\0');
    for (std::size_t at = 0; at < size; at += 8) {
        const auto value = random();
        std::copy_n(reinterpret_cast<const char*>(&value), 8, out.begin() + static_cast<long>(at));
    }
    out.resize(size);
    return out;
}

/// Sets the time of modification to so long ago.
inline void set_age(const std::string& path, int seconds) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds;
    const timespec times[2] = {now, now};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

inline void append(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

inline void overwrite(const std::string& path, std::int64_t at, const std::string& text) {
    const descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    BOOST_REQUIRE(::pwrite(file.get(), text.data(), text.size(), at) ==
                  static_cast<ssize_t>(text.size()));
}

} // namespace outrider::testing
