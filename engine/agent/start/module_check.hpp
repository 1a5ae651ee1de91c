#pragma once

#include "engine/agent/machine/child_program.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/agent/server/event_set.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// Imports modules in the Python of an operation, to see whether they are there. Owned by the job
/// of a start; its end ends that Python.
class module_check {
  public:
    /// `python`: the interpreter; `directory`: of the run.
    [[nodiscard]] static result<module_check> begin(const std::string& python,
                                                    const environment_map& environment,
                                                    const std::string& directory,
                                                    const std::vector<std::string>& names);
    /// Why modules cannot be imported, by name; nothing while the answer is not there.
    [[nodiscard]] std::optional<std::map<std::string, std::string>> poll();
    /// After a `poll` that gave nothing.
    [[nodiscard]] job_wait wait() const;

  private:
    std::vector<std::string> names_;
    std::unique_ptr<child_program> program_;
    std::unique_ptr<event_set> events_;
    std::string output_;
    clock::time_point end_ = clock::now();
};

} // namespace outrider::agent
