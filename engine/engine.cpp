#include "engine/engine.hpp"

#include "engine/commands/perform_anywhere.hpp"
#include "engine/fleet/command_telling.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/resources/resident.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <utility>

namespace outrider {

namespace {

struct queued_command {
    command_id id{};
    command what;
    command_context context;
    command_client client;
};

/// A command that goes on.
struct active_command {
    command_session& session;
    task_group& task; // the one task that performs it
    bool interrupted = false;
    std::unique_ptr<asio::steady_timer> insisting; // once it is being cancelled
};

// Between two times that a command is cancelled which does not end.
constexpr std::chrono::seconds insistence{1};

} // namespace

class engine::state {
  public:
    state(command_queue& self, std::vector<std::unique_ptr<transport>> transports)
        : self_(self), resources_(reactor_.get_executor(), std::move(transports)),
          running_(reactor_.get_executor()), changed_(reactor_.get_executor()) {}

    result<command_id> submit(queued_command what) {
        // A client that submits more than this without running the engine is told so.
        constexpr std::size_t queue_limit = 64;
        if (queue_.size() >= queue_limit) {
            return failure(errc::conflict, "the engine's queue is full (64 commands)");
        }
        what.id = command_id{++last_id_};
        queue_.push_back(std::move(what));
        changed_.notify();
        return queue_.back().id;
    }

    void interrupt() {
        asio::post(reactor_, [this] {
            for (auto& part : residents_) {
                part->stop();
            }
            // Interrupting may end one at once, which takes it out of the map.
            for (auto it = active_.begin(); it != active_.end();) {
                auto& [id, one] = *it++;
                interrupt(id, one);
            }
        });
    }

    void interrupt(command_id one) {
        if (const auto found = active_.find(one); found != active_.end()) {
            interrupt(one, found->second);
            return;
        }
        // One that still waits never begins.
        const auto waiting = std::ranges::find(queue_, one, &queued_command::id);
        if (waiting != queue_.end()) {
            command_ended last;
            last.error = failure(errc::cancelled, "interrupted");
            asio::post(reactor_, [tell = std::move(waiting->client.tell), last = std::move(last)] {
                tell(last, {});
            });
            queue_.erase(waiting);
        }
    }

    void add(std::unique_ptr<resident> part) { residents_.push_back(std::move(part)); }

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
    // Commands beyond it wait in the queue.
    static constexpr std::size_t most_active = 256;

    void interrupt(command_id id, active_command& one) {
        const bool orderly = one.session.interrupt();
        if (std::exchange(one.interrupted, true) || !orderly) {
            cancel(id, one);
        }
    }

    // Again and again until it has ended: what is waited for without fail (the end of a connection,
    // of tasks) swallows a cancellation that comes meanwhile.
    void cancel(command_id id, active_command& one) {
        one.insisting = std::make_unique<asio::steady_timer>(reactor_, insistence);
        one.insisting->async_wait([this, id](const boost::system::error_code& dropped) {
            const auto found = dropped ? active_.end() : active_.find(id);
            if (found != active_.end()) {
                cancel(id, found->second);
            }
        });
        one.task.cancel(); // which may be its end
    }

    awaitable<void> run_queue() {
        for (auto& part : residents_) {
            ++residents_left_;
            running_.spawn("resident", [this, &part] { return run_resident(*part); });
        }
        while (!queue_.empty() || commands_left_ > 0 || residents_left_ > 0) {
            while (!queue_.empty() && commands_left_ < most_active) {
                auto next = std::make_shared<queued_command>(std::move(queue_.front()));
                queue_.pop_front();
                ++commands_left_;
                running_.spawn("command", [this, next] { return run_command(next); });
            }
            co_await changed_.wait();
        }
        co_await running_.join();
        co_await resources_.links.close();
    }

    awaitable<void> run_resident(resident& part) {
        const count_down leaving(*this, residents_left_);
        if (auto ended = co_await part.run(self_, resources_); !ended) {
            spdlog::error("{}", ended.error().context);
            interrupt();
        }
    }

    awaitable<void> run_command(std::shared_ptr<queued_command> one) {
        const count_down leaving(*this, commands_left_);
        const auto client =
            tell_others(std::move(one->client), resources_.news, one->id, one->what);
        command_session session(one->context, client, resources_);
        if (traits_of(one->what).outdates_memory) {
            session.outdates_memory();
        }
        command_ended last;
        // A group of its own, so that it can be cancelled alone.
        task_group task(reactor_.get_executor());
        task.spawn("command", [&] { return perform_command(session, one->what, last); });
        active_.emplace(one->id, active_command{.session = session, .task = task});
        co_await task.join();
        active_.erase(one->id);
        session.invalidate_memory();
        client.tell(last, {});
    }

    static awaitable<void> perform_command(command_session& session, const command& what,
                                           command_ended& last) {
        // What it ends with if it is cancelled before its first step.
        last.error = failure(errc::cancelled, "interrupted");
        try {
            auto ended = co_await perform_anywhere(session, what);
            last.error.reset();
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
    }

    /// Counts what ends, whatever way it does, and lets the queue go on.
    class count_down {
      public:
        count_down(state& owner, std::size_t& count) : owner_(owner), count_(count) {}
        count_down(const count_down&) = delete;
        count_down& operator=(const count_down&) = delete;
        ~count_down() {
            --count_;
            owner_.changed_.notify();
        }

      private:
        state& owner_;
        std::size_t& count_;
    };

    asio::io_context reactor_{1};
    command_queue& self_;
    engine_resources resources_;
    task_group running_;
    notifier changed_; // the queue, or what is left
    std::vector<std::unique_ptr<resident>> residents_;
    std::deque<queued_command> queue_;
    std::map<command_id, active_command> active_;
    std::size_t commands_left_ = 0; // of those that were taken from the queue
    std::size_t residents_left_ = 0;
    std::uint64_t last_id_ = 0;
};

engine::engine(std::vector<std::unique_ptr<transport>> transports)
    : state_(std::make_unique<state>(*this, std::move(transports))) {}

engine::~engine() = default;

result<command_id> engine::submit(command what, command_context context, command_client client) {
    return state_->submit(
        {.what = std::move(what), .context = std::move(context), .client = std::move(client)});
}

void engine::interrupt() {
    state_->interrupt();
}

void engine::interrupt(command_id one) {
    state_->interrupt(one);
}

void engine::add(std::unique_ptr<resident> part) {
    state_->add(std::move(part));
}

void engine::run() {
    state_->run();
}

} // namespace outrider
