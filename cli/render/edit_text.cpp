#include "cli/render/edit_text.hpp"

#include "cli/render/times.hpp"

#include <algorithm>

namespace outrider::cli {
namespace {

// Control characters of a comment could redraw the terminal.
std::string indented(const std::string& body) {
    std::string text = "  ";
    for (const char each : body) {
        if (each == '\n') {
            text += "\n  ";
        } else {
            const auto code = static_cast<unsigned char>(each);
            text += code < 0x20 && each != '\t' ? '?' : each;
        }
    }
    return text;
}

std::string person(const run_comment& comment) {
    const bool both = !comment.user.empty() && !comment.host.empty();
    return comment.user + (both ? "@" : "") + comment.host;
}

} // namespace

std::string edit_line(const runs_edited& edited) {
    const std::string runs = " " + std::to_string(edited.count) + " run(s)\n";
    switch (edited.kind) {
    case edit_kind::labeled:
        return "Labeled" + runs;
    case edit_kind::label_cleared:
        return "Cleared label for" + runs;
    case edit_kind::tagged:
        return "Modified tags for" + runs;
    case edit_kind::marked:
        return "Marked" + runs;
    case edit_kind::unmarked:
        return "Unmarked" + runs;
    case edit_kind::comment_added:
        return "Added comment to" + runs;
    case edit_kind::comment_deleted:
        return "Deleted comment for" + runs;
    case edit_kind::comments_deleted:
        break;
    }
    return "Deleted all comments for" + runs;
}

std::string comments_text(const comments_listed& listed, const run_table_view& view) {
    std::string text = run_line(listed.run, view);
    if (listed.comments.empty()) {
        return text + "  <no comments>\n";
    }
    std::size_t number = 0;
    for (const auto& comment : listed.comments) {
        text += "[" + std::to_string(++number) + "] " + indented(person(comment)).substr(2) + " " +
                local_time(comment.time_us) + "\n\n" + indented(comment.body) + "\n\n";
    }
    return text;
}

std::string comment_lines(const std::vector<run_comment>& comments) {
    std::string text;
    for (const auto& comment : comments) {
        text +=
            "  " + indented(person(comment)).substr(2) + " " + local_time(comment.time_us) + "\n";
        const std::string body = indented(comment.body);
        for (std::size_t at = 0; at <= body.size();) {
            const auto end = std::min(body.find('\n', at), body.size());
            text += "  " + body.substr(at, end - at) + "\n";
            at = end + 1;
        }
        text += "\n";
    }
    return text;
}

std::string waited_lines(const runs_waited& waited) {
    std::string text;
    for (const auto& run : waited.ended) {
        text += "Run " + run.id + " stopped with a status of '" +
                boost::describe::enum_to_string(run.state, "error") + "'\n";
    }
    if (waited.timed_out) {
        for (const auto& run : waited.left) {
            text += "Timed out waiting for run " + run.id + " (" + status_text(run) + ")\n";
        }
    }
    return text;
}

} // namespace outrider::cli
