#pragma once

#include "engine/agent/machine/operation_environment.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What a program is started with.
struct program_start {
    std::vector<std::string> words; ///< the first one is looked up in PATH of `environment`
    std::string directory;          ///< absolute
    environment_map environment;
    int input = -1;     ///< a descriptor that becomes its standard input; none: that is empty
    bool asked = false; ///< it has a pipe as standard input; its errors go to our standard output
};

/// A program that runs for a request: both outputs on one pipe (unless it is to be asked things), a
/// session and process group of its own. Owned by who asked for it; its end
/// kills what is left of the group.
class child_program {
  public:
    /// Returns when the program has been executed; fails with `not_found` if there is no such
    /// program, `start_failed` where it cannot be executed.
    [[nodiscard]] static result<std::unique_ptr<child_program>> start(const program_start& what);
    child_program(const child_program&) = delete;
    child_program& operator=(const child_program&) = delete;
    ~child_program();

    /// The pipe of its outputs, for reading without waiting.
    [[nodiscard]] int output() const { return output_.get(); }
    /// The pipe to its standard input, for writing without waiting; negative where it has none.
    [[nodiscard]] int input() const { return input_.get(); }
    /// Ends its standard input, and what it can write.
    void close_streams();
    /// Sends a signal to all of its group.
    void signal(int number) const;
    /// Waits for its end, `limit_ms` at most; whether it has come.
    [[nodiscard]] bool ends_within(int limit_ms) const;
    /// A descriptor that is readable once it has ended; negative where the kernel has none.
    [[nodiscard]] int end_watch() const { return end_watch_.get(); }
    /// Its exit status once it has ended, the negative signal where one ended it.
    [[nodiscard]] std::optional<int> exit_status() const;

  private:
    child_program() = default;

    descriptor input_;
    descriptor output_;
    descriptor end_watch_;
    pid_t pid_ = -1;
};

} // namespace outrider::agent
