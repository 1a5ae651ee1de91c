#pragma once

#include "engine/api/scalar_choice.hpp"
#include "engine/flags/config_recipe.hpp"
#include "engine/flags/trial_recipe.hpp"
#include "engine/protocol/children_choice.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/search/search_settings.hpp"

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

/// A program that suggests the trials of a search, by lines of JSON on its standard streams
/// (cli/GUIDE.md): it is asked instead of our sampler.
struct optimizer_program {
    std::vector<std::string> words;         ///< looked up below the proto, then in PATH
    flag_map options;                       ///< NAME: VALUE that it is given
    std::int64_t answer_limit_ms = 300'000; ///< longest that it may think about one trial
};
BOOST_DESCRIBE_STRUCT(optimizer_program, (), (words, options, answer_limit_ms))

/// A configuration that each trial gets with its own flags.
struct trial_config {
    std::int64_t dependency = 0; ///< number among those of the common start, whose one entry it is
    config_recipe recipe;
};
BOOST_DESCRIBE_STRUCT(trial_config, (), (dependency, recipe))

/// A search that learns: its trials are not in the plan, each is made when a slot comes free, and
/// added to the plan then.
struct children_search {
    search_settings settings;
    trial_recipe recipe;
    std::string operation; ///< as titles show it
    std::optional<optimizer_program> program;
    std::vector<trial_config> configs;
};
BOOST_DESCRIBE_STRUCT(children_search, (), (settings, recipe, operation, program, configs))

/// What is told of a batch that runs, in `.guild/outrider/progress`: one line of JSON, replaced
/// whenever a trial begins or ends.
struct children_progress {
    static constexpr std::string_view name = "children_progress"; ///< a part of `follow_output`
    std::int64_t total = 0;                                       ///< trials that there will be
    std::int64_t done = 0;                                        ///< that have ended, however
    std::int64_t failed = 0;
    std::int64_t running = 0;
    std::string objective;      ///< what is looked at, or empty
    std::optional<double> best; ///< value of it
    std::string best_flags;     ///< "lr=0.01", of the trial that has it
};
BOOST_DESCRIBE_STRUCT(children_progress, (),
                      (total, done, failed, running, objective, best, best_flags))

/// How the trials of a batch are spread over the machines of a pool.
struct children_pool {
    std::string name;                      ///< as the person called it
    std::vector<std::string> machines;     ///< names of remotes
    std::string where;                     ///< condition that a machine has to meet; or empty
    std::int64_t ahead = 2;                ///< trials that wait on a machine for each slot; -1: all
    std::int64_t gpus_per_trial = 0;       ///< 0: as the machine is set up
    std::int64_t trials_per_gpu = 0;       ///< 0: as the machine is set up
    std::int64_t retry_failed = 0;         ///< times that a trial that failed is tried again
    std::vector<std::int64_t> retry_codes; ///< exit codes of which that is so; empty: any
    std::int64_t retry_lost = 2;           ///< times that a trial that was lost is
};
BOOST_DESCRIBE_STRUCT(children_pool, (),
                      (name, machines, where, ahead, gpus_per_trial, trials_per_gpu, retry_failed,
                       retry_codes, retry_lost))

/// What all children have in common.
struct children_head {
    children_kind kind = children_kind::trials;
    start_run common;   ///< what a child is started from; `package` has the files of the proto
    bool proto = false; ///< `common` stands in `.guild/proto`, and its files go to each child
    bool stage = false; ///< children are staged, none is started
    bool stop_on_failure = false; ///< trials: the first that fails is the last
    std::int64_t parallel = 1;    ///< most children that run at the same time; 0: slots decide
    std::string program;          ///< the name by which messages call the program
    std::string failed;           ///< why there are none: lines that are all that is said; or empty
    std::vector<std::string> notes; ///< lines that are said before the first one
    slot_rules slots;               ///< what a trial has to have to start
    bool keep_going = false;        ///< trials: also where the first ones all fail in the same way
    std::optional<children_early_stop> early_stop;
    std::int64_t total = 0;  ///< children in the plan, or that a search will have; 0: not known
    scalar_choice objective; ///< what a line of progress tells the best of; or no name
    bool maximize = false;   ///< the largest is the best
    std::optional<children_search> search; ///< where children come from after those of the plan
    std::optional<children_pool> pool;     ///< trials: their runs are on other machines than this
};
BOOST_DESCRIBE_STRUCT(children_head, (),
                      (kind, common, proto, stage, stop_on_failure, parallel, program, failed,
                       notes, slots, keep_going, early_stop, total, objective, maximize, search,
                       pool))

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
    flag_map values;                         ///< of a trial that a search made: its flags
};
BOOST_DESCRIBE_STRUCT(planned_child, (),
                      (id, link, title, flags, command, environment, attributes, dependencies,
                       dependency_package, children, whole, skipped, cannot, again, checks,
                       elsewhere, values))

/// The start of a child: the common one with what differs. Where it goes is the caller's.
[[nodiscard]] inline start_run start_of(const children_head& head, const planned_child& child) {
    start_run out = child.whole.value_or(head.common);
    const auto take_if_any = [](const auto& from, auto& to) {
        if (!from.empty()) {
            to = from;
        }
    };
    take_if_any(child.flags, out.flags);
    take_if_any(child.command, out.command);
    take_if_any(child.dependencies, out.dependencies);
    take_if_any(child.dependency_package, out.dependency_package);
    take_if_any(child.children, out.children);
    for (const auto& [name, value] : child.environment) {
        out.environment[name] = value;
    }
    for (const auto& [name, text] : child.attributes) {
        out.attributes[name] = text;
    }
    out.run_id = child.id;
    return out;
}

} // namespace outrider::protocol
