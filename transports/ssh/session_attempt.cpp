#include "transports/ssh/session_attempt.hpp"

#include "engine/reactor/deadline.hpp"
#include "transports/ssh/algorithms.hpp"
#include "transports/ssh/config_tokens.hpp"
#include "transports/ssh/greeting.hpp"
#include "transports/ssh/jump_session.hpp"
#include "transports/ssh/prompter.hpp"
#include "transports/ssh/tcp_connect.hpp"

#include <boost/asio/error.hpp>

namespace outrider::ssh {
namespace {

using stage = failed_try::stage;

result<session_options> options_for(const hop& to, const std::string& host_keys) {
    const user_config& config = to.config;
    session_options options{
        .label = to.to.name,
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
            return failure(errc::unsupported, to.to.name + ": key exchange: " + name +
                                                  " of the ssh configuration admits nothing that "
                                                  "is supported here");
        }
    }
    return options;
}

std::string trimmed(std::string text) {
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.pop_back();
    }
    return text;
}

} // namespace

session_attempt::session_attempt(connection_memory& memory, const hop& to,
                                 const connect_context& context, time_budget& budget)
    : memory_(memory), hop_(to), context_(context), budget_(budget) {}

awaitable<result<reached_session>> session_attempt::run(host_key_check& check, key_ring keys,
                                                        std::shared_ptr<jump_session> via) {
    auto options = options_for(hop_, check.algorithms());
    if (!options) {
        ended_.at = stage::later;
        co_return options.error();
    }
    options->turns = memory_.turns;
    if (auto may = co_await take_socket(via.get()); !may) {
        co_return may.error();
    }
    auto reached = co_await open_socket(std::move(via));
    if (!reached) {
        co_return reached.error();
    }
    ended_.at = stage::greeting;
    if (auto heard = co_await hear(*reached); !heard) {
        co_return explained(heard.error(), *reached);
    }
    auto wire = co_await exchange_keys(*reached, *options);
    if (!wire) {
        co_return explained(wire.error(), *reached);
    }
    ended_.at = stage::later;
    prompter who(hop_.to.name, context_, budget_, place_);
    const auto verified = co_await check.verify(**wire, who);
    if (!verified) {
        co_return verified.error();
    }
    if (*verified == host_key_check::judgement::needs_ssh_program) {
        co_return reached_session{.needs_ssh_program = check.authority()};
    }
    const std::string beyond =
        keys.needs_ssh_program.empty() ? "Kerberos or a host-based login" : keys.needs_ssh_program;
    authentication logging_in(**wire, hop_.config, std::move(keys), memory_.keys);
    const auto outcome = co_await logging_in.run(who, budget_);
    if (!outcome) {
        co_return outcome.error();
    }
    if (*outcome == login::needs_ssh_program) {
        co_return reached_session{.needs_ssh_program = beyond};
    }
    co_return reached_session{.wire = std::move(*wire), .proxy = std::move(reached->proxy)};
}

bool session_attempt::worth_another() const {
    if (!worth_another_try(ended_)) {
        return false;
    }
    if (ended_.dropped || ended_.refused) {
        place_->turned_away();
    }
    return true;
}

awaitable<result<>> session_attempt::take_socket(const jump_session* via) {
    const auto start = time_budget::clock::now();
    server_ = hop_.server(via);
    auto place = co_await memory_.slots.acquire(server_, via ? via->label() : std::string());
    if (place && !co_await (*place)->enter(context_.connections)) {
        place = failure(errc::cancelled, "cancelled");
    }
    // Others had their turn in that time; this one's begins now.
    budget_.give_back(time_budget::clock::now() - start);
    if (!place) {
        co_return failure(place.error().code, hop_.to.name + ": " + place.error().context);
    }
    place_ = std::move(*place);
    co_return result<>();
}

awaitable<result<session_attempt::reached_socket>> session_attempt::start_proxy() {
    const auto command = expand_tokens(hop_.config.proxy_command, hop_.config, hop_.to.host,
                                       home_of(context_.environment));
    if (!command) {
        co_return failure(command.error().code, hop_.to.name + ": " + command.error().context);
    }
    auto started = proxy_process::start(co_await asio::this_coro::executor, *command,
                                        context_.environment, hop_.to.name);
    if (!started) {
        co_return started.error();
    }
    ended_.by_program = true;
    co_return reached_socket{std::move(started->first), std::move(started->second)};
}

awaitable<result<session_attempt::reached_socket>>
session_attempt::open_socket(std::shared_ptr<jump_session> via) {
    if (!hop_.config.proxy_command.empty()) {
        co_return co_await start_proxy();
    }
    tcp_target target{.label = hop_.to.name,
                      .host = hop_.config.host_name,
                      .port = hop_.config.port,
                      .family = hop_.config.address_family,
                      .bind_address = hop_.config.bind_address};
    tcp_outcome outcome;
    if (via) {
        outcome.socket = co_await via->open(std::move(target), budget_);
        ended_.carrier_lost = !outcome.socket && !via->alive();
        ended_.refused = !outcome.socket && outcome.socket.error().context.find(
                                                "onnection refused") != std::string::npos;
    } else {
        outcome = co_await tcp_connect(std::move(target), budget_);
        ended_.refused = outcome.cause == asio::error::connection_refused;
        ended_.dropped = outcome.cause == asio::error::connection_reset;
    }
    if (!outcome.socket) {
        ended_.others_succeed = memory_.slots.answers(server_);
        co_return outcome.socket.error();
    }
    co_return reached_socket{std::move(*outcome.socket), nullptr};
}

awaitable<result<>> session_attempt::hear(const reached_socket& reached) {
    const auto patience =
        std::min<std::chrono::milliseconds>(budget_.remaining(), handshake_slots::silence_limit);
    const auto said = co_await hear_greeting(reached.socket, patience);
    if (!said) {
        co_return failure(said.error().code, hop_.to.name + ": " + said.error().context);
    }
    ended_.greeting = said->text;
    if (said->what == greeting::kind::silent) {
        // It is frozen, or one of the few that wait for our first word: it is no load, and keeps
        // nobody else waiting.
        co_return result<>();
    }
    if (said->what == greeting::kind::ended ||
        said->text.find("MaxStartups") != std::string::npos ||
        said->text.starts_with("Not allowed")) {
        ended_.dropped = true;
        ended_.complained = reached.proxy && !reached.proxy->diagnostics().empty();
        ended_.others_succeed = memory_.slots.answers(server_);
        co_return failure(errc::connect_failed,
                          hop_.to.name + ": key exchange: " +
                              (said->text.empty() ? "the connection was closed"
                                                  : "the server says '" + said->text + "'"));
    }
    budget_.answered();
    place_->heard();
    const auto start = time_budget::clock::now();
    const bool entered = co_await place_->enter(context_.connections);
    budget_.give_back(time_budget::clock::now() - start);
    if (!entered) {
        co_return failure(errc::cancelled, hop_.to.name + ": cancelled");
    }
    if (said->text.starts_with("SSH-")) {
        ended_.at = stage::key_exchange;
    }
    co_return result<>();
}

awaitable<result<std::shared_ptr<session>>>
session_attempt::exchange_keys(reached_socket& reached, const session_options& options) {
    auto wire =
        session::adopt(co_await asio::this_coro::executor, std::move(reached.socket), options);
    if (!wire) {
        co_return wire.error();
    }
    const auto secured =
        co_await with_deadline((*wire)->handshake(), budget_.remaining(),
                               hop_.to.name + ": key exchange with " + hop_.address() +
                                   ": no answer in time (does an SSH server listen there?)");
    if (secured) {
        budget_.answered();
        place_->secured();
        co_return wire;
    }
    ended_.dropped =
        secured.error().kind() == errc::connect_failed && tells_of_a_drop(secured.error().context);
    ended_.others_succeed = memory_.slots.answers(server_);
    co_return secured.error();
}

/// libssh tells a failed agreement on algorithms by its text alone.
failure session_attempt::explained(failure what, const reached_socket& reached) const {
    if (what.context.find("no match for method") != std::string::npos) {
        what.code = make_error_code(errc::unsupported);
    }
    const bool said_why = what.context.find("the server says") != std::string::npos;
    if (what.kind() == errc::connect_failed && !said_why) {
        what.context += " (" + hop_.address() +
                        " ended the connection before it was secure: is it an SSH "
                        "server, and not overloaded?)";
    }
    if (reached.proxy && !reached.proxy->diagnostics().empty()) {
        what.context += "; the proxy says: " + trimmed(reached.proxy->diagnostics());
    }
    return what;
}

} // namespace outrider::ssh
