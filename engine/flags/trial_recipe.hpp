#pragma once

#include "engine/flags/command_recipe.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// How the flags of a trial become its run: what a sweep knows of the operation once it is planned.
/// The engine makes trials by it that are known beforehand, the agent those that a search suggests.
struct trial_recipe {
    command_recipe command;
    std::string program;              ///< the first word instead of the command's, or empty
    std::optional<std::string> label; ///< a template that was typed
    std::string usual_label;          ///< the operation's template, or empty
    std::vector<std::string> tags;    ///< which usual labels begin with
    std::string directory;            ///< of the project: labels shorten paths below it
};
BOOST_DESCRIBE_STRUCT(trial_recipe, (), (command, program, label, usual_label, tags, directory))

/// In what a trial differs from the prototype.
struct trial_run {
    std::string shown; ///< "a=1, b=2" of the line that announces it; flags without a value left out
    std::vector<std::string> command;
    std::map<std::string, std::string> environment; ///< on top of the prototype's
    std::map<std::string, std::string> attributes;  ///< YAML text: flags, user_flags, cmd, label
    std::vector<std::string> flags; ///< NAME=VALUE for the supervisor's command line
};

/// The run of one trial. Pure but for paths in labels, which are looked at; quick, for a sweep has
/// many. `common` is the environment of the prototype, which is not repeated. Fails as
/// `fill_command` does.
[[nodiscard]] result<trial_run> make_trial(const trial_recipe& recipe, const flag_map& flags,
                                           const std::map<std::string, std::string>& common,
                                           flag_decoder decode = decode_word);

} // namespace outrider
