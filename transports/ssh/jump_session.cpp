#include "transports/ssh/jump_session.hpp"

#include "engine/reactor/deadline.hpp"
#include "engine/reactor/either.hpp"
#include "engine/reactor/tuple_awaitable.hpp"
#include "transports/process/child_process.hpp"
#include "transports/ssh/channel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <vector>

namespace outrider::ssh {
namespace {

/// The payload of one SSH packet.
constexpr std::size_t piece_size = 32 * 1024;
/// After so long without a sign of life, to a question, a jump host is given up.
constexpr std::chrono::seconds silence_limit{3};

/// Carries the bytes between one end of a socket pair and a channel of the jump host's session.
/// The end of either is the end of both.
class carrier {
  public:
    carrier(std::shared_ptr<jump_session> through, std::shared_ptr<channel> far,
            asio::posix::stream_descriptor near)
        : through_(std::move(through)), far_(std::move(far)), near_(std::move(near)) {}

    awaitable<void> run() {
        std::ignore = co_await either(far_to_near(), near_to_far()); // whichever ended first
    }

  private:
    awaitable<bool> far_to_near() {
        std::vector<char> piece(piece_size);
        for (;;) {
            const auto got = co_await far_->read_some(piece);
            if (!got || *got == 0) {
                co_return true;
            }
            const auto [error, count] = co_await asio::async_write(
                near_, asio::buffer(piece.data(), *got), tuple_awaitable);
            if (error) {
                co_return true;
            }
        }
    }

    awaitable<bool> near_to_far() {
        std::vector<char> piece(piece_size);
        for (;;) {
            const auto [error, count] =
                co_await near_.async_read_some(asio::buffer(piece), tuple_awaitable);
            if (error || !co_await far_->write({piece.data(), count})) {
                co_return true;
            }
        }
    }

    std::shared_ptr<jump_session> through_; // outlives the channel
    std::shared_ptr<channel> far_;
    asio::posix::stream_descriptor near_;
};

failure explained(failure what, const std::string& target_label) {
    what.context.insert(0, target_label + ": ");
    if (what.context.find("error (1)") != std::string::npos) {
        // SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1)
        what.context += " (the jump host does not allow it; see AllowTcpForwarding and PermitOpen "
                        "there)";
    }
    return what;
}

} // namespace

jump_session::jump_session(reached_session reached, task_group& carriers,
                           std::chrono::milliseconds linger)
    : reached_(std::move(reached)), carriers_(carriers), linger_(linger),
      unused_(reached_.wire->executor()) {}

std::shared_ptr<jump_session> jump_session::hold() {
    ++holders_;
    unused_.cancel();
    return {this, [self = shared_from_this()](jump_session*) { self->let_go(); }};
}

void jump_session::let_go() {
    if (--holders_ > 0 || ended_) {
        return;
    }
    unused_.expires_after(linger_);
    unused_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (self && !error && self->holders_ == 0) {
            self->end();
        }
    });
}

void jump_session::end() {
    ended_ = true;
    unused_.cancel();
    reached_.wire->drop();
}

bool jump_session::went_silent(std::uint64_t heard_before,
                               std::chrono::steady_clock::time_point since) const {
    return reached_.wire->received() == heard_before &&
           std::chrono::steady_clock::now() - since >= silence_limit;
}

awaitable<result<descriptor>> jump_session::open(tcp_target target, time_budget& budget) {
    const auto keep = hold();
    const auto& wire = reached_.wire;
    const auto start = std::chrono::steady_clock::now();
    const auto heard = wire->received();
    // The answer of a jump host may take as long as the target's does: this one comes at once.
    wire->ask_for_sign();
    auto far = std::make_shared<channel>(wire);
    const std::string phase = "jump to " + target.host + " port " + std::to_string(target.port);
    const auto opened = co_await with_deadline(
        far->forward_to(target.host, target.port), budget.remaining(),
        wire->label() + ": " + phase + ": no answer in time (is the machine up?)");
    if (!opened && opened.error().kind() == errc::timed_out && went_silent(heard, start)) {
        // It is of no use to the others either; the next who needs it makes a new one.
        auto lost = failure(errc::timed_out,
                            target.label + ": " + wire->label() + ": no sign of life any more");
        end();
        co_return lost;
    }
    if (!opened) {
        co_return explained(opened.error(), target.label);
    }
    auto pair = stream_pair();
    if (!pair) {
        co_return pair.error();
    }
    const auto carrying = std::make_shared<carrier>(
        keep, std::move(far),
        asio::posix::stream_descriptor(wire->executor(), pair->second.release()));
    carriers_.spawn(wire->label() + " to " + target.host, [carrying] { return carrying->run(); });
    co_return std::move(pair->first);
}

} // namespace outrider::ssh
