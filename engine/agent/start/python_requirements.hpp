#pragma once

#include "engine/agent/machine/child_program.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/agent/server/event_set.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// What pip has to bring for an operation, and for which interpreter.
struct wanted_requirements {
    std::vector<std::string> lines;       ///< of a requirements.txt
    std::vector<std::string> constraints; ///< of the file of a `-c`
    std::string python;                   ///< absolute
};

/// The Python environment of a set of requirements, in the agent's cache: one for each set and
/// interpreter, shared by runs. One that is there costs a look at a few paths; else the interpreter
/// runs `guild/install_requirements.py`, which waits for others that make the same one. Owned by
/// the job of a start; its end ends that program, and the next one begins again.
class python_requirements {
  public:
    /// `told` hears the lines that the program prints. `environment` is that of the program.
    [[nodiscard]] static result<python_requirements>
    begin(const agent_context& context, wanted_requirements wanted,
          const environment_map& environment, std::function<void(const std::string& line)> told);

    /// The directory of programs to put in front of PATH, empty if the interpreter has everything;
    /// nothing while it is being made. `start_failed` with the end of what was printed.
    [[nodiscard]] result<std::optional<std::string>> poll();
    /// After a `poll` that gave nothing.
    [[nodiscard]] job_wait wait() const;

  private:
    python_requirements() = default;
    result<> install(const agent_context& context, const wanted_requirements& wanted,
                     const environment_map& environment);
    void read_output();

    fs::path place_;
    std::optional<std::string> programs_;
    std::function<void(const std::string&)> told_;
    std::unique_ptr<child_program> program_;
    std::unique_ptr<event_set> events_;
    std::string line_;               // not complete yet
    std::vector<std::string> lines_; // the last ones
    clock::time_point end_ = clock::now();
};

} // namespace outrider::agent
