#include "cli/render/several_remotes.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

namespace outrider::cli {
namespace {

// These name their remote and run by themselves, or are drawn in one place.
bool names_its_remote(const command& asked, const event& what) {
    if (traits_of(asked).text == text_form::labelled ||
        std::holds_alternative<remote_failed>(what) ||
        std::holds_alternative<copy_progress>(what)) {
        return true;
    }
    const auto* summary = std::get_if<copy_summary>(&what);
    return summary != nullptr && !summary->dry_run;
}

surroundings without_terminal(surroundings place) {
    place.screen.out = false;
    place.screen.err = false;
    place.screen.err_width.reset();
    place.screen.width.reset();
    return place;
}

std::string prefixed(const std::string& remote, std::string_view lines) {
    std::string text;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size() - 1) + 1;
        text.append(remote).append(": ").append(lines.substr(0, end));
        lines.remove_prefix(end);
    }
    return text;
}

// The whole lines of what came; the rest stays in `line`.
std::string take_lines(std::ostringstream& from, std::string& line) {
    line += std::exchange(from, std::ostringstream()).str();
    const auto end = line.rfind('\n') + 1; // of none: 0
    auto whole = line.substr(0, end);
    line.erase(0, end);
    return whole;
}

std::string with_line_end(std::string text) {
    if (!text.empty() && text.back() != '\n') {
        text += '\n';
    }
    return text;
}

struct document {
    std::vector<std::string> remotes;
    const gathered_text* text;
};

std::string header(const std::vector<std::string>& remotes) {
    std::string text = "==> ";
    for (const auto& each : remotes) {
        text += (&each == &remotes.front() ? "" : ", ") + each;
    }
    if (remotes.size() > 1) {
        text += " (" + std::to_string(remotes.size()) + ")";
    }
    return text + " <==\n";
}

} // namespace

several_remotes::several_remotes(const invocation& asked, const surroundings& place,
                                 std::ostream& out, std::ostream& err)
    : asked_(asked), own_place_(without_terminal(place)), out_(out), err_(err),
      plain_(asked, place, out, err),
      documents_(traits_of(asked.what).text == text_form::document) {}

void several_remotes::show(const event& what, const std::string& remote) {
    if (remote.empty() || names_its_remote(asked_.what, what)) {
        plain_.show(what, remote);
        return;
    }
    auto& from = output_of(remote);
    from.text->show(what, {});
    pass_on(remote, from);
}

several_remotes::remote_output& several_remotes::output_of(const std::string& remote) {
    auto& found = outputs_[remote];
    if (!found.text) {
        found.text = std::make_unique<renderer>(asked_, own_place_, found.out, found.err);
    }
    return found;
}

void several_remotes::pass_on(const std::string& remote, remote_output& from) {
    if (const auto told = take_lines(from.err, from.err_line); !told.empty()) {
        plain_.make_way();
        err_ << prefixed(remote, told) << std::flush;
    }
    if (!documents_) {
        if (const auto told = take_lines(from.out, from.out_line); !told.empty()) {
            plain_.make_way();
            out_ << prefixed(remote, told) << std::flush;
        }
        return;
    }
    from.document.append(std::exchange(from.out, std::ostringstream()).str());
}

void several_remotes::print_documents() {
    std::vector<document> documents;
    for (const auto& [remote, from] : outputs_) {
        if (from.document.empty()) {
            continue;
        }
        const auto same = std::ranges::find_if(documents, [&](const document& each) {
            return asked_.group && each.text->equals(from.document);
        });
        if (same != documents.end()) {
            same->remotes.push_back(remote);
        } else {
            documents.push_back({.remotes = {remote}, .text = &from.document});
        }
    }
    for (const auto& each : documents) {
        out_ << header(each.remotes);
        each.text->print(out_);
    }
    out_ << std::flush;
}

void several_remotes::print_rest() {
    for (auto& [remote, from] : outputs_) {
        err_ << prefixed(remote, with_line_end(std::exchange(from.err_line, {})));
        out_ << prefixed(remote, with_line_end(std::exchange(from.out_line, {})));
    }
    out_ << std::flush;
    err_ << std::flush;
}

void several_remotes::fail(const failure& why, bool told) {
    plain_.make_way();
    if (documents_) {
        print_documents();
    }
    print_rest();
    plain_.fail(why, told);
}

void several_remotes::finish(int exit_code) {
    plain_.make_way();
    for (auto& [remote, from] : outputs_) {
        from.text->finish(exit_code);
        pass_on(remote, from);
    }
    if (documents_) {
        print_documents();
    }
    print_rest();
    plain_.finish(exit_code);
}

} // namespace outrider::cli
