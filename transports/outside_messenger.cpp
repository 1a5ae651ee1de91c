#include "transports/outside_messenger.hpp"

#include "transports/http/webhook.hpp"
#include "transports/process/child_process.hpp"

#include <csignal>

namespace outrider {
namespace {

constexpr std::chrono::minutes program_limit{10};

class outside_messenger final : public messenger {
  public:
    awaitable<result<int>> run(program_request what) override {
        auto child = child_process::start(co_await asio::this_coro::executor,
                                          {.command = what.words,
                                           .environment = std::move(what.environment),
                                           .directory = std::move(what.directory),
                                           .standard_output = STDERR_FILENO,
                                           .standard_error = STDERR_FILENO});
        if (!child) {
            co_return child.error();
        }
        if (!co_await child->wait_for(program_limit)) {
            child->signal(SIGKILL); // and says so by its status
        }
        co_return co_await child->wait();
    }
    awaitable<result<int>> post(webhook_request what) override {
        co_return co_await post_to_webhook(std::move(what));
    }
    [[nodiscard]] result<> check(const std::string& url) const override {
        auto parsed = parse_webhook_url(url);
        return parsed ? result<>() : parsed.error();
    }
};

} // namespace

std::shared_ptr<messenger> make_messenger() {
    return std::make_shared<outside_messenger>();
}

} // namespace outrider
