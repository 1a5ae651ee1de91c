#include "engine/remotes/link.hpp"

#include "engine/protocol/slurm_messages.hpp"
#include "engine/remotes/agent_bootstrap.hpp"
#include "engine/remotes/heartbeat_policy.hpp"
#include "engine/text/finished_text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <array>
#include <optional>
#include <vector>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto greeting_limit = 30s; // a loaded machine may take long to start a process

std::int64_t milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start)
        .count();
}

// Some wires learn only afterwards that the server refused.
awaitable<bool> answers(byte_stream& shell) {
    if (auto sent = co_await shell.write("echo\n"); !sent) {
        co_return false;
    }
    std::array<char, 4096> piece;
    const auto got = co_await with_deadline(shell.read_some(piece), greeting_limit, "no answer");
    co_return got && *got > 0;
}

// The agent outlives the exchange.
awaitable<void> take_slurm_reply(std::shared_ptr<agent_client> agent,
                                 std::shared_ptr<exchange> asked) {
    if (auto used = co_await asked->finish<protocol::slurm_used>(); !used) {
        spdlog::info("{}: Slurm is not asked: {}", agent->name(), used.error().context);
    }
}

} // namespace

link::link(asio::any_io_executor executor, remote to, transport& over, change_listener told)
    : executor_(executor), to_(std::move(to)), transport_(over), tasks_(executor),
      closing_(executor), changed_(executor), told_(std::move(told)) {}

link::~link() = default;

awaitable<result<std::shared_ptr<agent_client>>> link::control(connect_context context) {
    while (connecting_) {
        if (!co_await changed_.wait()) {
            co_return failure(errc::cancelled, to_.name + ": cancelled");
        }
    }
    if (control_ && control_->alive() && connection_->alive()) {
        co_return control_;
    }
    connecting_ = true;
    // Whatever way this ends, also by cancellation, the others must be woken.
    struct finish {
        link& self;
        ~finish() {
            self.connecting_ = false;
            self.changed_.notify();
        }
    } finish_on_exit{*this};
    co_await drop();
    if (auto connected = co_await ensure_connected(std::move(context)); !connected) {
        tell(false, connected.error().context);
        co_return connected.error();
    }
    auto agent = co_await new_agent(hello_);
    if (!agent) {
        tell(false, agent.error().context);
        co_return agent.error();
    }
    control_ = std::move(*agent);
    greet_slurm();
    tell(true, {});
    tasks_.spawn(to_.name + " heartbeat", [this] { return run_heartbeat(); });
    co_return control_;
}

awaitable<result<std::shared_ptr<agent_client>>> link::bulk(connect_context context) {
    // The control agent comes first: it is what keeps the link honest by its heartbeat.
    if (auto first = co_await control(std::move(context)); !first) {
        co_return first.error();
    }
    protocol::hello ignored;
    auto agent = co_await new_agent(ignored);
    // Slower, because a transfer and requests share one window, but all of it works.
    if (!agent && agent.error().kind() == errc::conflict && control_ && control_->alive()) {
        spdlog::debug("{}", agent.error().context);
        co_return control_;
    }
    if (agent) {
        (*agent)->keep(transfers_);
    }
    co_return agent;
}

// It goes out before any other request, and nobody waits for its reply: what needs Slurm's answer
// waits there.
void link::greet_slurm() {
    if (type().slurm_of == nullptr) {
        return;
    }
    const protocol::use_slurm request{.poll_ms = type().slurm_of(to_).poll_ms};
    tasks_.spawn(to_.name + " slurm",
                 [agent = control_, asked = std::make_shared<exchange>(*control_, request)] {
                     return take_slurm_reply(agent, asked);
                 });
}

awaitable<std::vector<finding>> link::examine(connect_context context) {
    co_return co_await transport_.examine(to_, context);
}

awaitable<result<int>> link::count_channels() {
    constexpr int most = 10; // sshd's default; who gives as many gives enough
    std::vector<std::unique_ptr<byte_stream>> open;
    std::optional<failure> broken;
    while (static_cast<int>(open.size()) + 1 < most) {
        auto shell = co_await connection_->open_shell();
        if (!shell) {
            if (shell.error().kind() != errc::conflict) {
                broken = shell.error();
            }
            break;
        }
        open.push_back(std::move(*shell));
        if (!co_await answers(*open.back())) {
            co_await open.back()->close();
            open.pop_back();
            break;
        }
    }
    const int count = static_cast<int>(open.size()) + 1;
    for (auto& shell : open) {
        co_await shell->close();
    }
    if (broken) {
        co_return *broken;
    }
    co_return count;
}

awaitable<result<>> link::ensure_connected(connect_context context) {
    spdlog::info("{}: connecting ({}{}{})", to_.name, to_.type, to_.address.empty() ? "" : " ",
                 to_.address);
    const auto start = std::chrono::steady_clock::now();
    auto connected = co_await transport_.connect(to_, context);
    if (!connected) {
        spdlog::info("{}: not connected after {} ms", to_.name, milliseconds_since(start));
        co_return connected.error();
    }
    spdlog::info("{}: connected in {} ms", to_.name, milliseconds_since(start));
    connection_ = std::move(*connected);
    co_return result<>();
}

awaitable<result<std::shared_ptr<agent_client>>> link::new_agent(protocol::hello& hello) {
    const auto start = std::chrono::steady_clock::now();
    spdlog::debug("{}: opening a shell", to_.name);
    auto shell = co_await connection_->open_shell();
    if (!shell) {
        co_return shell.error();
    }
    spdlog::debug("{}: starting the agent", to_.name);
    bootstrap_options options;
    options.observed = [this](const shell_facts& facts) { shell_ = facts; };
    auto stream = co_await start_agent(std::move(*shell), to_.name, std::move(options));
    if (!stream) {
        co_return stream.error();
    }
    auto agent = own(std::make_unique<agent_client>(executor_, std::move(*stream), to_.name));
    agent->set_here(type().here);
    auto greeted = co_await agent->greet(greeting_limit);
    if (!greeted) {
        co_return greeted.error();
    }
    hello = std::move(*greeted);
    spdlog::info("{}: the agent on {} answers after {} ms", to_.name, hello.machine.host_name,
                 milliseconds_since(start));
    co_return agent;
}

// Whatever way the last holder goes, also by an exception of its cancellation, the agent's tasks
// end before it does.
std::shared_ptr<agent_client> link::own(std::unique_ptr<agent_client> fresh) {
    const auto retire = [this](agent_client* agent) {
        closing_.spawn(to_.name + " closing",
                       [last = std::shared_ptr<agent_client>(agent)] { return last->close(); });
    };
    return {fresh.release(), retire};
}

awaitable<void> link::run_heartbeat() {
    const auto watched = control_;
    asio::steady_timer timer(executor_);
    using clock = std::chrono::steady_clock;
    heartbeat_policy policy;
    while (watched->alive()) {
        const bool busy = watched->busy() || transfers_.use_count() > 1;
        const auto pause = policy.pause(clock::now(), std::chrono::system_clock::now(),
                                        watched->last_heard(), busy);
        if (pause > clock::duration::zero()) {
            timer.expires_after(pause);
            co_await timer.async_wait(asio::use_awaitable);
            continue;
        }
        const auto asked = clock::now();
        auto pong = co_await watched->call(protocol::ping{}, heartbeat_policy::answer_limit);
        if (!pong && watched->alive() && heartbeat_policy::is_lost(asked, clock::now())) {
            watched->fail({errc::connect_failed,
                           to_.name + ": the link was lost: the agent there does not answer"});
            // Bulk agents on this connection would wait for ever.
            co_await connection_->close();
        }
    }
    tell(false, to_.name + ": the link was lost");
}

bool link::up() const {
    return control_ && control_->alive() && connection_ && connection_->alive();
}

void link::tell(bool up, const std::string& why) const {
    if (told_) {
        told_(up, finished_text(why)); // it becomes news for many
    }
}

awaitable<void> link::drop() {
    tasks_.cancel();
    co_await tasks_.join();
    if (control_) {
        co_await control_->close();
        control_.reset();
    }
    if (connection_) {
        co_await connection_->close();
        connection_.reset();
    }
}

awaitable<void> link::close() {
    co_await drop();
    co_await closing_.join();
}

} // namespace outrider
