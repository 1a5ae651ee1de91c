#include "engine/project/run_environment.hpp"

#include "engine/text/value_text.hpp"

namespace outrider {

std::map<std::string, std::string>
frozen_environment(const run_request& request, const operation_def& op, const run_plan& plan) {
    std::map<std::string, std::string> out;
    if (request.from) { // frozen before, and taken over whole
        for (const auto& member : op.env) {
            out[std::string(member.key())] = text_of(op.env, member.key());
        }
        return out;
    }
    const std::string& dest = op.sourcecode.dest;
    std::string& path = out["PYTHONPATH"];
    path = (dest == "." ? "." : dest + ":.") + ":${support_dir}";
    const auto inherited = request.context.environment.find("PYTHONPATH");
    if (const std::string own = text_of(op.env, "PYTHONPATH"); !own.empty()) {
        path += ":" + own;
    } else if (!request.remote && inherited != request.context.environment.end()) {
        path += ":" + inherited->second;
    }
    out["GUILD_PLUGINS"] = "";
    if (!op.flags_dest.empty()) {
        out["FLAGS_DEST"] = op.flags_dest;
    }
    if (!request.remote) {
        out["PROJECT_DIR"] = plan.project_directory;
    }
    return out;
}

// The operation may change defaults, but not what the run format promises to its process.
std::map<std::string, std::string>
make_environment(const run_request& request, const operation_def& op,
                 const std::map<std::string, std::string>& frozen,
                 const std::map<std::string, std::string>& operation_environment) {
    std::map<std::string, std::string> out{{"LOG_LEVEL", "20"}, {"PYTHONUNBUFFERED", "1"}};
    for (const auto* layer : {&operation_environment, &frozen}) {
        for (const auto& [name, value] : *layer) {
            out[name] = value;
        }
    }
    out["GUILD_OP"] = op.program.empty() || request.remote ? op.full_name() : op.exec.front();
    out["GUILD_SOURCECODE"] = op.sourcecode.dest;
    out["CMD_DIR"] = request.context.directory;
    return out;
}

} // namespace outrider
