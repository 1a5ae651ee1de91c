#include "tests/support/tapped_transport.hpp"

#include "transports/local/local_transport.hpp"

namespace outrider::testing {
namespace {

result<> admitted(const stream_tap& tap, const std::string& remote) {
    return tap.admit ? tap.admit(remote) : result<>();
}

class tapped_connection final : public connection {
  public:
    tapped_connection(std::unique_ptr<connection> inner, std::string name, stream_tap& tap)
        : inner_(std::move(inner)), name_(std::move(name)), tap_(tap) {}

    awaitable<result<std::unique_ptr<byte_stream>>> open_shell() override {
        if (auto may = admitted(tap_, name_); !may) {
            co_return may.error();
        }
        auto shell = co_await inner_->open_shell();
        if (shell && tap_.wrap) {
            shell = tap_.wrap(name_, opened_++, std::move(*shell));
        }
        co_return shell;
    }
    [[nodiscard]] bool alive() const override { return inner_->alive(); }
    awaitable<void> close() override { return inner_->close(); }

  private:
    std::unique_ptr<connection> inner_;
    std::string name_;
    stream_tap& tap_;
    int opened_ = 0;
};

class tapped_transport final : public transport {
  public:
    tapped_transport(stream_tap& tap, const remote_type& type)
        : inner_(make_local_transport()), tap_(tap), type_(type) {}

    [[nodiscard]] const remote_type& type() const override { return type_; }
    awaitable<std::vector<finding>> examine(const remote& to,
                                            const connect_context& context) override {
        co_return co_await inner_->examine(to, context);
    }
    awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) override {
        const std::string name = to.name;
        if (auto may = admitted(tap_, name); !may) {
            co_return may.error();
        }
        auto connected = co_await inner_->connect(to, context);
        if (!connected) {
            co_return connected;
        }
        co_return std::unique_ptr<connection>(
            std::make_unique<tapped_connection>(std::move(*connected), name, tap_));
    }

  private:
    std::unique_ptr<transport> inner_;
    stream_tap& tap_;
    const remote_type& type_;
};

} // namespace

std::unique_ptr<transport> make_tapped_transport(stream_tap& tap, const remote_type& type) {
    return std::make_unique<tapped_transport>(tap, type);
}

} // namespace outrider::testing
