#include "transports/ssh/control_connection.hpp"

#include "engine/core/find_program.hpp"
#include "transports/process/child_stream.hpp"

namespace outrider::ssh {
namespace {

constexpr std::chrono::seconds control_check_limit{10};

// Without the control socket ssh would connect anew by itself, unchecked: the proxy that fails
// keeps it from that.
std::vector<std::string> by_control_socket(const std::string& socket) {
    return {"ssh",
            "-T",
            "-F",
            "none",
            "-S",
            socket,
            "-oControlMaster=no",
            "-oProxyCommand=false",
            "-oBatchMode=yes"};
}

class control_connection final : public connection {
  public:
    control_connection(ssh_remote to, std::map<std::string, std::string> environment)
        : to_(std::move(to)), environment_(std::move(environment)) {}

    awaitable<result<std::unique_ptr<byte_stream>>> open_shell() override {
        if (!open_) {
            co_return failure(errc::connect_failed, to_.name + ": the connection is closed");
        }
        auto command = by_control_socket(*to_.control);
        command.insert(command.end(), {"--", to_.host, "exec /bin/sh"});
        auto shell = child_stream::start(co_await asio::this_coro::executor,
                                         {.command = command, .environment = environment_},
                                         to_.name + ": ssh");
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
    ssh_remote to_;
    std::map<std::string, std::string> environment_;
    bool open_ = true;
};

} // namespace

awaitable<result<std::unique_ptr<connection>>> connect_by_control(const ssh_remote& to,
                                                                  const connect_context& context) {
    if (find_program("ssh", context.environment).empty()) {
        co_return failure(errc::unsupported,
                          to.name + ": ssh-control needs OpenSSH's `ssh` program, which is not "
                                    "installed here");
    }
    auto command = by_control_socket(*to.control);
    command.insert(command.end(), {"-O", "check", "--", to.host});
    auto asked = child_process::start(co_await asio::this_coro::executor,
                                      {.command = command, .environment = context.environment});
    if (!asked) {
        co_return asked.error();
    }
    if (!co_await asked->wait_for(control_check_limit) || co_await asked->wait() != 0) {
        co_return failure(errc::connect_failed,
                          to.name + ": no ssh holds a connection at " + *to.control +
                              "; log in by 'ssh -M -S " + *to.control + " " +
                              (to.user ? *to.user + "@" : "") + to.host + "'");
    }
    co_return std::unique_ptr<connection>(
        std::make_unique<control_connection>(to, context.environment));
}

} // namespace outrider::ssh
