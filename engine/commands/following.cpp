#include "engine/commands/following.hpp"

#include "engine/commands/run_rows.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/retry_policy.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outrider {
namespace {

/// One follow of one run, over as many connections as it takes.
class follow {
  public:
    follow(command_session& session, const target& at, std::string run_id, follow_start start,
           asio::any_io_executor executor)
        : session_(session), at_(at), run_id_(std::move(run_id)), start_(std::move(start)),
          pause_(executor) {
        session_.on_interrupt([this] { interrupt(); });
    }
    follow(const follow&) = delete;
    follow& operator=(const follow&) = delete;
    ~follow() { session_.on_interrupt({}); }

    awaitable<result<followed>> run() {
        for (;;) {
            auto ended = co_await over_one_connection();
            if (interrupted_) {
                co_return followed{};
            }
            if (ended || !retry_policy::worth_a_retry(ended.error().kind())) {
                co_return ended;
            }
            if (!said_lost_) {
                session_.emit(
                    note{.warning = true, .text = ended.error().context + "; trying again"});
                said_lost_ = true;
            }
            pause_.expires_after(retries_.next_pause());
            std::ignore = co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
            if (interrupted_) {
                co_return followed{};
            }
        }
    }

  private:
    awaitable<result<followed>> over_one_connection() {
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        link_is_back();
        protocol::follow_output request;
        request.home = at_.home;
        request.run_id = run_id_;
        request.run_dir = start_.run_dir;
        request.offset = offset_;
        request.attributes = row_attributes();
        request.tail_lines = start_.tail;
        if (start_.since) {
            request.since_us = start_.since->at_us;
            request.since_ago_us = start_.since->ago_us;
        }
        exchange following(**agent, request);
        current_ = &following;
        auto ended = co_await take_output(following);
        current_ = nullptr;
        co_return ended;
    }

    awaitable<result<followed>> take_output(exchange& following) {
        for (;;) {
            auto incoming = co_await following.next();
            if (!incoming) {
                co_return incoming.error();
            }
            switch (incoming->kind) {
            case protocol::frame_kind::data:
                retries_.succeeded();
                offset_ += static_cast<std::int64_t>(incoming->payload.size());
                session_.emit(output_bytes{.bytes = std::move(incoming->payload)});
                break;
            case protocol::frame_kind::part:
                take_part(incoming->payload);
                break;
            default:
                co_return end_of(incoming->payload);
            }
        }
    }

    void take_part(const std::string& payload) {
        offset_ = 0; // output_restarted: the file was replaced
        const auto part = protocol::parse_json(payload);
        const auto* object = part ? part->if_object() : nullptr;
        const auto* type = object != nullptr ? object->if_contains("type") : nullptr;
        const auto* body = object != nullptr ? object->if_contains("body") : nullptr;
        protocol::output_begins begins;
        if (type != nullptr && *type == protocol::json::value(protocol::output_begins::name) &&
            body != nullptr && protocol::from_json(*body, begins)) {
            offset_ = begins.offset;
            start_ = {}; // found: another connection goes on at the byte
        }
    }

    static result<followed> end_of(const std::string& payload) {
        auto end = protocol::decode<protocol::follow_end>(payload);
        if (!end) {
            return end.error();
        }
        return followed(row_of(end->run));
    }

    void link_is_back() {
        if (said_lost_) {
            session_.emit(note{.text = "The link to " + at_.remote + " is back"});
            said_lost_ = false;
        }
    }

    void interrupt() {
        interrupted_ = true;
        if (current_ != nullptr) {
            current_->abandon();
        }
        pause_.cancel();
    }

    command_session& session_;
    const target& at_;
    std::string run_id_;
    follow_start start_;
    std::int64_t offset_ = 0; // bytes of output that were emitted
    exchange* current_ = nullptr;
    asio::steady_timer pause_;
    retry_policy retries_;
    bool said_lost_ = false;
    bool interrupted_ = false;
};

} // namespace

awaitable<result<followed>> follow_run(command_session& session, const target& at,
                                       std::string run_id, follow_start start) {
    follow one(session, at, std::move(run_id), std::move(start),
               co_await asio::this_coro::executor);
    co_return co_await one.run();
}

} // namespace outrider
