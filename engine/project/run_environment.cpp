#include "engine/project/run_environment.hpp"

#include "engine/runs/secret_names.hpp"
#include "engine/text/value_text.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace outrider {
namespace {

/// Settled when a run is made: another directory or another project changes nothing of them.
constexpr std::string_view frozen_names[] = {"FLAGS_DEST", "GUILD_PLUGINS", "PROJECT_DIR",
                                             "PYTHONPATH"};

} // namespace

bool is_given_variable(std::string_view name) {
    return std::ranges::find(frozen_names, name) != std::end(frozen_names) || name == "GUILD_OP" ||
           name == "GUILD_SOURCECODE" || name == "CMD_DIR";
}

std::map<std::string, std::string>
frozen_environment(const run_request& request, const operation_def& op, const run_plan& plan) {
    std::map<std::string, std::string> out;
    if (request.from) {
        for (const auto name : frozen_names) {
            if (op.env.contains(name)) {
                out[std::string(name)] = text_of(op.env, name);
            }
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

boost::json::object recorded_environment(const operation_def& op,
                                         const std::map<std::string, std::string>& frozen) {
    boost::json::object out;
    for (const auto& member : op.env) {
        if (!is_secret(member.key(), text_of(op.env, member.key()), op.env_secrets)) {
            out.emplace(member.key(), member.value());
        }
    }
    for (const auto& [name, value] : frozen) {
        out[name] = boost::json::string(value);
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
