#pragma once

#include "cli/invocation.hpp"
#include "cli/render/copy_plan_text.hpp"
#include "cli/render/presenter.hpp"
#include "cli/render/progress_block.hpp"
#include "cli/render/run_table.hpp"
#include "cli/render/watched_output.hpp"
#include "engine/api/events.hpp"

#include <iosfwd>
#include <set>
#include <string>

namespace outrider::cli {

/// Writes the events of one command as text: results to `out`, everything else to `err`. Owned by
/// the session of the command; used on one thread. Output of runs is written at once.
class renderer : public presenter {
  public:
    /// The streams and `asked` must live longer.
    renderer(const invocation& asked, const surroundings& place, std::ostream& out,
             std::ostream& err);

    void show(const event& what, const std::string& remote) override;
    void fail(const failure& why, bool told) override;
    void finish(int exit_code) override;
    void make_way() override;

  private:
    void on(const runs_listed& listed);
    void on(const question&) {} // asked by the session
    void on(const run_progress& step);
    void on(const run_left_running& left);
    void on(const watch_started& watched);
    void on(const output_bytes& output);
    void on(const batch_progress& progress);
    void on(const run_ended& ended);
    void on(const stop_progress& stop);
    void on(const nothing_selected& nothing);
    void on(const runs_deleted& deleted);
    void on(const files_listed& files);
    void on(const runs_compared& compared);
    void on(const scalars_listed& listed);
    void on(const run_copying& copied);
    void on(const copy_progress& progress);
    void on(const run_copied& copied);
    void on(const copy_planned& planned);
    void on(const copy_summary& summary);
    void on(const remotes_listed& remotes);
    void on(const remote_available& answer);
    void on(const note& said);
    void on(const remote_failed& failed);
    void on(const run_staged& staged);
    void on(const run_not_needed& said);
    void on(const command_printed& printed);
    void on(const trials_listed& listed);
    void on(const operation_help& help);
    void on(const operations_listed& listed);
    void on(const model_help& help);
    void on(const models_listed& listed);
    void on(const project_help& help);
    void on(const flags_tested& tested);
    void on(const sourcecode_tested& tested);
    void on(const output_tested& tested);
    void on(const runs_waited& waited);
    void on(const run_described& described);
    void on(const runs_selected& selected);
    void on(const program_wanted&) {} // started by the session
    void on(const runs_restored& restored);
    void on(const runs_edited& edited);
    void on(const tags_listed& listed);
    void on(const comments_listed& listed);
    void on(const run_resolving& looked_up);
    void on(const machine_checked& checked);
    void on(const machine_examined& examined);
    void on(const job_added& added);
    void on(const jobs_listed& listed);
    void on(const jobs_removed& removed);
    void on(const command_ended&) {} // the session's: it decides the exit code as well
    [[nodiscard]] std::vector<std::string> detail_lines(const runs_listed& listed) const;
    void begin_line();
    /// What was held of a run's output comes before its end is told.
    void track_watch(const event& what);
    void write_output(const std::string& text);
    /// " on gpu1", where there are several remotes.
    [[nodiscard]] std::string where() const { return of_.empty() ? "" : " on " + of_; }
    /// Whether this is for a person at a terminal who wants to see how copying goes.
    [[nodiscard]] bool shows_progress() const;
    /// How tables of runs are shown for this command.
    [[nodiscard]] run_table_view table_view() const { return table_view_of(asked_, place_); }

    const invocation& asked_;
    surroundings place_;
    std::ostream& out_;
    std::ostream& err_;
    watched_output watched_;
    std::string of_; ///< which of several remotes the present event is about
    bool detached_ = false;
    bool in_line_ = false; ///< the last output byte did not end its line
    progress_block progress_;
    bool progress_drawn_ = false;
    copy_plan_text plan_;
    std::set<std::string> followed_; ///< runs of which was said that they are synchronized
};

/// Whether an event only tells how things go, so that `--quiet` leaves it out.
[[nodiscard]] bool is_only_told(const event& what);

/// `NAME: MESSAGE`, further lines as they are, names replaced, ending in a line feed.
[[nodiscard]] std::string error_text(const failure& why, const invocation& asked);

} // namespace outrider::cli
