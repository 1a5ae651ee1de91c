#pragma once

#include "engine/commands/comparing/comparison.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// Says what the runs of an operation are compared by: `compare` of the project as it is now, else
/// as the run recorded it, else what is usual. Reads each project once.
class operation_columns {
  public:
    /// Told of columns that cannot be read, once for each text.
    using warning = std::function<void(std::string text)>;

    /// `projects_here`: the runs are of this machine, and so are their projects.
    operation_columns(bool projects_here, bool all_scalars, warning warn)
        : projects_here_(projects_here), all_scalars_(all_scalars), warn_(std::move(warn)) {}

    [[nodiscard]] std::vector<run_column> of(const comparable_run& run);
    /// Columns of a text; none, and a warning, where it cannot be read.
    [[nodiscard]] std::vector<run_column> parsed(const std::string& text);

  private:
    using specifications = std::optional<std::vector<std::string>>;
    [[nodiscard]] specifications of_project(const std::string& opref);

    bool projects_here_;
    bool all_scalars_;
    warning warn_;
    std::map<std::string, specifications> projects_; // by opref without its version
    std::map<std::string, std::vector<run_column>> parsed_;
};

} // namespace outrider
