#include "transports/ssh/session.hpp"

#include "transports/ssh/channel.hpp"
#include "transports/ssh/read_ahead.hpp"

#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h> // declares the keepalive, which both sides send
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <spdlog/spdlog.h>

namespace outrider::ssh {
namespace {

extern "C" void outrider_trace_libssh(int, const char*, const char* text, void*) {
    spdlog::trace("libssh: {}", text);
}

/// Where the log tells everything (`-vvv`), what libssh says of its work goes there, too. Called
/// before a session is made; the first call decides.
void trace_library() {
    static const bool wanted = [] {
        if (!spdlog::should_log(spdlog::level::trace)) {
            return false;
        }
        ssh_set_log_callback(outrider_trace_libssh);
        ssh_set_log_level(SSH_LOG_PROTOCOL);
        return true;
    }();
    static_cast<void>(wanted);
}

void set_text(ssh_session raw, ssh_options_e option, const std::string& value) {
    if (!value.empty()) {
        ssh_options_set(raw, option, value.c_str());
    }
}

/// libssh must not look at files, names or configurations: those calls block, and their meaning is
/// decided elsewhere.
void configure(ssh_session raw, const session_options& options, int socket) {
    const int no = 0;
    ssh_options_set(raw, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_options_set(raw, SSH_OPTIONS_SSH_DIR, "/nonexistent");
    set_text(raw, SSH_OPTIONS_HOST, options.host);
    set_text(raw, SSH_OPTIONS_USER, options.user);
    ssh_options_set(raw, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(raw, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    set_text(raw, SSH_OPTIONS_CIPHERS_C_S, options.ciphers);
    set_text(raw, SSH_OPTIONS_CIPHERS_S_C, options.ciphers);
    set_text(raw, SSH_OPTIONS_KEY_EXCHANGE, options.key_exchange);
    set_text(raw, SSH_OPTIONS_HOSTKEYS, options.host_keys);
    set_text(raw, SSH_OPTIONS_HMAC_C_S, options.macs);
    set_text(raw, SSH_OPTIONS_HMAC_S_C, options.macs);
    set_text(raw, SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, options.public_key_algorithms);
    if (options.minimal_rsa_bits > 0) {
        ssh_options_set(raw, SSH_OPTIONS_RSA_MIN_SIZE, &options.minimal_rsa_bits);
    }
    ssh_options_set(raw, SSH_OPTIONS_COMPRESSION, "no");
    ssh_options_set(raw, SSH_OPTIONS_FD, &socket);
    ssh_set_blocking(raw, 0);
}

} // namespace

session::session(const asio::any_io_executor& executor, std::string label)
    : executor_(executor), label_(std::move(label)), watched_(executor), progress_(executor) {}

result<std::shared_ptr<session>> session::adopt(const asio::any_io_executor& executor,
                                                descriptor socket, const session_options& options) {
    std::shared_ptr<session> self(new session(executor, options.label));
    const int duplicate = ::fcntl(socket.get(), F_DUPFD_CLOEXEC, 3);
    if (duplicate < 0) {
        return errno_failure(errno, options.label + ": duplicate the socket");
    }
    self->watched_.assign(duplicate);
    self->turns_ = options.turns;
    trace_library();
    self->raw_ = ssh_new();
    if (self->raw_ == nullptr) {
        return failure(errc::internal, options.label + ": libssh cannot make a session");
    }
    configure(self->raw_, options, socket.release());
    ssh_set_counters(self->raw_, &self->moved_, nullptr);
    return self;
}

awaitable<result<>> session::handshake() {
    auto step = [this] {
        const int answer = ssh_connect(raw_);
        // libssh clears O_NONBLOCK on the socket that it is given; without it a send would block
        // the whole reactor.
        if (const int socket = ssh_get_fd(raw_); socket >= 0) {
            const int flags = ::fcntl(socket, F_GETFL);
            if ((flags & O_NONBLOCK) == 0) {
                ::fcntl(socket, F_SETFL, flags | O_NONBLOCK);
            }
        }
        if (event_ == nullptr && answer != SSH_ERROR) {
            event_ = ssh_event_new();
            ssh_event_add_session(event_, raw_);
        }
        return answer;
    };
    auto answer = co_await call("key exchange", step);
    if (!answer) {
        co_return answer.error();
    }
    if (*answer != SSH_OK) {
        co_return lost("key exchange");
    }
    turns_.reset();
    co_return result<>();
}

failure session::lost(const std::string& phase) const {
    std::string cause = raw_ != nullptr ? ssh_get_error(raw_) : "";
    if (cause.empty()) {
        cause = last_error_.empty() ? "the connection was closed" : last_error_;
    }
    return {errc::connect_failed, label_ + ": " + phase + ": " + cause};
}

void session::ask_for_sign() {
    if (alive()) {
        // libssh sends nothing while an answer is due, whose coming is sign enough; and the first
        // call after it came only takes note of it.
        ssh_send_keepalive(raw_);
        ssh_send_keepalive(raw_);
        settle();
    }
}

void session::acknowledge_at_once() {
    if (watched_.is_open()) {
        const int yes = 1;
        // Not lasting, so it is said again before each answer. A wire that is no TCP needs it not.
        ::setsockopt(watched_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
    }
}

void session::settle() {
    if (raw_ == nullptr) {
        return;
    }
    if (moved_.in_bytes != seen_.in_bytes || moved_.out_bytes != seen_.out_bytes) {
        seen_ = moved_;
        progress_.notify();
    }
    if (!dead_ && event_ != nullptr && ssh_is_connected(raw_) == 0) {
        mark_dead();
    }
    arm();
}

void session::arm() {
    if (dead_ || !watched_.is_open()) {
        return;
    }
    const auto weak = weak_from_this();
    if (!waits_read_) {
        waits_read_ = true;
        watched_.async_wait(watched_.wait_read, [weak](boost::system::error_code error) {
            if (const auto self = weak.lock()) {
                self->waits_read_ = false;
                if (!error) {
                    self->pump_in_turn();
                }
            }
        });
    }
    if (!waits_write_ && congested()) {
        waits_write_ = true;
        watched_.async_wait(watched_.wait_write, [weak](boost::system::error_code error) {
            if (const auto self = weak.lock()) {
                self->waits_write_ = false;
                if (!error) {
                    self->pump_in_turn();
                }
            }
        });
    }
}

void session::pump_in_turn() {
    if (!turns_) {
        pump();
        return;
    }
    turns_->take(executor_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->pump();
        }
    });
}

void session::pump() {
    const auto keep = shared_from_this();
    read_all();
    if (!closing_.empty() && !dead_) {
        finish_closing(); // which may read as well, and then for itself
    }
    settle();
}

void session::read_all() {
    // A turn reads at most 4 KiB (MAX_BUF_SIZE of libssh's socket.c); the budget of turns keeps the
    // reactor fair to the other sessions.
    constexpr int turns = 64;
    const read_ahead ahead(ssh_get_fd(raw_));
    for (int turn = 0; (turn < turns || ahead.unread() > 0) && event_ != nullptr && !dead_;
         ++turn) {
        const auto before = moved_.in_bytes;
        const bool has_to_read = ahead.unread() > 0;
        const int answer = ssh_event_dopoll(event_, 0);
        const bool has_read = moved_.in_bytes != before;
        if (answer == SSH_ERROR || (has_to_read && !has_read)) {
            mark_dead(); // in the second case nobody would ever look at what has come
        }
        // A read that was not full took all that was there; what comes now wakes us again.
        if (answer == SSH_AGAIN || (has_read && ahead.unread() == 0 && !ahead.may_have_more())) {
            break;
        }
    }
}

void session::mark_dead() {
    if (!std::exchange(dead_, true)) {
        if (raw_ != nullptr) {
            last_error_ = ssh_get_error(raw_);
        }
        progress_.notify();
        for (auto* each : channels_) {
            each->wake();
        }
    }
}

void session::close_in_background(ssh_channel channel, bool opening) {
    if (raw_ == nullptr) {
        return; // freed with the session
    }
    if (dead_) {
        ssh_channel_free(channel);
        return;
    }
    closing_.push_back({channel, opening});
    finish_closing();
    settle();
}

void session::finish_closing() {
    std::erase_if(closing_, [](closing_channel& one) {
        if (one.opening) {
            const int answer = ssh_channel_open_session(one.channel);
            if (answer == SSH_AGAIN) {
                return false;
            }
            one.opening = false;
        }
        if (ssh_channel_is_open(one.channel) != 0 && ssh_channel_close(one.channel) == SSH_AGAIN) {
            return false;
        }
        ssh_channel_free(one.channel);
        return true;
    });
}

void session::drop() {
    boost::system::error_code ignored;
    watched_.close(ignored);
    if (raw_ == nullptr) {
        return;
    }
    mark_dead();
    if (event_ != nullptr) {
        ssh_event_remove_session(event_, raw_);
        ssh_event_free(event_);
        event_ = nullptr;
    }
    for (auto* each : channels_) {
        each->forget();
    }
    closing_.clear();                    // their channels are freed with the session
    const int socket = ssh_get_fd(raw_); // -1 where libssh closed it on an error
    ssh_disconnect(raw_);
    if (socket >= 0) {
        ::close(socket); // libssh does not close a socket that it was given
    }
    ssh_free(raw_);
    raw_ = nullptr;
}

} // namespace outrider::ssh
