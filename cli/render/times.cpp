#include "cli/render/times.hpp"

#include <ctime>

namespace outrider::cli {

std::string local_time(std::optional<std::int64_t> microseconds) {
    if (!microseconds) {
        return {};
    }
    const auto seconds = static_cast<std::time_t>(*microseconds / 1'000'000);
    std::tm parts{};
    if (::localtime_r(&seconds, &parts) == nullptr) {
        return {};
    }
    char text[64];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

} // namespace outrider::cli
