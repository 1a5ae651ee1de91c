#include "cli/question_queue.hpp"

#include <utility>

namespace outrider::cli {

question_queue::~question_queue() {
    {
        const std::scoped_lock alone(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void question_queue::put(std::function<void()> ask) {
    const std::scoped_lock alone(mutex_);
    waiting_.push_back(std::move(ask));
    if (!thread_.joinable()) {
        thread_ = std::thread([this] { run(); });
    }
    changed_.notify_one();
}

void question_queue::run() {
    std::unique_lock alone(mutex_);
    for (;;) {
        changed_.wait(alone, [this] { return ending_ || !waiting_.empty(); });
        if (ending_) {
            return;
        }
        const auto ask = std::move(waiting_.front());
        waiting_.pop_front();
        alone.unlock();
        ask();
        alone.lock();
    }
}

} // namespace outrider::cli
