#include "cli/logging.hpp"

#include "cli/render/copy_lines.hpp"
#include "cli/render/progress_block.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

namespace outrider::cli {
namespace {

bool shows_copying(const invocation& asked, const terminal& screen) {
    return copies_runs(asked.what) && screen.err_width && !asked.quiet && !asked.json;
}

} // namespace

void start_logging(const invocation& asked, const terminal& screen,
                   const std::map<std::string, std::string>& environment) {
    constexpr spdlog::level::level_enum levels[] = {spdlog::level::warn, spdlog::level::info,
                                                    spdlog::level::debug, spdlog::level::trace};
    const int wanted = std::max(asked.verbosity, asked.debug ? 2 : 0);
    auto level = levels[std::min<std::size_t>(wanted, std::size(levels) - 1)];
    if (const auto named = environment.find("OUTRIDER_LOG"); named != environment.end()) {
        level = spdlog::level::from_str(named->second);
    }
    auto logger = spdlog::stderr_color_mt(
        "outrider", screen.err_colour ? spdlog::color_mode::always : spdlog::color_mode::never);
    logger->set_level(level);
    // The lines that tell how copying goes come back with the next event.
    logger->set_pattern((shows_copying(asked, screen) ? progress_block::erased : std::string()) +
                        "%H:%M:%S.%e %^%l%$ %v");
    spdlog::set_default_logger(std::move(logger));
}

} // namespace outrider::cli
