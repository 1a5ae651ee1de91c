#include "engine/commands/following/following.hpp"

#include "engine/fleet/run_rows.hpp"
#include "engine/protocol/children_plan.hpp"

#include <utility>

namespace outrider {

run_follow::run_follow(command_session& session, lasting_link& over, std::string run_id,
                       follow_start start)
    : session_(session), link_(over), run_id_(std::move(run_id)), start_(std::move(start)) {}

awaitable<result<followed>> run_follow::run() {
    for (;;) {
        auto agent = co_await link_.agent();
        if (link_.ended()) {
            co_return followed{};
        }
        if (!agent) {
            co_return agent.error();
        }
        auto ended = co_await over_one_connection(**agent);
        const bool paused = std::exchange(paused_, false);
        if (paused) {
            co_await session_.catch_up();
        }
        if (link_.ended()) {
            co_return followed{};
        }
        if (paused) {
            continue;
        }
        if (ended || !retry_policy::worth_a_retry(ended.error().kind())) {
            co_return ended;
        }
        link_.lose(ended.error());
    }
}

awaitable<result<followed>> run_follow::over_one_connection(agent_client& agent) {
    protocol::follow_output request;
    request.home = link_.at().home;
    request.run_id = run_id_;
    request.run_dir = start_.run_dir;
    request.offset = offset_;
    request.follow = !start_.glimpse;
    request.attributes = row_attributes();
    request.tail_lines = start_.tail;
    request.line_times = start_.line_times;
    if (start_.since) {
        request.since_us = start_.since->at_us;
        request.since_ago_us = start_.since->ago_us;
    }
    line_times_.clear();
    exchange following(agent, request);
    current_ = &following;
    // Also where it is cancelled: an interrupt must not touch what is gone.
    struct finish {
        exchange*& current;
        ~finish() { current = nullptr; }
    } finish_on_exit{current_};
    co_return co_await take_output(following);
}

awaitable<result<followed>> run_follow::take_output(exchange& following) {
    for (;;) {
        auto incoming = co_await following.next();
        if (!incoming) {
            co_return incoming.error();
        }
        switch (incoming->kind) {
        case protocol::frame_kind::data:
            link_.works();
            offset_ += static_cast<std::int64_t>(incoming->payload.size());
            session_.emit(output_bytes{.bytes = std::string(incoming->payload),
                                       .run_id = run_id_,
                                       .line_times_ms = std::exchange(line_times_, {})});
            if (session_.client_is_behind()) {
                paused_ = true;
                co_return followed{};
            }
            break;
        case protocol::frame_kind::part:
            take_part(*incoming);
            break;
        default:
            auto end = protocol::decode<protocol::follow_end>(incoming->payload);
            if (!end) {
                co_return end.error();
            }
            co_return followed(row_of(end->run));
        }
    }
}

void run_follow::take_part(const protocol::frame& incoming) {
    const auto part = open_part(incoming);
    if (!part) {
        return;
    }
    if (part->type == protocol::line_times::name) {
        protocol::line_times times;
        if (protocol::from_json(part->body, times)) {
            line_times_ = std::move(times.times_ms);
        }
    } else if (part->type == protocol::output_restarted::name) {
        offset_ = 0; // the file was replaced
    } else if (protocol::output_begins begins; part->type == protocol::output_begins::name &&
                                               protocol::from_json(part->body, begins)) {
        offset_ = begins.offset;
        start_.tail.reset(); // found: another connection goes on at the byte
        start_.since.reset();
    } else if (protocol::run_waits waits;
               part->type == protocol::run_waits::name && protocol::from_json(part->body, waits)) {
        tell_waits(std::move(waits.why));
    } else if (protocol::children_progress progress;
               part->type == protocol::children_progress::name &&
               protocol::from_json(part->body, progress)) {
        session_.emit(batch_progress{.remote = link_.at().remote,
                                     .run_id = run_id_,
                                     .total = progress.total,
                                     .done = progress.done,
                                     .failed = progress.failed,
                                     .running = progress.running,
                                     .objective = std::move(progress.objective),
                                     .best = progress.best,
                                     .best_flags = std::move(progress.best_flags)});
    }
}

// Once, and again when it is another reason, over however many connections.
void run_follow::tell_waits(std::string why) {
    if (why == std::exchange(waits_, why) || why.empty()) {
        return;
    }
    session_.emit(note{.text = "Run " + run_id_ + (why.starts_with("waits") ? " " : ": ") + why});
}

void run_follow::interrupt() {
    if (current_ != nullptr) {
        current_->abandon();
    }
}

awaitable<result<followed>> follow_run(command_session& session, const target& at,
                                       std::string run_id, follow_start start) {
    lasting_link over(session, at, co_await asio::this_coro::executor);
    run_follow one(session, over, std::move(run_id), std::move(start));
    session.on_interrupt([&] {
        over.end();
        one.interrupt();
    });
    struct finish {
        command_session& session;
        ~finish() { session.on_interrupt({}); }
    } finish_on_exit{session};
    co_return co_await one.run();
}

} // namespace outrider
