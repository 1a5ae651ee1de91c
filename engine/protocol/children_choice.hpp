#pragma once

#include "engine/protocol/slot.hpp"
#include "engine/search/early_stop.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace outrider::protocol {

/// Which trials of a batch are ended before they are done.
struct children_early_stop {
    early_stop_settings settings;
    std::string scalar;            ///< that is looked at, as `find_scalar` takes it
    std::int64_t kill_ms = 30'000; ///< after that time a trial that was asked to end is killed
};
BOOST_DESCRIBE_STRUCT(children_early_stop, (), (settings, scalar, kill_ms))

/// What is otherwise than in its plan for one start of a run whose work is other runs: which of the
/// children that an earlier life of the run has left start, and how. In the run it stands as
/// `.guild/outrider/chosen-children`.
struct children_choice {
    bool failed = false;             ///< those that have failed by themselves
    bool lost = true;                ///< those that went without an exit status
    bool pending = true;             ///< those that have not run, and new ones
    bool keep_going = false;         ///< also where the first ones all fail in the same way
    bool stop_on_failure = false;    ///< the first that fails is the last
    std::int64_t parallel = -1;      ///< most that run at the same time; -1: as planned, 0: as
                                     ///< many as there are slots
    std::optional<slot_rules> slots; ///< nothing: as planned
    std::optional<children_early_stop> early_stop; ///< nothing: as planned
};
BOOST_DESCRIBE_STRUCT(children_choice, (),
                      (failed, lost, pending, keep_going, stop_on_failure, parallel, slots,
                       early_stop))

} // namespace outrider::protocol
