#include "engine/commands/machines/check_facts.hpp"

#include "engine/commands/machines/slurm_findings.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace outrider {
namespace {

std::string or_not_installed(const std::string& version) {
    return version.empty() ? "not installed" : version;
}

std::string space_text(const protocol::directory_facts& place) {
    std::string text = fmt::format("{} free of {} ({}, {})", size_text(place.free_bytes),
                                   size_text(place.total_bytes), place.path, place.file_system);
    if (!place.writable) {
        text += ", not writable";
    }
    return text;
}

std::string gpu_text(const machine_survey& survey) {
    if (survey.gpus.empty()) {
        return survey.gpu_failure.empty() ? "none (no nvidia-smi)"
                                          : "not known: " + survey.gpu_failure;
    }
    std::string text;
    for (const auto& gpu : survey.gpus) {
        text += (text.empty() ? "" : "\n") + gpu;
    }
    return text;
}

} // namespace

std::string size_text(std::int64_t bytes) {
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, units.at(unit));
}

std::string clock_text(const clock_offset& clock) {
    const auto seconds = [](std::chrono::microseconds time) {
        return std::abs(std::chrono::duration<double>(time).count());
    };
    return fmt::format("{:.3f} s {} (give or take {:.3f} s)", seconds(clock.ahead),
                       clock.ahead.count() < 0 ? "behind" : "ahead", seconds(clock.uncertainty));
}

std::vector<machine_fact> facts_of(const machine_survey& survey) {
    const auto& machine = survey.hello.machine;
    const auto& report = survey.report;
    const python_facts none;
    const auto& python = survey.python ? *survey.python : none;
    std::vector<machine_fact> out{
        {"guild_version", fmt::format("{} (outrider {})", guild_version, OUTRIDER_VERSION)},
        {"guild_install_location", machine.cache_directory + "/agents/" + survey.hello.build},
        {"guild_home",
         report.guild_home.path + (report.guild_home.exists ? "" : " (made when needed)")},
        {"guild_resource_cache", report.guild_home.path + "/cache/resources"},
        {"installed_plugins", "none"},
        {"python_version", survey.python ? python.version : "not found: " + survey.python_failure},
        {"python_exe", python.executable},
        {"platform", machine.system + " " + machine.architecture},
        {"psutil_version", or_not_installed(python.psutil)},
        {"tensorboard_version", or_not_installed(python.tensorboard)},
        {"cuda_version", or_not_installed(survey.cuda)},
        {"nvidia_version", or_not_installed(survey.nvidia_driver)},
        {"system", report.system},
        {"host_name", machine.host_name},
        {"user", machine.user},
        {"processors", std::to_string(report.processors)},
        {"memory", size_text(report.memory_bytes)},
        {"disk_space", space_text(report.guild_home)},
        {"gpus", gpu_text(survey)}};
    if (!python.guild.empty()) {
        out.push_back({"guildai_version", python.guild});
    }
    if (survey.clock) {
        out.push_back({"clock_offset", clock_text(*survey.clock)});
    }
    add_slurm_facts(survey, out);
    return out;
}

} // namespace outrider
