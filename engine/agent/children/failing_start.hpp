#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace outrider::agent {

/// Notices a batch that is wrong as a whole: its first trials all fail, within a short time, with
/// the same exit and the same last line. Pure but for the clock that it is given.
class failing_start {
  public:
    using clock = std::chrono::steady_clock;
    static constexpr int trials = 5;                  ///< that have to fail
    static constexpr std::chrono::seconds within{60}; ///< from the start of the batch

    explicit failing_start(clock::time_point began) : began_(began) {}

    /// A trial has ended: with which exit code, and its last line of output.
    void ended(bool failed, int code, std::string last_line, clock::time_point now);
    /// Whether it is of no use to go on.
    [[nodiscard]] bool is_hopeless() const { return alike_ && count_ >= trials; }
    [[nodiscard]] int code() const { return code_; }
    /// What is said then.
    [[nodiscard]] std::string text() const;

  private:
    clock::time_point began_;
    int count_ = 0; // of trials that have ended
    bool alike_ = true;
    int code_ = 0; // of the first one
    std::string line_;
};

} // namespace outrider::agent
