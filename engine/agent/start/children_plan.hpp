#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/agent/start/prepare_run.hpp"
#include "engine/protocol/children_plan.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace outrider::agent {

/// Reads the plan of a run's children line by line: a plan may have many thousand of them, and
/// whoever runs them keeps one in memory.
class children_reader {
  public:
    /// `not_found` where there is no plan, `bad_input` where its head cannot be read.
    [[nodiscard]] static result<children_reader> open(const fs::path& plan);

    [[nodiscard]] const protocol::children_head& head() const { return head_; }
    /// The next child; nothing after the last one.
    [[nodiscard]] result<std::optional<protocol::planned_child>> next();

  private:
    struct close_file {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    result<std::optional<std::string>> line();

    fs::path path_;
    std::unique_ptr<std::FILE, close_file> file_;
    protocol::children_head head_;
};

/// Adds a child to the plan of a search that runs; one that cannot be written whole is not there.
[[nodiscard]] result<> add_to_plan(const fs::path& plan, const protocol::planned_child& child);
/// Removes the end of a line that was cut off while it was added to the plan of a search. Of any
/// other plan a part would be missing: it is left as it is.
void drop_unfinished_line(const fs::path& plan);

/// Whether the source code of the trials is what the proto of this very run has: it starts again.
[[nodiscard]] bool keeps_source(const protocol::children_head& head, const run_paths& run);

/// Whether the trials of a plan can be elements of an array of jobs: each starts and ends by
/// itself, whatever becomes of the others.
[[nodiscard]] bool may_be_array(const protocol::children_head& head, const run_paths& run);

/// Where the package of a plan was received.
[[nodiscard]] result<fs::path> received_children(const agent_context& context,
                                                 const std::string& package);

/// Puts a plan that was received into its run. What the run has as a proto goes, unless the new one
/// has the same source code. A search takes over the trials that the run's earlier plan of one has.
[[nodiscard]] result<> place_children(const agent_context& context, const std::string& package,
                                      const run_paths& run);

/// Removes what was received of a plan that stands in its run by now.
void forget_children(const agent_context& context, const std::string& package);

/// Writes the proto of a batch around its source code, which is there: a run directory that is
/// pending and never starts. `source` is what was copied from another run.
[[nodiscard]] result<> write_proto(const agent_context& context,
                                   const protocol::children_head& head, const run_paths& run,
                                   const resolved_start& start);

} // namespace outrider::agent
