#include "cli/comment_editor.hpp"

#include "cli/child_program.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/shell_words.hpp"

#include <cstdlib>

#include <unistd.h>

namespace outrider::cli {
namespace {

constexpr const char instructions[] =
    "\n# Write the comment above. Lines that begin with '#' are left out; an empty comment is not\n"
    "# added.\n";

std::string editor_of(const std::map<std::string, std::string>& environment) {
    for (const char* name : {"VISUAL", "EDITOR"}) {
        if (const auto set = environment.find(name);
            set != environment.end() && !set->second.empty()) {
            return set->second;
        }
    }
    return "vi";
}

// A file of one's own in the directory for temporary files, gone at the end.
class temporary_file {
  public:
    explicit temporary_file(const std::string& directory) : path_(directory + "/comment.XXXXXX") {
        file_.reset(::mkstemp(path_.data()));
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() {
        if (file_) {
            ::unlink(path_.c_str());
        }
    }
    [[nodiscard]] bool write(const std::string& text) const {
        return file_ &&
               ::write(file_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
    descriptor file_;
};

} // namespace

std::string comment_in(const std::string& edited) {
    std::string text;
    for (std::size_t at = 0; at < edited.size();) {
        const auto end = std::min(edited.find('\n', at), edited.size());
        if (edited[at] != '#') {
            text += edited.substr(at, end - at) + "\n";
        }
        at = end + 1;
    }
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == text.npos ? ""
                              : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

result<std::string> edit_text(const std::string& text,
                              const std::map<std::string, std::string>& environment) {
    const auto set = environment.find("TMPDIR");
    const temporary_file file(set == environment.end() || set->second.empty() ? "/tmp"
                                                                              : set->second);
    if (!file.write(text)) {
        return failure(errc::io_failed, "cannot write " + file.path());
    }
    auto words = shell_split(editor_of(environment));
    if (!words || words->empty()) {
        return failure(errc::bad_input, "$EDITOR is not a command");
    }
    words->push_back(file.path());
    const auto child = start_program({.words = *words, .directory = {}});
    if (!child) {
        return failure(child.error().kind(), child.error().context + "\nSet EDITOR to an editor.");
    }
    if (wait_for_program(*child) != 0) {
        return failure(errc::aborted, "the editor failed: nothing was done");
    }
    return read_small_file(file.path()).value_or("");
}

result<std::string> edit_comment(const std::string& text,
                                 const std::map<std::string, std::string>& environment) {
    const auto edited = edit_text(text + instructions, environment);
    if (!edited) {
        return edited.error();
    }
    auto comment = comment_in(*edited);
    if (comment.empty()) {
        return failure(errc::bad_input, "Aborting due to an empty comment.");
    }
    return comment;
}

} // namespace outrider::cli
