#include "engine/agent/start/prepare_run.hpp"

#include "engine/agent/machine/interpreter_facts.hpp"
#include "engine/agent/slurm/shared_agent.hpp"
#include "engine/agent/start/interpreter_choice.hpp"
#include "engine/agent/start/python_support.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider::agent {
namespace {

bool mentions(const protocol::start_run& request, std::string_view variable) {
    const auto in = [&](const std::string& text) { return text.find(variable) != text.npos; };
    return std::ranges::any_of(request.command, in) ||
           std::ranges::any_of(request.environment,
                               [&](const auto& item) { return in(item.second); });
}

std::string environment_value(const environment_map& environment, const char* name,
                              const std::string& otherwise) {
    const auto found = environment.find(name);
    return found != environment.end() && !found->second.empty() ? found->second : otherwise;
}

std::string command_text(const std::vector<std::string>& command) {
    boost::json::array words;
    for (const auto& word : command) {
        words.emplace_back(word);
    }
    return yaml_text(words);
}

// What the request gives, and what only this machine knows.
std::map<std::string, std::string> attributes_of(const agent_context& context,
                                                 const protocol::start_run& request,
                                                 const resolved_start& start) {
    auto out = resolved_attributes(request, start);
    const auto host = environment_value(start.environment, "HOST", context.machine.host_name);
    out.try_emplace("host", yaml_text(boost::json::value(host)));
    const auto user = environment_value(start.environment, "USER", context.machine.user);
    out.try_emplace("user", yaml_text(boost::json::value(user)));
    if (start.record.platform_given && !out.contains("platform")) {
        out.emplace("platform", platform_text(cached_python_version(context.machine.cache_directory,
                                                                    start.record.python_exe)));
    }
    return out;
}

} // namespace

std::map<std::string, std::string> resolved_attributes(const protocol::start_run& request,
                                                       const resolved_start& start) {
    auto out = request.attributes;
    out.insert_or_assign("cmd", command_text(start.record.command));
    return out;
}

result<> check_start_request(const protocol::start_run& request) {
    for (const auto& [name, text] : request.attributes) {
        if (!is_safe_name(name) || text.size() > max_attribute) {
            return failure(errc::bad_input, "'" + name + "' is not an attribute of a run");
        }
    }
    if (request.command.empty() || request.opref.empty()) {
        return failure(errc::bad_input, "the run has no command or no operation");
    }
    return {};
}

namespace {

run_substitutions substitutions_of(const agent_context& context, const protocol::start_run& request,
                                   const run_paths& run) {
    const auto home = resolve_home(request.home, context.machine.home);
    return {.run_dir = run.directory.native(),
            .home = home.native(),
            .agent = request.slurm ? shared_agent_file(home, context.build).native()
                                   : context.executable};
}

// What an activated virtual environment sets.
void put_in_front(const std::string& programs, environment_map& environment) {
    if (!programs.empty()) {
        std::string& path = environment["PATH"];
        path = programs + (path.empty() ? "" : ":" + path);
        environment["VIRTUAL_ENV"] = fs::path(programs).parent_path().native();
        environment.erase("PYTHONHOME");
    }
}

} // namespace

searched_interpreter interpreter_of(const agent_context& context,
                                    const protocol::start_run& request, const run_paths& run,
                                    const environment_map& activated) {
    auto searched = operation_environment(activated, request.environment,
                                          substitutions_of(context, request, run));
    auto path =
        find_interpreter(searched, request.python_requires, context.machine.cache_directory);
    return {.environment = std::move(searched), .path = std::move(path)};
}

result<resolved_start> resolve_start(const agent_context& context,
                                     const protocol::start_run& request, const run_paths& run,
                                     environment_map activated, const std::string& programs) {
    auto values = substitutions_of(context, request, run);
    // The request may set PATH, which decides where the interpreter is looked for.
    auto searched = operation_environment(activated, request.environment, values);
    put_in_front(programs, searched);
    if (mentions(request, "${python_exe}")) {
        auto python =
            find_interpreter(searched, request.python_requires, context.machine.cache_directory);
        if (!python) {
            return python.error();
        }
        values.python_exe = std::move(*python);
    }
    const fs::path cache = context.machine.cache_directory;
    if (mentions(request, "${support_dir}")) {
        auto support = ensure_python_support(cache);
        if (!support) {
            return support.error();
        }
        values.support_dir = support->native();
    }
    resolved_start out;
    out.environment = operation_environment(std::move(activated), request.environment, values);
    put_in_front(programs, out.environment);
    for (const auto& word : request.command) {
        out.record.command.push_back(substitute(word, values));
    }
    out.record.python_exe = values.python_exe;
    out.record.cache_directory = cache.native();
    out.record.user = context.machine.user;
    out.record.request = request;
    out.record.platform_given = values.python_exe.empty() ||
                                request.attributes.contains("platform") ||
                                !cached_python_version(cache, values.python_exe).empty();
    return out;
}

result<> write_attributes(const agent_context& context, const protocol::start_run& request,
                          const run_paths& run, const resolved_start& start) {
    for (const auto& [name, text] : attributes_of(context, request, start)) {
        if (auto written = write_new_file(run.attribute(name), text); !written) {
            return written;
        }
    }
    return write_new_file(run.manifest(), request.manifest + start.manifest);
}

result<> prepare_run(const agent_context& context, const protocol::start_run& request,
                     const run_paths& run, const resolved_start& start) {
    if (auto made = make_directories(run.attributes()); !made) {
        return made;
    }
    if (auto written = write_attributes(context, request, run, start); !written) {
        return written;
    }
    if (auto written = write_start_record(run, start.record); !written) {
        return written;
    }
    // A run that is staged is pending until it has what it requires.
    if (auto written = write_new_file(run.pending(), ""); !written) {
        return written;
    }
    return replace_file(run.opref(), run.temporary("opref"), request.opref);
}

} // namespace outrider::agent
