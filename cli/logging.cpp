#include "cli/logging.hpp"

#include "cli/render/progress_block.hpp"
#include "engine/text/finished_text.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace outrider::cli {
namespace {

bool shows_copying(const invocation& asked, const terminal& screen) {
    return traits_of(asked.what).copies != copy_way::none && screen.err_width && !asked.quiet &&
           !asked.json;
}

// What the engine says of a failure may name the program, here as everywhere.
class finishing_formatter final : public spdlog::formatter {
  public:
    finishing_formatter(std::string pattern, std::string program)
        : pattern_(std::move(pattern)), program_(std::move(program)), inner_(pattern_) {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override {
        const auto text =
            finished_text({message.payload.data(), message.payload.size()}, {.program = program_});
        auto finished = message;
        finished.payload = text;
        inner_.format(finished, into);
        message.color_range_start = finished.color_range_start;
        message.color_range_end = finished.color_range_end;
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<finishing_formatter>(pattern_, program_);
    }

  private:
    std::string pattern_;
    std::string program_;
    spdlog::pattern_formatter inner_;
};

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
    logger->set_formatter(std::make_unique<finishing_formatter>(
        (shows_copying(asked, screen) ? progress_block::erased : std::string()) +
            "%H:%M:%S.%e %^%l%$ %v",
        asked.program));
    spdlog::set_default_logger(std::move(logger));
}

} // namespace outrider::cli
