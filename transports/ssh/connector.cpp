#include "transports/ssh/connector.hpp"

#include "engine/reactor/deadline.hpp"
#include "transports/ssh/algorithms.hpp"
#include "transports/ssh/child_ssh.hpp"
#include "transports/ssh/host_key_check.hpp"
#include "transports/ssh/jump.hpp"
#include "transports/ssh/proxy_process.hpp"
#include "transports/ssh/ssh_connection.hpp"
#include "transports/ssh/tcp_connect.hpp"

namespace outrider::ssh {
namespace {

std::chrono::milliseconds budget_for(const remote& to, const connect_context& context) {
    return to.connect_timeout && *to.connect_timeout > 0
               ? std::chrono::milliseconds(std::chrono::seconds(*to.connect_timeout))
               : context.timeout;
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

/// libssh tells a failed agreement on algorithms by its text alone.
failure classify_handshake(failure what, const reached_socket& reached, const std::string& server) {
    if (what.context.find("no match for method") != std::string::npos) {
        what.code = make_error_code(errc::unsupported);
    }
    if (what.kind() == errc::connect_failed) {
        what.context += " (" + server +
                        " ended the connection before it was secure: is it an SSH "
                        "server, and not overloaded?)";
    }
    if (reached.proxy && !reached.proxy->diagnostics().empty()) {
        what.context += "; the proxy says: " + reached.proxy->diagnostics();
        while (what.context.ends_with('\n')) {
            what.context.pop_back();
        }
    }
    return what;
}

} // namespace

connector::connector(connection_memory& memory, const remote& to, const connect_context& context)
    : memory_(memory), to_(to), context_(context), budget_(budget_for(to, context)),
      person_(to.name, context, budget_) {}

awaitable<result<std::unique_ptr<connection>>> connector::run() {
    auto config = co_await memory_.configs.lookup(to_, context_.environment);
    if (!config) {
        co_return config.error();
    }
    if (!to_.connect_timeout && config->connect_timeout) {
        budget_ = time_budget(std::chrono::seconds(*config->connect_timeout));
    }
    auto reached = co_await reach(to_, *config);
    if (!reached) {
        co_return reached.error();
    }
    if (!reached->beyond_us.empty()) {
        co_return co_await connect_by_child({.to = to_,
                                             .config = *config,
                                             .environment = context_.environment,
                                             .why = reached->beyond_us},
                                            person_, budget_);
    }
    co_return std::unique_ptr<connection>(
        std::make_unique<session_connection>(std::move(*reached)));
}

awaitable<result<reached_session>> connector::reach(remote hop, user_config config) {
    if (!config.beyond_us.empty()) {
        co_return reached_session{.beyond_us = join(config.beyond_us)};
    }
    auto keys = co_await gather_keys(hop.name, config, hop.private_key.has_value(), memory_.keys);
    if (!keys) {
        co_return keys.error();
    }
    if (keys->only_beyond_us) {
        co_return reached_session{.beyond_us = keys->beyond_us};
    }
    co_return co_await log_in(hop, config, std::move(*keys));
}

result<session_options> connector::options_for(const remote& hop, const user_config& config,
                                               const std::string& host_keys) const {
    session_options options{
        .label = hop.name,
        .host = config.host_name,
        .user = config.user,
        .ciphers = allowed_of(cipher_algorithms(processor_has_aes()), config.ciphers),
        .key_exchange = allowed_of(key_exchange_algorithms, config.key_exchange),
        .host_keys = host_keys,
        .macs = allowed_of(mac_algorithms, config.macs),
        .public_key_algorithms = allowed_of(host_key_algorithms, config.public_key_algorithms),
        .minimal_rsa_bits = config.minimal_rsa_bits};
    const std::pair<const char*, const std::string&> lists[] = {
        {"Ciphers", options.ciphers},
        {"KexAlgorithms", options.key_exchange},
        {"HostKeyAlgorithms", options.host_keys},
        {"MACs", options.macs},
        {"PubkeyAcceptedAlgorithms", options.public_key_algorithms}};
    for (const auto& [name, list] : lists) {
        if (list.empty()) {
            return failure(errc::unsupported, hop.name + ": key exchange: " + name +
                                                  " of the ssh configuration admits nothing that "
                                                  "is supported here");
        }
    }
    return options;
}

awaitable<result<reached_session>> connector::log_in(const remote& hop, const user_config& config,
                                                     key_ring keys) {
    host_key_check check(hop, config, memory_.host_keys);
    if (auto ready = co_await check.prepare(); !ready) {
        co_return ready.error();
    }
    const auto options = options_for(hop, config, check.algorithms());
    if (!options) {
        co_return options.error();
    }
    const std::string server = config.host_name + " port " + std::to_string(config.port);
    reached_session jump_host;
    if (config.proxy_command.empty() && !config.proxy_jump.empty()) {
        // Before the slot is taken: whoever waits for another handshake must not hold one.
        auto before = co_await reach_jump_host(hop, config);
        if (!before || !before->beyond_us.empty()) {
            co_return before;
        }
        jump_host = std::move(*before);
    }
    const auto slot = co_await memory_.slots.acquire(server);
    if (!slot) {
        co_return slot.error();
    }
    auto reached = co_await open_socket(hop, config, std::move(jump_host));
    if (!reached) {
        co_return reached.error();
    }
    auto wire =
        session::adopt(co_await asio::this_coro::executor, std::move(reached->socket), *options);
    if (!wire) {
        co_return wire.error();
    }
    const auto secured =
        co_await with_deadline((*wire)->handshake(), budget_.remaining(),
                               hop.name + ": key exchange with " + server +
                                   ": no answer in time (does an SSH server listen there?)");
    if (!secured) {
        co_return classify_handshake(secured.error(), *reached, server);
    }
    if (auto verified = co_await check.verify(**wire, person_); !verified) {
        co_return verified.error();
    }
    const std::string beyond = keys.beyond_us.empty() ? "Kerberos" : keys.beyond_us;
    authentication logging_in(**wire, config, std::move(keys), memory_.keys);
    const auto outcome = co_await logging_in.run(person_, budget_);
    if (!outcome) {
        co_return outcome.error();
    }
    if (*outcome == login::beyond_us) {
        co_return reached_session{.beyond_us = beyond};
    }
    co_return reached_session{.wire = std::move(*wire), .proxy = std::move(reached->proxy)};
}

awaitable<result<reached_socket>> connector::start_proxy(const remote& hop,
                                                         const user_config& config) {
    const auto command =
        expand_tokens(config.proxy_command, config, hop.host, home_of(context_.environment));
    if (!command) {
        co_return failure(command.error().code, hop.name + ": " + command.error().context);
    }
    auto started = proxy_process::start(co_await asio::this_coro::executor, *command,
                                        context_.environment, hop.name);
    if (!started) {
        co_return started.error();
    }
    co_return reached_socket{std::move(started->first), std::move(started->second)};
}

awaitable<result<reached_socket>>
connector::open_socket(const remote& hop, const user_config& config, reached_session jump_host) {
    if (!config.proxy_command.empty()) {
        co_return co_await start_proxy(hop, config);
    }
    const tcp_target target{.label = hop.name,
                            .host = config.host_name,
                            .port = config.port,
                            .family = config.address_family,
                            .bind_address = config.bind_address};
    auto socket =
        jump_host.wire
            ? co_await with_deadline(jump_to(std::move(jump_host), target), budget_.remaining(),
                                     hop.name + ": jump to " + target.host +
                                         ": no answer in time (is the machine up?)")
            : co_await tcp_connect(target, budget_);
    if (!socket) {
        co_return socket.error();
    }
    co_return reached_socket{.socket = std::move(*socket)};
}

} // namespace outrider::ssh
