#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace outrider::cli {

/// Puts questions to a person one after the other, on a thread of its own: reading an answer blocks
/// for as long as the person takes. The thread begins with the first question. Thread-safe.
class question_queue {
  public:
    question_queue() = default;
    question_queue(const question_queue&) = delete;
    question_queue& operator=(const question_queue&) = delete;
    /// Waits for the question that is being put; those behind it are dropped.
    ~question_queue();

    /// `ask` puts one question and hands its answer on.
    void put(std::function<void()> ask);

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> waiting_;
    bool ending_ = false;
    std::thread thread_;
};

} // namespace outrider::cli
