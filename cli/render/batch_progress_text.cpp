#include "cli/render/batch_progress_text.hpp"

#include "cli/render/name_text.hpp"
#include "cli/render/text_table.hpp"

#include <array>
#include <cstdio>

namespace outrider::cli {
namespace {

std::string short_number(double value) {
    std::array<char, 40> out{};
    std::snprintf(out.data(), out.size(), "%.6g", value);
    return out.data();
}

} // namespace

std::string batch_progress_line(const batch_progress& progress, std::size_t width) {
    std::string out = std::to_string(progress.done);
    if (progress.total > 0) {
        out += "/" + std::to_string(progress.total);
    }
    out += " done";
    if (progress.failed > 0) {
        out += ", " + std::to_string(progress.failed) + " failed";
    }
    out += ", " + std::to_string(progress.running) + " running";
    if (progress.best) {
        out += ", best " + name_text(progress.objective) + " " + short_number(*progress.best);
        if (!progress.best_flags.empty()) {
            out += ": " + name_text(progress.best_flags);
        }
    }
    return cut_to_width(std::move(out), width);
}

} // namespace outrider::cli
