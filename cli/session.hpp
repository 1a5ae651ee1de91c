#pragma once

#include "cli/exit_codes.hpp"
#include "cli/invocation.hpp"
#include "cli/question_queue.hpp"
#include "cli/render/presenter.hpp"
#include "cli/render/surroundings.hpp"
#include "engine/api/engine_access.hpp"

#include <atomic>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace outrider::cli {

/// One command between the engine and a person: shows its events, puts its questions, and knows the
/// exit code in the end. Owned by `main` for the life of the command.
class session {
  public:
    struct streams {
        std::istream& in;
        std::ostream& out;
        std::ostream& err;
    };

    /// `asked` and the streams must live longer.
    session(const invocation& asked, const surroundings& place, streams with)
        : asked_(asked), place_(place), io_(with),
          presenter_(make_presenter(asked, place, with.out, with.err)) {}

    /// What the engine tells and asks of.
    [[nodiscard]] command_client client();
    /// An event, and which of several remotes it is about. Called on the engine's thread.
    void show(const event& what, const std::string& remote = {});
    /// "yes", a secret, or nothing if the person declined or the input ended. May be called on any
    /// thread. Events that come meanwhile are shown after it.
    [[nodiscard]] std::optional<std::string> answer(const question& asked);
    /// Whether a person is being asked just now. Thread-safe.
    [[nodiscard]] bool asking() const noexcept { return asking_; }
    /// Whether the terminal belongs to another program just now, which hears its interrupts as
    /// well. Thread-safe.
    [[nodiscard]] bool away() const noexcept { return away_; }
    /// After the last event.
    [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

  private:
    struct told {
        event what;
        std::string remote;
    };
    std::optional<std::string> ask(const question& asked);
    void present(const told& one);
    void start(const program_wanted& wanted);
    void write_table(const runs_compared& compared);
    void end(const command_ended& ended);
    void fail(const failure& why);

    const invocation& asked_;
    surroundings place_;
    streams io_;
    std::unique_ptr<presenter> presenter_;
    question_queue questions_; ///< put to the person one after the other
    /// Other remotes go on while a person is asked about one, on a thread of its own: `asking_` and
    /// `held_` change, and events are shown, only under this.
    std::mutex shared_;
    std::atomic<bool> asking_{false};
    std::vector<told> held_; ///< came while a person was asked: a few for each run at most
    std::atomic<bool> away_{false};
    int program_exit_code_ = succeeded_exit_code; ///< of what this process does itself
    int aborted_exit_code_ = aborted_exit_code;   ///< of `run` it is Guild's
    bool declined_ = false;            ///< by the person, who knows, or it was said already
    bool timed_out_ = false;           ///< a wait
    int exit_code_ = failed_exit_code; ///< until a last event says otherwise
};

/// The exit code for an operation's exit status: 128 + N for the signal -N.
[[nodiscard]] int exit_code_of(std::int64_t exit_status) noexcept;

} // namespace outrider::cli
