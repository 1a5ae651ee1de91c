#include "engine/agent/start/start_dependencies.hpp"

#include "engine/agent/start/run_sources.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace outrider::agent {
namespace {

boost::json::object resolved_in(const std::string& text) {
    boost::system::error_code error;
    const auto value = boost::json::parse(text.empty() ? "{}" : text, error);
    return !error && value.is_object() ? value.get_object() : boost::json::object();
}

result<> append_to_manifest(const run_paths& run, const std::string& lines) {
    if (lines.empty()) {
        return {};
    }
    const auto before = read_small_file(run.manifest(), longest_manifest).value_or("");
    return replace_file(run.manifest(), run.temporary("manifest"), before + lines);
}

} // namespace

std::optional<job_wait> start_dependencies::try_modules(const protocol::start_run& request,
                                                        const resolved_start& start,
                                                        const run_paths& run) {
    if (!modules_) {
        std::vector<std::string> names;
        for (const auto& one : request.dependencies) {
            if (one.kind == protocol::dependency_kind::module) {
                names.push_back(one.what);
            }
        }
        if (names.empty()) {
            return std::nullopt;
        }
        std::string python = start.record.python_exe;
        if (python.empty()) {
            python = find_executable(start.environment, "python3");
        }
        auto begun = python.empty() ? failure(errc::not_found, "there is no python3")
                                    : module_check::begin(python, start.environment,
                                                          run.directory.native(), names);
        if (!begun) {
            for (const auto& name : names) {
                missing_modules_[name] = begun.error().context;
            }
            return std::nullopt;
        }
        modules_ = std::move(*begun);
    }
    auto missing = modules_->poll();
    if (!missing) {
        return modules_->wait();
    }
    missing_modules_ = std::move(*missing);
    modules_.reset();
    return std::nullopt;
}

result<bool> start_dependencies::resolve(const agent_context& context,
                                         const protocol::start_run& request, const run_paths& run,
                                         const std::string& before, clock::time_point deadline) {
    if (!resolution_) {
        dependency_surroundings around{
            .home = resolve_home(request.home, context.machine.home),
            .run = run,
            .package = {},
            .staging = request.stage,
            .force = request.force_deps,
            .modules = std::move(missing_modules_),
            .before =
                resolved_in(read_small_file(run.resolved(), longest_manifest).value_or(before))};
        if (!request.dependency_package.empty()) {
            auto files = package_files(context.machine.cache_directory, request.dependency_package);
            around.package = files ? std::move(*files) : fs::path(); // then nothing of it is there
        }
        resolution_.emplace(context, std::move(around), request.dependencies);
    }
    return resolution_->step(deadline);
}

result<> start_dependencies::record(const run_paths& run) const {
    if (auto appended = append_to_manifest(run, resolution_->manifest()); !appended) {
        return appended;
    }
    const auto& deps = resolution_->resolved();
    if (auto written =
            replace_file(run.resolved(), run.temporary("deps.json"), boost::json::serialize(deps));
        !written) {
        return written;
    }
    return replace_file(run.attribute("deps"), run.temporary("deps"), yaml_text(deps));
}

std::vector<std::string> start_dependencies::lines() const {
    return resolution_ ? resolution_->lines() : std::vector<std::string>();
}

} // namespace outrider::agent
