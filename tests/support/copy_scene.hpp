#pragma once

#include "engine/engine.hpp"
#include "tests/support/tapped_transport.hpp"
#include "tests/support/temporary_directory.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace outrider::testing {

/// How a command about copies went.
struct copy_outcome {
    std::optional<failure> error;
    copy_summary summary;
    std::vector<run_copied> runs;
    std::vector<std::string> notes;
    std::vector<run_row> rows; ///< of a listing

    /// What went wrong and what was said, for messages of tests.
    [[nodiscard]] std::string told() const;
};

/// Where an engine takes the remote of a scene to be. What an agent here has to say of files it
/// need not send.
enum class remote_place { elsewhere, here };

/// Two Guild homes on this machine, `near` and `far` (the remote `gpu1`), and an engine in this
/// process that copies between them by agents in processes of their own.
class copy_scene {
  public:
    static constexpr const char* remote_name = "gpu1";

    explicit copy_scene(remote_place where = remote_place::elsewhere);

    stream_tap tap; ///< on every stream of the engine
    /// Called with the engine before it runs a command, and with null after it.
    std::function<void(engine*)> running;

    /// Copies all runs from `far`, or those that are named.
    copy_outcome pull(pull_command what = {});
    copy_outcome push(push_command what = {});
    copy_outcome perform(command what);
    /// What a listing of `near` says of the run; nothing: it is not listed.
    std::optional<run_row> near_row(const std::string& id);

    [[nodiscard]] std::string near_home() const { return place_ / "near"; }
    [[nodiscard]] std::string far_home() const { return place_ / "far"; }
    [[nodiscard]] std::string near_run(const std::string& id) const {
        return near_home() + "/runs/" + id;
    }
    [[nodiscard]] std::string far_run(const std::string& id) const {
        return far_home() + "/runs/" + id;
    }
    [[nodiscard]] const temporary_directory& place() const { return place_; }

    /// Makes a completed run at `far`, whose id is 32 times this digit; gives the id.
    [[nodiscard]] std::string make_run(char digit) const;

  private:
    temporary_directory place_;
};

/// What interrupted transfers left in a run: names of partial files.
[[nodiscard]] std::vector<std::string> partials_in(const std::string& run);
/// Writes the files of a run that ended with this status at a run directory, or of one that is
/// running as far as its attributes say, for which there is no status.
void write_run_files(const std::string& run, const std::string& id, std::optional<int> exit_status);

} // namespace outrider::testing
