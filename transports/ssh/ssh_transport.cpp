#include "transports/ssh/ssh_transport.hpp"

#include "engine/core/find_program.hpp"
#include "transports/process/child_process.hpp"
#include "transports/process/process_limits.hpp"
#include "transports/ssh/connector.hpp"
#include "transports/ssh/control_connection.hpp"
#include "transports/ssh/host_key_check.hpp"
#include "transports/ssh/ssh_remote.hpp"

namespace outrider {
namespace {

finding no_ssh() {
    return {.name = "ssh_config",
            .level = finding_level::warning,
            .what = "there is no ssh on this machine: ~/.ssh/config is not honoured",
            .cure = "install the OpenSSH client, or put user, port and key into config.yml"};
}

finding lax_check_of(const std::string& host) {
    return {.name = "ssh_config",
            .level = finding_level::warning,
            .what = "StrictHostKeyChecking is 'no' for " + host +
                    ": whoever stands in between at the first contact is believed",
            .cure = "set it to 'ask' in the ssh configuration, or 'host-keys: strict' in "
                    "config.yml; a key that has changed is refused in any case"};
}

class ssh_transport final : public transport {
  public:
    ssh_transport() { prepare_process(); }
    [[nodiscard]] const remote_type& type() const override { return ssh_remote_type(); }
    awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) override {
        const auto there = ssh_remote_of(to);
        if (there.control) {
            co_return co_await ssh::connect_by_control(there, context);
        }
        ssh::connector connecting(memory_, there, context);
        co_return co_await connecting.run();
    }

    // How the user's ssh configuration means the remote. What cannot be read is said on connecting.
    awaitable<std::vector<finding>> examine(const remote& to,
                                            const connect_context& context) override {
        std::vector<finding> out;
        const auto there = ssh_remote_of(to);
        if (there.ssh_config == "none" || there.control) {
            co_return out;
        }
        if (find_program("ssh", context.environment).empty()) {
            out.push_back(no_ssh());
            co_return out;
        }
        const auto config = co_await memory_.configs.lookup(there, context.environment);
        if (config && there.host_keys == host_key_policy::inherit &&
            ssh::believes_anyone(config->strict_host_key_checking)) {
            out.push_back(lax_check_of(there.host));
        }
        co_return out;
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
