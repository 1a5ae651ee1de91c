#pragma once

#include "engine/agent/children/child_start.hpp"
#include "engine/agent/machine/child_program.hpp"
#include "engine/core/descriptor.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace outrider::agent {

/// A program that is told and asked things by lines on its standard streams; its standard error is
/// ours. Nothing that it does keeps its caller for longer than the limit of an answer. Its end
/// closes the streams, and kills what does not go.
class asked_program {
  public:
    /// In the directory of the proto where the program is a file there, else in `project`.
    /// `signals` is readable once whoever asks is to stop; it outlives this. Fails with
    /// `start_failed`.
    [[nodiscard]] static result<std::unique_ptr<asked_program>>
    start(const protocol::optimizer_program& what, const parent_run& parent,
          const std::string& project, const descriptor& signals);
    asked_program(const asked_program&) = delete;
    asked_program& operator=(const asked_program&) = delete;
    ~asked_program();

    /// Writes a line. Fails as `answer` does.
    [[nodiscard]] result<> say(const std::string& line);
    /// The next line that it writes, at most 1 MiB. Fails with `cancelled` on a signal; where the
    /// program has ended, is silent or writes too much, the text says so.
    [[nodiscard]] result<std::string> answer();

  private:
    asked_program(std::string name, std::chrono::milliseconds limit, const descriptor& signals,
                  std::unique_ptr<child_program> program)
        : name_(std::move(name)), limit_(limit), signals_(signals), program_(std::move(program)) {}
    [[nodiscard]] result<> wait_for(int file, short events,
                                    std::chrono::steady_clock::time_point deadline) const;
    [[nodiscard]] failure ended();

    std::string name_;
    std::chrono::milliseconds limit_;
    const descriptor& signals_;
    std::unique_ptr<child_program> program_;
    std::string read_; // and not taken yet
};

} // namespace outrider::agent
