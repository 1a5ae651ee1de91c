#include "engine/sync/transfer.hpp"

#include "engine/reactor/both.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/sync/borrowed_content.hpp"
#include "engine/sync/content_relay.hpp"
#include "engine/sync/flow_window.hpp"

#include <deque>
#include <utility>

namespace outrider {
namespace {

using namespace std::chrono_literals;
using protocol::frame_kind;
using protocol::packet_kind;

// Orders that the receiver has not done yet, and their bytes: enough for a long round trip of small
// files, and few enough for the memory of either agent (a sender takes 24 MiB, `order_stream`).
constexpr std::int64_t orders_ahead = 8192;
constexpr std::size_t order_bytes_ahead = std::size_t{8} << 20;
// The sender is told of a wider limit when it is wider by this part of the window: often enough
// that it never waits for it, and seldom enough that telling costs nothing.
constexpr std::int64_t credit_parts = 8;

class transfer_job {
  public:
    transfer_job(transfer_ends ends, transfer_request what, transfer_observer observer,
                 transfer_slots::slot slot)
        : ends_(std::move(ends)), what_(std::move(what)), observer_(std::move(observer)),
          slot_(std::move(slot)), borrowed_(*ends_.from),
          relay_(ends_.from, *ends_.to, borrowed_.memory()), tasks_(ends_.from->executor()),
          changed_(ends_.from->executor()) {}

    awaitable<result<transfer_totals>> run() {
        what_.send.credit = granted_ = window_.limit();
        asking_sender_.emplace(*ends_.from, protocol::ping{});
        asking_receiver_.emplace(*ends_.to, protocol::ping{});
        tasks_.spawn("transfer round trip",
                     [this, asked = clock::now()] { return measure_round_trip(asked); });
        // The receiver comes first: what it refuses (no space) it refuses before content comes.
        what_.receive.memory = relay_.place();
        what_.send.memory = borrowed_.place();
        receiving_.emplace(*ends_.to, what_.receive);
        sending_.emplace(*ends_.from, what_.send);
        tasks_.spawn("transfer loans", [this] { return borrowed_.give_back(*sending_); });
        running_ = 3; // those that finish: the transfer is done when they are
        tasks_.spawn("transfer orders", [this] { return finishing(feed()); });
        tasks_.spawn("transfer content", [this] { return finishing(pass_content()); });
        tasks_.spawn("transfer feedback", [this] { return finishing(take_feedback()); });
        while (running_ > 0 && !failed_) {
            if (!co_await changed_.wait()) {
                failed_.emplace(errc::cancelled, "the transfer was interrupted");
            }
        }
        // Where it was cancelled every further wait would throw, and the tasks outlive the job.
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        tasks_.cancel();
        co_await tasks_.join();
        ends_.from->expect(0);
        co_return failed_ ? result<transfer_totals>(*failed_) : result<transfer_totals>(totals_);
    }

  private:
    using clock = flow_window::clock;

    // A task that the transfer waits for; the first failure ends all, an exception too.
    awaitable<void> finishing(awaitable<result<>> task) {
        struct end {
            transfer_job& job;
            result<> how = failure(errc::internal, "the transfer broke off");
            ~end() {
                if (!how && !job.failed_) {
                    job.failed_ = how.error();
                }
                --job.running_;
                job.changed_.notify();
            }
        } end{*this};
        end.how = co_await std::move(task);
    }

    // On both ways at once, asked before anything else that would delay the answer. Nothing depends
    // on it but the window, and what is wrong with an agent the others find as well: the end of the
    // transfer ends the wait.
    awaitable<void> measure_round_trip(clock::time_point start) {
        auto [from, to] = co_await both(asking_sender_->finish<protocol::pong>(),
                                        asking_receiver_->finish<protocol::pong>());
        if (from && to) {
            window_.set_round_trip(clock::now() - start);
        }
    }

    // ---- orders: client → both ends

    awaitable<result<>> feed() {
        const bool package = !what_.receive.package.empty();
        for (auto& section : what_.runs) {
            auto fed = package ? co_await feed_orders(section.files) : co_await feed_run(section);
            if (!fed) {
                co_return fed;
            }
        }
        if (auto told = co_await receiving_->part(protocol::orders_end{}); !told) {
            co_return told;
        }
        co_return co_await sending_->part(protocol::orders_end{});
    }

    awaitable<result<>> feed_run(run_section& section) {
        observer_.begun(section.begin.run_id);
        auto told = co_await receiving_->part(section.begin);
        if (told) {
            told = co_await sending_->part(protocol::send_begin{section.begin.run_id});
        }
        if (told) {
            told = co_await feed_orders(section.files);
        }
        if (told) {
            told = co_await feed_orders(section.attributes);
        }
        if (told) {
            told = co_await receiving_->part(section.marks);
        }
        if (told) {
            told = co_await feed_orders(section.last);
        }
        co_return told ? co_await receiving_->part(protocol::receive_finish{}) : told;
    }

    awaitable<result<>> feed_orders(planned_orders& orders) {
        protocol::packet_writer packet(packet_kind::orders);
        // What is sent is not needed any more.
        for (; !orders.empty(); orders.pop_front()) {
            while (enough_orders_wait()) {
                if (auto sent = co_await flush(packet); !sent) {
                    co_return sent;
                }
                if (!co_await changed_.wait()) {
                    co_return failure(errc::cancelled, "the transfer was cancelled");
                }
            }
            orders.front().order.number = ordered_++;
            write_record(packet, orders.front().order);
            if (packet.full()) {
                if (auto sent = co_await flush(packet); !sent) {
                    co_return sent;
                }
            }
        }
        co_return co_await flush(packet);
    }

    awaitable<result<>> flush(protocol::packet_writer& packet) {
        if (packet.empty()) {
            co_return result<>();
        }
        const std::string payload(packet.payload());
        packet.clear();
        waiting_orders_.push_back({ordered_, payload.size()});
        waiting_order_bytes_ += payload.size();
        if (auto told = co_await receiving_->data(payload); !told) {
            co_return told;
        }
        co_return co_await sending_->data(payload);
    }

    bool enough_orders_wait() {
        for (; !waiting_orders_.empty() && waiting_orders_.front().end <= done_.orders;
             waiting_orders_.pop_front()) {
            waiting_order_bytes_ -= waiting_orders_.front().bytes;
        }
        return ordered_ - done_.orders >= orders_ahead || waiting_order_bytes_ >= order_bytes_ahead;
    }

    // ---- content: sender → receiver

    awaitable<result<>> pass_content() {
        for (;;) {
            auto frame = co_await sending_->next();
            if (frame) {
                frame = borrowed_.open(std::move(*frame));
            }
            if (!frame) {
                co_return frame.error();
            }
            if (frame->kind == frame_kind::reply) {
                co_return result<>();
            }
            const std::string_view payload = frame->payload;
            if (frame->kind != frame_kind::data || payload.empty() ||
                payload.front() != static_cast<char>(packet_kind::content)) {
                co_return protocol::malformed_packet("piece of a file");
            }
            totals_.sent_bytes += static_cast<std::int64_t>(payload.size());
            if (totals_.sent_bytes > granted_) {
                co_return failure(errc::protocol_violation,
                                  ends_.from->name() + ": it sends more than it may");
            }
            auto passed = co_await relay_.pass(std::move(*frame), *receiving_, totals_.sent_bytes);
            if (!passed) {
                co_return passed;
            }
        }
    }

    // ---- what the receiver says

    awaitable<result<>> take_feedback() {
        for (;;) {
            auto frame = co_await receiving_->next();
            if (!frame) {
                co_return frame.error();
            }
            if (frame->kind == frame_kind::reply) {
                auto reply = protocol::decode<protocol::receive_totals>(frame->payload);
                if (!reply) {
                    co_return reply.error();
                }
                totals_.received = *reply;
                co_return result<>();
            }
            auto taken = frame->kind == frame_kind::part ? take_part(*frame)
                                                         : co_await take_packet(std::move(*frame));
            if (!taken) {
                co_return taken;
            }
        }
    }

    result<> take_part(const protocol::frame& frame) {
        auto part = open_part(frame);
        if (part && part->type == protocol::memory_seen::name) {
            relay_.seen();
            return {};
        }
        protocol::run_received received;
        if (!part || part->type != protocol::run_received::name ||
            !protocol::from_json(part->body, received)) {
            return protocol::malformed_packet("report of a run");
        }
        observer_.received(received);
        return {};
    }

    awaitable<result<>> take_packet(protocol::frame frame) {
        if (frame.kind != frame_kind::data) {
            co_return protocol::malformed_packet("answer of the receiver");
        }
        protocol::packet_reader packet(frame.payload);
        if (packet.kind() == packet_kind::signature && packet.ok()) {
            co_return co_await sending_->relay(std::move(frame));
        }
        auto ack = protocol::read_ack(packet);
        if (!ack) {
            co_return ack.error();
        }
        if (ack->content > totals_.sent_bytes) {
            co_return failure(errc::protocol_violation,
                              ends_.to->name() + ": it has received more than was sent");
        }
        done_ = *ack;
        relay_.acknowledged(done_.content);
        observer_.progressed(done_);
        window_.acknowledged(clock::now(), done_.content, slot_.share());
        ends_.from->expect(static_cast<std::size_t>(window_.wire_window()));
        changed_.notify();
        if (window_.limit() < granted_ + window_.window() / credit_parts) {
            co_return result<>();
        }
        granted_ = window_.limit();
        co_return co_await sending_->data(protocol::credit_packet(granted_));
    }

    transfer_ends ends_;
    transfer_request what_;
    transfer_observer observer_;
    transfer_slots::slot slot_;
    flow_window window_;
    borrowed_content borrowed_;
    content_relay relay_;
    task_group tasks_;
    notifier changed_;                      // orders were done, or a task ended
    std::optional<exchange> asking_sender_; // the ways there and back
    std::optional<exchange> asking_receiver_;
    std::optional<exchange> receiving_;
    std::optional<exchange> sending_;
    int running_ = 0;
    std::int64_t ordered_ = 0; // orders that were sent
    struct order_packet {
        std::int64_t end; // of its orders
        std::size_t bytes;
    };
    std::deque<order_packet> waiting_orders_; // not all of each are done
    std::size_t waiting_order_bytes_ = 0;
    std::int64_t granted_ = 0;    // bytes that the sender may send in all
    protocol::transfer_ack done_; // what the receiver has done
    transfer_totals totals_;
    std::optional<failure> failed_;
};

} // namespace

awaitable<result<transfer_totals>> transfer(transfer_ends ends, transfer_request what,
                                            transfer_observer observer, transfer_slots& slots) {
    auto slot = co_await slots.take();
    if (!slot) {
        co_return slot.error();
    }
    transfer_job job(std::move(ends), std::move(what), std::move(observer), std::move(*slot));
    co_return co_await job.run();
}

} // namespace outrider
