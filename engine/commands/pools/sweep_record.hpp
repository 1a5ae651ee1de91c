#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/core/result.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

BOOST_DEFINE_ENUM_CLASS(
    placement_state,
    waiting,    ///< it is on no machine
    placing,    ///< the machine may have been asked to make it
    placed,     ///< the machine has it
    removing,   ///< the machine may have been asked to remove it; it was staged
    completed,  ///< ended with 0
    failed,     ///< ended otherwise by itself, or could not be started
    terminated, ///< was stopped
    lost,       ///< the machine has proof of its end, and none of how it ended
    queue)      ///< no trial: the queue of the machine, which starts those that are staged there

/// One line of the record: where a trial of a sweep is, as it is planned or was found.
struct placement {
    std::string trial; ///< its id in the plan, which is the id of its first run
    std::int64_t attempt = 0;
    std::string run; ///< of this attempt
    std::string machine;
    placement_state state = placement_state::waiting;
    std::string why; ///< it ended so, for people; or empty
    std::int64_t time_us = 0;
};
BOOST_DESCRIBE_STRUCT(placement, (), (trial, attempt, run, machine, state, why, time_us))

/// The record of a sweep: lines of JSON that are only added to, on the disk before anything is
/// asked of a machine. The machines are the truth, this is the plan. Owned by the driver of the
/// sweep.
class sweep_record {
  public:
    /// Reads what an earlier life of the driver has written; a last line that was cut off goes.
    [[nodiscard]] static result<sweep_record> open(const std::filesystem::path& file);

    /// All lines, the oldest first.
    [[nodiscard]] const std::vector<placement>& lines() const { return lines_; }
    /// Adds lines; they are on the disk when it returns.
    [[nodiscard]] result<> add(const std::vector<placement>& lines);

  private:
    descriptor file_;
    std::string path_;
    std::vector<placement> lines_; // as they were read
};

} // namespace outrider
