#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace outrider::agent {

/// A text that a process of its own works out, because that waits for other programs. Owned by the
/// job that wants it, whose end kills what has not answered yet.
class forked_answer {
  public:
    /// `work` runs in the new process, which has no input and no output but its answer.
    [[nodiscard]] static result<std::unique_ptr<forked_answer>>
    begin(const std::function<std::string()>& work);
    forked_answer(const forked_answer&) = delete;
    forked_answer& operator=(const forked_answer&) = delete;
    ~forked_answer();

    /// The answer once it is complete, nothing before. Empty where the process was killed.
    [[nodiscard]] std::optional<std::string> poll();
    /// Readable when `poll` may give more.
    [[nodiscard]] int readable_fd() const { return answer_.get(); }

  private:
    forked_answer() = default;

    descriptor answer_;
    std::string text_;
    pid_t pid_ = -1;
};

} // namespace outrider::agent
