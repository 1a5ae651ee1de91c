#include "cli/logging.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace outrider::cli {

void start_logging(bool debug, const std::map<std::string, std::string>& environment) {
    auto level = debug ? spdlog::level::debug : spdlog::level::warn;
    if (const auto named = environment.find("OUTRIDER_LOG"); named != environment.end()) {
        level = spdlog::level::from_str(named->second);
    }
    auto logger = spdlog::stderr_color_mt("outrider");
    logger->set_level(level);
    logger->set_pattern("%H:%M:%S.%e %^%l%$ %v");
    spdlog::set_default_logger(std::move(logger));
}

} // namespace outrider::cli
