#include "engine/engine.hpp"

#include "engine/commands/perform.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/remotes/link_pool.hpp"
#include "engine/sync/transfer_slots.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <spdlog/spdlog.h>

#include <deque>
#include <list>

namespace outrider {

namespace {

struct queued_command {
    command what;
    command_context context;
    engine::event_sink sink;
    engine::answerer answer;
};

} // namespace

class engine::state {
  public:
    explicit state(std::vector<std::unique_ptr<transport>> transports)
        : links_(reactor_.get_executor(), std::move(transports)),
          transfers_(reactor_.get_executor()), running_(reactor_.get_executor()) {}

    result<command_id> submit(queued_command what) {
        // A client that submits more than this without running the engine is told so.
        constexpr std::size_t queue_limit = 64;
        if (queue_.size() >= queue_limit) {
            return failure(errc::conflict, "the engine's queue is full (64 commands)");
        }
        queue_.push_back(std::move(what));
        return command_id{++last_id_};
    }

    void interrupt() {
        asio::post(reactor_, [this] {
            bool handled = false;
            for (auto* session : sessions_) {
                handled = session->interrupt() || handled;
            }
            if (!handled || interrupted_) {
                running_.cancel();
            }
            interrupted_ = true;
        });
    }

    void run() {
        asio::co_spawn(reactor_, run_queue(), [](std::exception_ptr error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
        reactor_.run();
        reactor_.restart();
    }

  private:
    awaitable<void> run_queue() {
        while (!queue_.empty()) {
            while (!queue_.empty()) {
                auto next = std::make_shared<queued_command>(std::move(queue_.front()));
                queue_.pop_front();
                running_.spawn("command", [this, next] { return run_command_of(next); });
            }
            co_await running_.join();
        }
        co_await links_.close();
    }

    awaitable<void> run_command_of(std::shared_ptr<queued_command> one) {
        command_session session(one->context, one->sink, one->answer, links_, transfers_);
        sessions_.push_back(&session);
        command_ended last;
        try {
            // The coroutine frame owns a copy of the command: the variant stays as it is.
            auto ended = co_await std::visit(
                [&session](auto what) { return perform(session, std::move(what)); }, one->what);
            if (ended) {
                last.exit_status = *ended;
            } else {
                last.error = ended.error();
            }
        } catch (const boost::system::system_error& e) {
            last.error = e.code() == asio::error::operation_aborted
                             ? failure(errc::cancelled, "interrupted")
                             : failure(errc::internal, e.what());
        } catch (const std::exception& e) {
            last.error = failure(errc::internal, e.what());
        }
        sessions_.remove(&session);
        one->sink(last);
    }

    asio::io_context reactor_{1};
    link_pool links_;
    transfer_slots transfers_;
    task_group running_;
    std::deque<queued_command> queue_;
    std::list<command_session*> sessions_;
    std::uint64_t last_id_ = 0;
    bool interrupted_ = false;
};

engine::engine(std::vector<std::unique_ptr<transport>> transports)
    : state_(std::make_unique<state>(std::move(transports))) {}

engine::~engine() = default;

result<command_id> engine::submit(command what, command_context context, event_sink sink,
                                  answerer answer) {
    return state_->submit(
        {std::move(what), std::move(context), std::move(sink), std::move(answer)});
}

void engine::interrupt() {
    state_->interrupt();
}

void engine::run() {
    state_->run();
}

} // namespace outrider
