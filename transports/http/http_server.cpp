#include "transports/http/http_server.hpp"

#include "engine/core/wall_clock.hpp"
#include "engine/reactor/task_group.hpp"
#include "transports/http/http_session.hpp"
#include "transports/http/port_token.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <fcntl.h>
#include <unistd.h>

namespace outrider {
namespace {

using local_acceptor = asio::local::stream_protocol::acceptor;
using tcp_acceptor = asio::ip::tcp::acceptor;

class http_server final : public resident {
  public:
    explicit http_server(http_server_options options) : options_(std::move(options)) {}

    awaitable<result<>> run(command_queue& engine, engine_resources& with) override {
        const auto executor = co_await asio::this_coro::executor;
        parts all(executor, engine, with, *this);
        running_ = &all;
        auto opened = all.listen();
        if (opened) {
            options_.listening(all.port);
            co_await all.serve();
            // Whoever comes from now on finds nobody, also before the process has ended.
            ::unlink(options_.socket.c_str());
            ::unlink(token_file(options_.socket).c_str());
            co_await all.wind_up();
        }
        running_ = nullptr;
        co_return opened;
    }

    void stop() override {
        if (running_ != nullptr) {
            running_->shared.stopping = true;
            running_->changed.notify();
        }
    }

  private:
    /// What lives while it serves.
    struct parts {
        parts(const asio::any_io_executor& executor, command_queue& engine, engine_resources& with,
              http_server& of)
            : owner(of), shared{.engine = engine,
                                .with = with,
                                .executor = executor,
                                .usual = of.options_.usual,
                                .port_check = {},
                                .stop =
                                    [&of, &engine](auto grace) {
                                        of.options_.grace = grace;
                                        engine.interrupt(); // which stops this as well
                                    },
                                .begun_us = wall_clock_us()},
              local(executor), tcp(executor), accepting(executor), sessions(executor),
              changed(executor), deadline(executor) {}

        result<> listen() {
            boost::system::error_code ec;
            local.assign(asio::local::stream_protocol(), owner.options_.place.listener.release(),
                         ec);
            if (ec) {
                return failure(ec, "the socket cannot be used");
            }
            return owner.options_.port ? listen_on_port() : result<>();
        }

        result<> listen_on_port() {
            const asio::ip::tcp::endpoint here(asio::ip::address_v4::loopback(),
                                               *owner.options_.port);
            boost::system::error_code ec;
            tcp.open(here.protocol(), ec);
            if (!ec) {
                ::fcntl(tcp.native_handle(), F_SETFD, FD_CLOEXEC);
                tcp.set_option(asio::socket_base::reuse_address(true), ec);
                tcp.bind(here, ec);
            }
            if (!ec) {
                tcp.listen(asio::socket_base::max_listen_connections, ec);
            }
            if (ec) {
                return failure(errc::conflict, "port " + std::to_string(here.port()) +
                                                   " of 127.0.0.1 cannot be used: " + ec.message());
            }
            auto token = write_port_token(token_file(owner.options_.socket));
            if (!token) {
                return token.error();
            }
            port = tcp.local_endpoint().port();
            shared.port_check.emplace(std::move(*token), *port);
            return {};
        }

        // A timer's lateness is that of everything the reactor does.
        awaitable<void> measure_lateness() {
            constexpr std::chrono::milliseconds period(50);
            asio::steady_timer timer(shared.executor);
            for (;;) {
                timer.expires_after(period);
                const auto due = timer.expiry();
                co_await timer.async_wait(asio::use_awaitable);
                const auto now = std::chrono::steady_clock::now();
                shared.lateness.add(now, now - due);
            }
        }

        // Accepts until it is stopped.
        awaitable<void> serve() {
            accepting.spawn("lateness", [this] { return measure_lateness(); });
            accepting.spawn("socket", [this] { return accept(local, false); });
            if (port) {
                accepting.spawn("port", [this] { return accept(tcp, true); });
            }
            while (!shared.stopping) {
                std::ignore = co_await changed.wait();
            }
            accepting.cancel();
            co_await accepting.join();
        }

        template <class Acceptor>
        awaitable<void> accept(Acceptor& on, bool through_port) {
            asio::steady_timer pause(shared.executor);
            for (;;) {
                if (connections >= owner.options_.most_connections) {
                    std::ignore = co_await changed.wait(); // more wait in the kernel's queue
                    continue;
                }
                auto [ec, socket] = co_await on.async_accept(asio::as_tuple(asio::use_awaitable));
                if (ec) {
                    // Out of descriptors, for instance: a while later there may be one.
                    pause.expires_after(std::chrono::milliseconds(100));
                    co_await pause.async_wait(asio::use_awaitable);
                    continue;
                }
                ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
                if (!through_port && !is_of_this_user(socket.native_handle())) {
                    spdlog::warn("a connection of another user was refused");
                    continue;
                }
                begin(stream_socket(std::move(socket)), through_port);
            }
        }

        void begin(stream_socket socket, bool through_port) {
            auto stream = std::make_shared<http_stream>(std::move(socket), owner.options_.limits);
            ++connections;
            sessions.spawn("connection", [this, stream, through_port] {
                return serve_one(stream, through_port);
            });
        }

        awaitable<void> serve_one(std::shared_ptr<http_stream> stream, bool through_port) {
            const leaving on_end(*this);
            co_await serve_connection(shared, *stream, through_port);
        }

        // Commands have been asked to end. Those that do not are forced; then nobody is left to be
        // served.
        awaitable<void> wind_up() {
            for (auto& [id, one] : shared.commands) {
                one->decline();
            }
            deadline.expires_after(owner.options_.grace);
            deadline.async_wait([this](const boost::system::error_code& ec) {
                if (!ec) {
                    changed.notify();
                }
            });
            while (!shared.commands.empty() &&
                   deadline.expiry() > asio::steady_timer::clock_type::now()) {
                std::ignore = co_await changed.wait();
            }
            deadline.cancel();
            if (!shared.commands.empty()) {
                spdlog::warn("{} commands have not ended in time", shared.commands.size());
                shared.engine.interrupt();
            }
            sessions.cancel();
            co_await sessions.join();
        }

        struct leaving {
            explicit leaving(parts& of) : all(of) {}
            leaving(const leaving&) = delete;
            leaving& operator=(const leaving&) = delete;
            ~leaving() {
                --all.connections;
                all.changed.notify();
            }
            parts& all;
        };

        http_server& owner;
        server_state shared;
        local_acceptor local;
        tcp_acceptor tcp;
        std::optional<std::uint16_t> port;
        task_group accepting;
        task_group sessions;
        notifier changed; ///< a connection ended, or it is to stop
        asio::steady_timer deadline;
        std::size_t connections = 0;
    };

    http_server_options options_;
    parts* running_ = nullptr;
};

} // namespace

std::string token_file(const std::string& socket) {
    return socket + ".token";
}

std::unique_ptr<resident> make_http_server(http_server_options options) {
    return std::make_unique<http_server>(std::move(options));
}

} // namespace outrider
