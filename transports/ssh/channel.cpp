#include "transports/ssh/channel.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace outrider::ssh {
namespace {

/// libssh buffers what the socket does not take; one piece at a time keeps that small.
constexpr std::size_t write_piece = 128 * 1024;
/// The most that one read may announce; a transfer's largest window is no larger
/// (`transfer_slots`).
constexpr std::size_t largest_window = std::size_t{8} << 20;
/// How long the far side may take to confirm the end of a channel.
constexpr std::chrono::seconds close_limit{3};

channel& self(void* user) {
    return *static_cast<channel*>(user);
}

} // namespace

channel::channel(std::shared_ptr<session> owner)
    : session_(std::move(owner)), changed_(session_->executor_) {
    session_->channels_.insert(this);
    if (session_->alive()) {
        raw_ = ssh_channel_new(session_->raw());
    }
    if (raw_ != nullptr) {
        set_callbacks();
    }
}

void channel::set_callbacks() {
    callbacks_.userdata = this;
    // Standard output stays in libssh's buffer until somebody reads: the window is the
    // back-pressure. Standard error shares that window, so it is taken at once into its tail.
    callbacks_.channel_data_function = [](ssh_session, ssh_channel, void* data, uint32_t size,
                                          int is_error, void* user) {
        if (is_error != 0) {
            self(user).errors_.append({static_cast<const char*>(data), size});
            return static_cast<int>(size);
        }
        self(user).empty_ = false;
        self(user).wake();
        return 0;
    };
    callbacks_.channel_eof_function = [](ssh_session, ssh_channel, void* user) {
        self(user).wake();
    };
    callbacks_.channel_close_function = [](ssh_session, ssh_channel, void* user) {
        self(user).closed_ = true;
        self(user).wake();
    };
    callbacks_.channel_exit_status_function = [](ssh_session, ssh_channel, int status, void* user) {
        self(user).exit_code_ = status;
    };
    ssh_callbacks_init(&callbacks_);
    ssh_set_channel_callbacks(raw_, &callbacks_);
}

channel::~channel() {
    session_->channels_.erase(this);
    if (raw_ != nullptr) {
        ssh_remove_channel_callbacks(raw_, &callbacks_);
        session_->close_in_background(raw_, opening_);
    }
}

void channel::forget() {
    if (raw_ != nullptr) {
        ssh_remove_channel_callbacks(raw_, &callbacks_);
        raw_ = nullptr;
    }
    closed_ = true;
    wake();
}

awaitable<result<>> channel::execute(std::string command) {
    if (raw_ == nullptr) {
        co_return session_->lost("open a channel");
    }
    opening_ = true;
    auto answer = co_await session_->call("open a channel",
                                          [this] { return ssh_channel_open_session(raw_); });
    if (!answer) {
        co_return answer.error();
    }
    opening_ = false;
    if (*answer != SSH_OK) {
        co_return session_->lost("open a channel");
    }
    answer = co_await session_->call("start a shell", [this, text = command.c_str()] {
        return ssh_channel_request_exec(raw_, text);
    });
    if (!answer) {
        co_return answer.error();
    }
    if (*answer != SSH_OK) {
        co_return session_->lost("start a shell");
    }
    co_return result<>();
}

awaitable<result<>> channel::forward_to(std::string host, std::uint16_t port) {
    const std::string phase = "jump to " + host + " port " + std::to_string(port);
    if (raw_ == nullptr) {
        co_return session_->lost(phase);
    }
    opening_ = true; // until there is an answer: given up earlier, it is closed in the background
    auto answer = co_await session_->call(phase, [this, port, text = host.c_str()] {
        return ssh_channel_open_forward(raw_, text, port, "127.0.0.1", 0);
    });
    if (!answer) {
        co_return answer.error();
    }
    opening_ = false;
    if (*answer != SSH_OK) {
        co_return session_->lost(phase);
    }
    co_return result<>();
}

bool channel::over() const {
    return raw_ == nullptr || closed_ || ssh_channel_is_eof(raw_) != 0;
}

awaitable<result<std::size_t>> channel::read_some(std::span<char> into) {
    for (;;) {
        if (raw_ == nullptr) {
            co_return session_->lost("read");
        }
        int got = 0;
        if (!empty_ || !session_->alive() || over()) { // else asking costs a look at the socket
            const auto size = static_cast<uint32_t>(std::min(into.size(), largest_window));
            got = ssh_channel_read_timeout(raw_, into.data(), size, 0, 0);
            session_->settle();
            if (got > 0) {
                // What callbacks told of meanwhile was read as well.
                empty_ = static_cast<uint32_t>(got) < size;
                co_return static_cast<std::size_t>(got);
            }
        }
        // A lost wire looks like an end of the channel as well: the order of the questions matters.
        if (got == SSH_ERROR || !session_->alive()) {
            co_return session_->lost("read");
        }
        if (over()) {
            co_return std::size_t{0};
        }
        if (!co_await changed_.wait()) {
            co_return failure(errc::cancelled, session_->label() + ": read: cancelled");
        }
    }
}

awaitable<result<>> channel::write(std::string_view bytes) {
    while (!bytes.empty()) {
        if (raw_ == nullptr || !session_->alive()) {
            co_return session_->lost("write");
        }
        if (closed_) {
            co_return failure(errc::connect_failed,
                              session_->label() + ": write: the far program has ended");
        }
        int wrote = 0; // stays so while the socket is congested
        if (!session_->congested()) {
            const auto size = static_cast<uint32_t>(std::min(bytes.size(), write_piece));
            wrote = ssh_channel_write(raw_, bytes.data(), size);
        }
        session_->settle();
        if (wrote < 0) {
            co_return session_->lost("write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
        // Nothing taken: the window is shut, or keys are being exchanged.
        if (wrote == 0 && !co_await session_->progress().wait()) {
            co_return failure(errc::cancelled, session_->label() + ": write: cancelled");
        }
    }
    co_return result<>();
}

awaitable<void> channel::wait_closed() {
    while (!closed_ && raw_ != nullptr && session_->alive()) {
        // What still arrives is thrown away, so that a full window does not hold the end back.
        char rest[4096];
        while (ssh_channel_read_timeout(raw_, rest, sizeof rest, 0, 0) > 0) {
        }
        session_->settle();
        session_->acknowledge_at_once();
        if (closed_ || raw_ == nullptr || !co_await changed_.wait()) {
            break;
        }
    }
}

awaitable<void> channel::close() {
    using namespace asio::experimental::awaitable_operators;
    if (raw_ == nullptr || !session_->alive() || ssh_channel_is_open(raw_) == 0) {
        co_return;
    }
    asio::steady_timer timer(session_->executor_, close_limit);
    auto orderly = [this]() -> awaitable<void> {
        std::ignore = co_await session_->call( // a lost wire is closed as well
            "close", [this] { return ssh_channel_send_eof(raw_); });
        if (raw_ != nullptr) {
            std::ignore = co_await session_->call( // likewise
                "close", [this] { return ssh_channel_close(raw_); });
        }
        co_await wait_closed();
    };
    std::ignore = co_await (orderly() || timer.async_wait(asio::use_awaitable)); // either way
}

} // namespace outrider::ssh
