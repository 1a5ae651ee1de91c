#include "engine/commands/starting/run_checks.hpp"

#include "engine/commands/starting/run_tests.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/text/path_text.hpp"

#include <algorithm>

namespace outrider {
namespace {

struct given_option {
    const char* name;
    bool given;
};

failure both(const char* one, const char* other) {
    return {errc::bad_input, std::string(one) + " and " + other +
                                 " cannot both be used\nTry '{program} run --help' for more "
                                 "information."};
}

// Starting what is there takes nothing that says what a new run is.
failure not_again(const char* what) {
    return {errc::bad_input, std::string(what) +
                                 " cannot be used with --restart\nTry '{program} run --help' for "
                                 "more information."};
}

bool are_states(const std::string& words) {
    std::size_t at = 0;
    while (at <= words.size()) {
        const auto end = std::min(words.find(',', at), words.size());
        const auto word = words.substr(at, end - at);
        if (word != "failed" && word != "lost" && word != "pending") {
            return false;
        }
        at = end + 1;
    }
    return true;
}

} // namespace

result<> check_run_command(const run_command& what) {
    const bool again = !what.start.empty() || !what.restart.empty();
    const given_option stage{"--stage", what.stage};
    const given_option run_dir{"--run-dir", !what.run_dir.empty()};
    const given_option run_id{"--run-id", !what.run_id.empty()};
    const given_option remote{"--remote", !what.remote.empty()};
    const std::pair<given_option, given_option> pairs[] = {
        {{"--start", !what.start.empty()}, {"--restart", !what.restart.empty()}},
        {run_dir, run_id},
        {run_dir, remote},
        {{"--pidfile", !what.pidfile.empty()}, remote},
        {stage, {"--background", what.background}},
        {stage, {"--no-wait", what.no_wait && what.remote.empty()}},
        {{"--no-gpus", what.no_gpus}, {"--gpus", !what.gpus.empty()}},
        {{"--gpus-per-trial", what.trials.gpus_per_trial > 0}, {"--gpus", !what.gpus.empty()}},
        {{"--trials-per-gpu", what.trials.trials_per_gpu > 0}, {"--gpus", !what.gpus.empty()}},
        {{"--gpus-per-trial", what.trials.gpus_per_trial > 0}, {"--no-gpus", what.no_gpus}},
        {{"--trials-per-gpu", what.trials.trials_per_gpu > 0}, {"--no-gpus", what.no_gpus}},
        {{"--print-cmd", what.print_cmd}, {"--print-env", what.print_env}},
        {{"--minimize", !what.minimize.empty()}, {"--maximize", !what.maximize.empty()}},
        {{"--optimize", what.optimize}, {"--optimizer", !what.optimizer.empty()}},
        {{"--print-trials", what.print_trials}, {"--stage-trials", what.stage_trials}},
    };
    const given_option excluded[] = {{"OPERATION", !what.operation.empty()},
                                     {"--proto", !what.proto.empty()},
                                     stage,
                                     run_dir,
                                     run_id};
    for (const auto& one : excluded) {
        if (again && one.given) {
            return not_again(one.name);
        }
    }
    for (const auto& [one, other] : pairs) {
        if (one.given && other.given) {
            return both(one.name, other.name);
        }
    }
    if (!what.only.empty() && (!again || !are_states(what.only))) {
        return failure(errc::bad_input, again ? "--only: '" + what.only +
                                                    "' has to be one or more of failed, lost, "
                                                    "pending, with commas between them"
                                              : "--only can be used with --restart of a batch "
                                                "alone");
    }
    if (run_id.given && !is_safe_name(what.run_id)) {
        return failure(errc::bad_input, "'" + what.run_id + "' cannot be the id of a run");
    }
    if (what.stop_after_minutes && *what.stop_after_minutes <= 0) {
        return failure(errc::bad_input, "--stop-after: the number of minutes must be above 0");
    }
    return {};
}

bool is_about_project(const run_command& what) {
    const bool again = !what.start.empty() || !what.restart.empty() || !what.proto.empty();
    return (what.help_op && !again) || what.help_model || only_tests(what);
}

result<> check_project_directory(const std::string& directory) {
    std::error_code unseen;
    if (!fs::is_directory(directory, unseen)) {
        return failure(errc::not_found, "directory '" + directory + "' does not exist");
    }
    return {};
}

void place_run(run_command& what, const std::string& directory, const std::string& user_home) {
    if (!what.run_dir.empty()) {
        fs::path place = fs::path(absolute_path(what.run_dir, directory, user_home));
        place = place.lexically_normal();
        if (!place.has_filename()) {
            place = place.parent_path(); // it ended in '/'
        }
        what.run_dir = place.native();
        what.run_id = place.filename().native();
    }
}

} // namespace outrider
