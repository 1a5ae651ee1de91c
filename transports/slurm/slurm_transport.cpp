#include "transports/slurm/slurm_transport.hpp"

#include "transports/slurm/slurm_remote.hpp"

namespace outrider {
namespace {

class slurm_transport final : public transport {
  public:
    slurm_transport(transport& ssh, transport& local) : ssh_(ssh), local_(local) {}
    [[nodiscard]] const remote_type& type() const override { return slurm_remote_type(); }
    awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) override {
        co_return co_await under(to).connect(to, context);
    }
    awaitable<std::vector<finding>> examine(const remote& to,
                                            const connect_context& context) override {
        co_return co_await under(to).examine(to, context);
    }

  private:
    // Both read the settings that they know, which are named as theirs.
    transport& under(const remote& to) { return is_login_node(to) ? local_ : ssh_; }

    transport& ssh_;
    transport& local_;
};

} // namespace

std::unique_ptr<transport> make_slurm_transport(transport& ssh, transport& local) {
    return std::make_unique<slurm_transport>(ssh, local);
}

} // namespace outrider
