#include "cli/render/run_steps.hpp"

namespace outrider::cli {
namespace {

std::string building_lines(const std::string& detail) {
    const auto end = detail.find('\n');
    std::string text = "Building package\npackage src: " + detail.substr(0, end) + "\n";
    if (end != std::string::npos) {
        text += "package dist: " + detail.substr(end + 1) + "\n";
    }
    return text;
}

} // namespace

std::string step_lines(const run_progress& step) {
    if (step.remote.empty()) {
        return {};
    }
    switch (step.stage) {
    case run_stage::building_package:
        return building_lines(step.detail);
    case run_stage::initializing:
        return "Initializing remote run\n";
    case run_stage::copying_package:
        return "Copying package\n";
    case run_stage::installing_package:
        return "Installing package and its dependencies\nProcessing ./" + step.detail + "\n";
    case run_stage::installed_package:
        return "Successfully installed " + step.detail + "\n";
    case run_stage::starting:
        return "Starting " + step.detail + " on " + step.remote + " as " + step.run_id + "\n";
    case run_stage::resolving_run:
        return "Resolving run on " + step.remote + "\n";
    case run_stage::initializing_again:
        return "Initializing remote run for restart\n";
    case run_stage::installing_requirements:
        return step.detail + "\n";
    case run_stage::started:
        break;
    }
    return {};
}

std::string left_running_lines(const run_left_running& left, const std::string& program) {
    const std::string watch = "'" + program + " watch " + left.run_id +
                              (left.remote.empty() ? std::string() : " -r " + left.remote) + "'\n";
    if (!left.pidfile.empty()) {
        return left.operation + " started in background as " + left.run_id + " (pidfile " +
               left.pidfile + ")\n";
    }
    if (!left.detached) {
        const std::string where = left.remote.empty() ? "" : " on " + left.remote;
        return left.run_id + (left.pending ? " is pending" : " is running") + where +
               "\nTo watch use " + watch;
    }
    if (left.remote.empty()) {
        return "Stopped watching " + left.run_id + " (still running)\n";
    }
    return "Detached from remote run " + left.run_id + " (still running)\nTo re-attach use " +
           watch;
}

} // namespace outrider::cli
