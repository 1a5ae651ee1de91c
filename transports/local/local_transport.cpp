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
    [[nodiscard]] const remote_type& type() const override { return local_remote_type(); }
    awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) override {
        co_return std::unique_ptr<connection>(
            std::make_unique<local_connection>(to.name, context.environment));
    }
    awaitable<std::vector<finding>> examine(const remote&, const connect_context&) override {
        co_return std::vector<finding>(); // nothing is configured
    }
};

result<> no_spec(const std::string&, remote& out) {
    return failure(errc::bad_input, "remote " + out.name + " has to be defined in config.yml");
}

} // namespace

const remote_type& local_remote_type() {
    static const remote_type type{.name = "local",
                                  .keys = {},
                                  .here = true,
                                  .bounded_streams = false,
                                  .inline_form = {},
                                  .read_inline = no_spec,
                                  .address_of = [](const remote&) { return std::string(); },
                                  .by_hand = [](const remote&) { return std::string("sh"); }};
    return type;
}

std::unique_ptr<transport> make_local_transport() {
    return std::make_unique<local_transport>();
}

} // namespace outrider
