#include "cli/render/copy_plan_text.hpp"

#include "cli/render/amounts.hpp"
#include "cli/render/name_text.hpp"

namespace outrider::cli {
namespace {

char sign_of(copy_action action) {
    switch (action) {
    case copy_action::create:
        return '+';
    case copy_action::update:
        return '~';
    case copy_action::remove:
        return '-';
    }
    return '?';
}

std::string entry_line(const planned_entry& entry) {
    auto line = std::string("  ") + sign_of(entry.action) + ' ' + name_text(entry.path);
    if (entry.action != copy_action::remove && !entry.path.ends_with('/')) {
        line += " (" + bytes_text(entry.bytes) + ")";
    }
    return line + "\n";
}

} // namespace

std::string copy_plan_text::lines(const copy_planned& planned, const command& asked) {
    if (planned.entries.empty()) {
        return {};
    }
    std::string text;
    const bool pushes = traits_of(asked).copies == copy_way::there;
    auto heading =
        planned.run_id + (pushes ? " to " : " from ") + name_text(planned.remote) + ":\n";
    // A run with many entries comes in several parts.
    if (heading != heading_) {
        text += heading;
        heading_ = std::move(heading);
    }
    for (const auto& entry : planned.entries) {
        text += entry_line(entry);
        const bool file = !entry.path.ends_with('/');
        removed_ += file && entry.action == copy_action::remove ? 1 : 0;
    }
    return text;
}

void copy_plan_text::add(const copy_summary& summary) {
    counted_ = true;
    sum_.copied += summary.copied;
    sum_.unchanged += summary.unchanged;
    sum_.files += summary.files;
    sum_.bytes += summary.bytes;
}

std::string copy_plan_text::last_line() const {
    if (!counted_) {
        return {};
    }
    if (sum_.copied == 0) {
        return "Nothing to copy.\n";
    }
    auto line = "Would copy " + count_text(sum_.copied, "run") + " (" +
                count_text(sum_.files, "file") + ", " + bytes_text(sum_.bytes) + ")";
    if (removed_ > 0) {
        line += " and remove " + count_text(removed_, "file");
    }
    if (sum_.unchanged > 0) {
        line += ", " + count_text(sum_.unchanged) + " unchanged";
    }
    return line + "\n";
}

} // namespace outrider::cli
