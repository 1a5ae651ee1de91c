#include "transports/http/event_route.hpp"

#include "engine/api/api_json.hpp"
#include "engine/json/described_json.hpp"
#include "engine/reactor/task_group.hpp"
#include "transports/http/web_socket.hpp"

#include <boost/json.hpp>

namespace outrider {
namespace {

namespace json = boost::json;

const char* kind_name(const news_body& what) {
    return std::holds_alternative<link_news>(what)       ? "link"
           : std::holds_alternative<run_news>(what)      ? "run"
           : std::holds_alternative<copy_progress>(what) ? "progress"
                                                         : "command";
}

std::string text_of(const news& one) {
    return api_json_text(
        {{"number", one.number},
         {"time_us", one.time_us},
         {"kind", kind_name(one.what)},
         {"data", std::visit([](const auto& each) { return protocol::to_json(each); }, one.what)}});
}

/// One subscriber on a WebSocket.
class subscriber {
  public:
    subscriber(const server_state& state, web_socket& wire)
        : wire_(wire), arrived_(state.executor),
          news_(state.with.news.subscribe({}, [this] { arrived_.notify(); })) {}

    // Takes what it wants to hear of, until it leaves.
    awaitable<void> listen() {
        for (;;) {
            const auto text = co_await wire_.read();
            if (!text) {
                co_return;
            }
            const auto parsed = parse_api_json(*text);
            news_filter wanted;
            if (!parsed || !protocol::from_json(*parsed, wanted)) {
                bad_ = true;
                arrived_.notify();
                continue;
            }
            news_->set_filter(std::move(wanted));
            ready_ = true;
            arrived_.notify();
        }
    }

    // Sends what waits. While the wire is full, the hub drops and counts.
    awaitable<void> send() {
        for (;;) {
            if (std::exchange(bad_, false)) {
                co_await say(
                    R"({"kind":"error","code":"bad_input","message":"this is no filter"})");
            }
            if (std::exchange(ready_, false)) {
                co_await say(R"({"kind":"subscribed"})");
            }
            if (const auto missed = news_->take_missed(); missed > 0) {
                co_await say(api_json_text({{"kind", "missed"}, {"count", missed}}));
            }
            if (auto next = news_->take()) {
                co_await say(text_of(**next));
            } else if (!bad_ && !ready_ && !co_await arrived_.wait()) {
                co_return;
            }
            if (gone_) {
                co_return;
            }
        }
    }

  private:
    awaitable<void> say(std::string text) {
        gone_ = !co_await wire_.write(std::move(text)) || gone_;
    }

    web_socket& wire_;
    notifier arrived_;
    std::shared_ptr<news_subscription> news_;
    bool bad_ = false;
    bool ready_ = false;
    bool gone_ = false;
};

} // namespace

awaitable<void> tell_news(server_state& state, route_call call) {
    if (!call.asked.upgrade) {
        auto answer = error_answer(426, "bad_input", "this path is a WebSocket");
        answer.headers.emplace_back("Upgrade", "websocket");
        std::ignore = co_await call.stream.send(answer);
        co_return;
    }
    auto wire = co_await web_socket::accept(call.stream);
    call.stream.close_after_answer();
    if (!wire) {
        co_return;
    }
    subscriber one(state, **wire);
    task_group both(state.executor);
    both.spawn("news", [&]() -> awaitable<void> {
        co_await one.send();
        both.cancel();
    });
    both.spawn("client", [&]() -> awaitable<void> {
        co_await one.listen();
        both.cancel();
    });
    co_await both.join_or_cancel();
}

} // namespace outrider
