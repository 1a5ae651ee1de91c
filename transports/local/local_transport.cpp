#include "transports/local/local_transport.hpp"

#include "transports/process/child_stream.hpp"
#include "transports/process/process_limits.hpp"

namespace outrider {
namespace {

class local_connection final : public connection {
  public:
    local_connection(std::string name, std::map<std::string, std::string> environment)
        : name_(std::move(name)), environment_(std::move(environment)) {}

    awaitable<result<std::unique_ptr<byte_stream>>> open_shell() override {
        if (!open_) {
            co_return failure(errc::connect_failed, name_ + ": the connection is closed");
        }
        const auto home = environment_.find("HOME");
        auto shell =
            child_stream::start(co_await asio::this_coro::executor,
                                {.command = {"/bin/sh"},
                                 .environment = environment_,
                                 .directory = home == environment_.end() ? "/" : home->second},
                                name_);
        if (!shell) {
            co_return shell.error();
        }
        co_return std::unique_ptr<byte_stream>(std::move(*shell));
    }
    [[nodiscard]] bool alive() const override { return open_; }
    awaitable<void> close() override {
        open_ = false;
        co_return;
    }

  private:
    std::string name_;
    std::map<std::string, std::string> environment_;
    bool open_ = true;
};

class local_transport final : public transport {
  public:
    local_transport() { prepare_process(); }
    [[nodiscard]] std::string_view type() const override { return "local"; }
    awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) override {
        co_return std::unique_ptr<connection>(
            std::make_unique<local_connection>(to.name, context.environment));
    }
};

} // namespace

std::unique_ptr<transport> make_local_transport() {
    return std::make_unique<local_transport>();
}

} // namespace outrider
