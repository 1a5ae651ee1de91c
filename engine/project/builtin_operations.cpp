#include "engine/project/builtin_operations.hpp"

namespace outrider {
namespace {

flag_def flag(const char* name, const char* description, boost::json::value value,
              const char* type = "") {
    return {
        .name = name, .description = description, .default_value = std::move(value), .type = type};
}

} // namespace

operation_def queue_operation() {
    operation_def op{.name = "queue"};
    op.description = "Start staged runs.";
    op.exec = {"${agent}", "queue", "--home", "${home}", "__flag_args__"};
    op.flags = {
        flag("gpus", "GPUs that the started runs see", nullptr),
        flag("poll-interval", "Seconds between two looks for staged runs", 10, "number"),
        flag("run-once", "End when no staged run is left", false, "boolean"),
        flag("wait-for-running", "Start a run only when no other is running", false, "boolean"),
    };
    op.flags[0].null_label = "unspecified";
    op.flags[0].written["null-label"] = "unspecified";
    op.flags[1].min = 0.1;
    op.data["delete-on-success"] = true;
    op.sourcecode.disabled = true;
    return op;
}

} // namespace outrider
