#include "transports/ssh/ssh_transport.hpp"

#include "transports/process/process_limits.hpp"
#include "transports/ssh/connector.hpp"

namespace outrider {
namespace {

class ssh_transport final : public transport {
  public:
    ssh_transport() { prepare_process(); }
    [[nodiscard]] std::string_view type() const override { return "ssh"; }
    awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) override {
        ssh::connector connecting(memory_, to, context);
        co_return co_await connecting.run();
    }

    awaitable<void> close() override { co_await memory_.jumps.close(); }

  private:
    ssh::connection_memory memory_;
};

} // namespace

std::unique_ptr<transport> make_ssh_transport() {
    return std::make_unique<ssh_transport>();
}

} // namespace outrider
