#include "engine/commands/pools/placement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <regex>
#include <tuple>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 9> known_names{
    "gpu.memory", "gpu.name", "memory", "processors", "slots", "free", "load", "name", "tags"};

double factor_of(char unit) {
    constexpr std::string_view units = "KMGT";
    double factor = 1;
    for (std::size_t i = 0; i <= units.find(unit); ++i) {
        factor *= 1024;
    }
    return factor;
}

// "24G" and "tag:fast" as the grammar of filters has them. What stands in quotes stays.
std::string as_filter(const std::string& text) {
    static const std::regex special(
        R"(('[^']*'|"[^"]*")|\btag:([^\s()]+)|\b([0-9]+(?:\.[0-9]+)?)([KMGT])(?:i?B)?(?![^\s()]))");
    std::string out;
    auto rest = text.cbegin();
    for (std::sregex_iterator at(text.begin(), text.end(), special), end; at != end; ++at) {
        const auto& match = *at;
        out.append(rest, match[0].first);
        rest = match[0].second;
        if (match[2].matched) {
            out += "tags contains '" + match[2].str() + "'";
        } else if (match[3].matched) {
            out += fmt::format("{:.0f}", std::stod(match[3].str()) * factor_of(*match[4].first));
        } else {
            out += match[0].str();
        }
    }
    return out.append(rest, text.cend());
}

json::value value_of(const pool_member& machine, const std::string& name) {
    const auto& report = machine.report;
    const auto told = [](std::int64_t number) {
        return number > 0 ? json::value(number) : json::value(nullptr);
    };
    if (name == "gpu.memory") {
        return told(report.gpu_memory_mib << 20);
    }
    if (name == "gpu.name") {
        return report.gpu_name.empty() ? json::value(nullptr) : json::value(report.gpu_name);
    }
    if (name == "memory") {
        return told(report.memory_bytes);
    }
    if (name == "processors") {
        return told(report.processors);
    }
    if (name == "slots") {
        return told(report.total);
    }
    if (name == "free") {
        return report.total > 0 ? json::value(report.free) : json::value(nullptr);
    }
    if (name == "load") {
        return report.load;
    }
    if (name == "name") {
        return json::value(machine.remote);
    }
    json::array tags;
    for (const auto& tag : machine.tags) {
        tags.emplace_back(tag);
    }
    return tags;
}

double busyness(const pool_member& machine) {
    return machine.report.load /
           static_cast<double>(std::max<std::int64_t>(machine.report.processors, 1));
}

} // namespace

result<placement_condition> placement_condition::parse(const std::string& text) {
    if (text.empty()) {
        return placement_condition(std::nullopt);
    }
    auto what = filter_expression::parse(as_filter(text));
    if (!what) {
        return failure(errc::bad_input, "--where '" + text + "': " + what.error().context);
    }
    for (const auto& each : what->names()) {
        if (each.scope != value_scope::any ||
            std::ranges::find(known_names, each.name) == known_names.end()) {
            return failure(errc::bad_input,
                           fmt::format("--where '{}': a machine has no {}\nUse {} or tag:NAME.",
                                       text, each.name, fmt::join(known_names, ", ")));
        }
    }
    return placement_condition(std::move(*what));
}

bool placement_condition::holds(const pool_member& machine) const {
    return !what_ ||
           what_->holds([&](const value_name& name) { return value_of(machine, name.name); });
}

std::vector<pool_member> best_first(std::vector<pool_member> machines) {
    std::vector<std::size_t> order(machines.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t at) {
        const pool_member& one = machines[at];
        return std::tuple(!one.has_free_slot(), -one.prefer, busyness(one), -one.report.free, at);
    });
    std::vector<pool_member> out;
    for (const auto at : order) {
        out.push_back(std::move(machines[at]));
    }
    return out;
}

std::string offer_text(const pool_member& machine) {
    const auto& report = machine.report;
    if (!report.trouble.empty()) {
        return report.trouble;
    }
    std::string out = report.total == 0
                          ? "it has no limit"
                          : fmt::format("{} of {} slots are free", report.free, report.total);
    if (!report.gpus.empty()) {
        out += fmt::format(", GPU {}", fmt::join(report.gpus, ", "));
    }
    return out;
}

} // namespace outrider
