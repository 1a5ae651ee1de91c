#include "cli/render/copy_progress_text.hpp"

#include "cli/render/amounts.hpp"
#include "cli/render/name_text.hpp"
#include "cli/render/text_table.hpp"

#include <algorithm>
#include <vector>

namespace outrider::cli {
namespace {

struct part {
    std::string text;
    int weight = 0; ///< parts of the least weight are left out first
};

std::vector<part> parts_of(const copy_progress& progress) {
    const auto noun = [](std::int64_t count, const char* one, const char* many) {
        return std::string(count == 1 ? one : many);
    };
    std::vector<part> parts{
        {count_text(progress.runs_done) + "/" + count_text(progress.runs) +
             noun(progress.runs, " run", " runs"),
         2},
        {count_text(progress.files_done) + " of " + count_text(progress.files) +
             noun(progress.files, " file", " files"),
         1},
        {bytes_text(progress.bytes_done) + " of " + bytes_text(progress.bytes), 5},
        {rate_text(progress.bytes_per_second), 3}};
    if (progress.seconds_left) {
        parts.push_back({whole_seconds_text(*progress.seconds_left) + " left", 4});
    }
    return parts;
}

std::string joined(const std::string& remote, const std::vector<part>& parts) {
    std::string line = remote + ":";
    const char* separator = " ";
    for (const auto& each : parts) {
        line += separator + each.text;
        separator = ", ";
    }
    return line;
}

// "3 runs (1,204 files, 1.2 GiB)"
std::string copied_text(const copy_summary& summary) {
    auto text = count_text(summary.copied, "run") + " (" + count_text(summary.files, "file") +
                ", " + bytes_text(summary.bytes);
    // Worth a word where much was there already.
    if (summary.sent_bytes < summary.bytes / 2) {
        text += ", " + bytes_text(summary.sent_bytes) + " sent";
    }
    return text + ")";
}

} // namespace

std::string copy_progress_line(const copy_progress& progress, std::size_t width) {
    const auto remote = name_text(progress.remote);
    auto parts = parts_of(progress);
    auto line = joined(remote, parts);
    while (text_width(line) > width && parts.size() > 1) {
        parts.erase(std::ranges::min_element(parts, {}, &part::weight));
        line = joined(remote, parts);
    }
    return cut_to_width(line, width);
}

std::string copy_summary_line(const copy_summary& summary) {
    auto line = name_text(summary.remote) + ": ";
    line += summary.copied > 0
                ? "copied " + copied_text(summary) + " in " + seconds_text(summary.seconds)
                : "nothing to copy";
    if (summary.unchanged > 0) {
        line += "; " + count_text(summary.unchanged) + " unchanged";
    }
    if (summary.left_out > 0) {
        line += "; " + count_text(summary.left_out) + " left out";
    }
    return line + "\n";
}

std::string copied_run_lines(const run_copied& copied) {
    std::string lines;
    if (copied.live > 0) {
        lines += copied.run_id + ": " + count_text(copied.live, "file") +
                 " kept changing, copied as far as " + (copied.live == 1 ? "it" : "they") +
                 " had come\n";
    }
    for (const auto& path : copied.missing) {
        lines += copied.run_id + ": gone meanwhile: " + name_text(path) + "\n";
    }
    return lines;
}

} // namespace outrider::cli
