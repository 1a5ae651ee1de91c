#pragma once

#include "engine/protocol/messages.hpp"
#include "engine/protocol/slot.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The plan of a run whose work is other runs, its children: the trials of a batch, the steps of a
/// pipeline. It is text, one line of JSON each: a `children_head`, then a `planned_child` for every
/// child in the order in which they run. A client sends it as a package whose one file is
/// `children_file`; in the run it stands as `.guild/outrider/children`. What has become of a child
/// is not in it: the child's own run tells that.
namespace outrider::protocol {

inline constexpr std::string_view children_file = "children";

BOOST_DEFINE_ENUM_CLASS(
    children_kind,
    trials, ///< all are made first, then each runs whatever became of those before it
    steps)  ///< each is made when it is its turn; the first that fails is the last

/// What all children have in common.
struct children_head {
    children_kind kind = children_kind::trials;
    start_run common;   ///< what a child is started from; `package` has the files of the proto
    bool proto = false; ///< `common` stands in `.guild/proto`, and its files go to each child
    bool stage = false; ///< children are staged, none is started
    bool stop_on_failure = false; ///< trials: the first that fails is the last
    std::int64_t parallel = 1;    ///< most children that run at the same time
    std::string program;          ///< the name by which messages call the program
    std::string failed;           ///< why there are none: lines that are all that is said; or empty
    std::vector<std::string> notes; ///< lines that are said before the first one
    slot_rules slots;               ///< what a trial has to have to start
};
BOOST_DESCRIBE_STRUCT(children_head, (),
                      (kind, common, proto, stage, stop_on_failure, parallel, program, failed,
                       notes, slots))

/// What a step has to have done once it has succeeded; what is empty is not asked for.
struct step_check {
    std::string output;     ///< regular expression that has to be found in its output
    std::string file;       ///< glob below its run that has to match something
    std::string contains;   ///< regular expression that has to be found in each of those files
    std::string compare_to; ///< file that each of them has to equal; relative to the run
};
BOOST_DESCRIBE_STRUCT(step_check, (), (output, file, contains, compare_to))

/// A step on another remote than its pipeline: commands of the program of whoever made the plan.
struct elsewhere_step {
    std::string directory;         ///< of the project; absolute
    std::vector<std::string> run;  ///< starts it and shows its output
    std::vector<std::string> wait; ///< ends with its exit code
    std::vector<std::string> stop;
};
BOOST_DESCRIBE_STRUCT(elsewhere_step, (), (directory, run, wait, stop))

/// One child: what differs from the common start. Empty members are as there.
struct planned_child {
    std::string id;                 ///< of its run
    std::string link;               ///< name of the link to it; empty: the id
    std::string title;              ///< the operation and its flags, for the line that announces it
    std::vector<std::string> flags; ///< NAME=VALUE for the supervisor's command line
    std::vector<std::string> command;
    std::map<std::string, std::string> environment; ///< on top of the common one
    std::map<std::string, std::string> attributes;  ///< on top of the common ones
    std::vector<dependency> dependencies;
    std::string dependency_package;
    std::string children; ///< package of its own plan, if its work is other runs; or empty
    std::optional<start_run> whole; ///< all of its start, instead of a difference
    std::string skipped;            ///< lines that are said instead of starting it; or empty
    std::string cannot; ///< why it cannot be started, said when it is its turn; or empty
    std::optional<start_staged> again;       ///< its run is there, and starts again in place
    std::vector<step_check> checks;          ///< steps: made once it has succeeded
    std::optional<elsewhere_step> elsewhere; ///< steps: there is no run of it here
};
BOOST_DESCRIBE_STRUCT(planned_child, (),
                      (id, link, title, flags, command, environment, attributes, dependencies,
                       dependency_package, children, whole, skipped, cannot, again, checks,
                       elsewhere))

} // namespace outrider::protocol
