#include "engine/project/git.hpp"

#include "engine/project/captured_program.hpp"

#include <algorithm>

namespace outrider {
namespace {

constexpr std::chrono::milliseconds patience{20'000};

/// Asks git about one directory.
class repository {
  public:
    repository(const std::string& directory, std::map<std::string, std::string> environment)
        : directory_(directory), environment_(std::move(environment)) {
        // Only looking: no lock is taken, nothing is asked, and the directory decides, not a hook's
        // environment that this may run in.
        environment_["GIT_OPTIONAL_LOCKS"] = "0";
        environment_["GIT_TERMINAL_PROMPT"] = "0";
        environment_["LC_ALL"] = "C";
        for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}) {
            environment_.erase(name);
        }
    }

    /// What a command prints; nothing where there is no git or no repository.
    [[nodiscard]] result<std::optional<std::string>> ask(std::vector<std::string> words) const {
        auto done = run(words, error_output::dropped);
        if (!done) {
            return is_missing(done.error()) ? result<std::optional<std::string>>(std::nullopt)
                                            : done.error();
        }
        if (done->exit_status == 0) {
            return std::optional(std::move(done->bytes));
        }
        return why(words);
    }

  private:
    static bool is_missing(const failure& what) { return what.kind() == errc::not_found; }

    [[nodiscard]] result<captured_output> run(std::vector<std::string> words,
                                              error_output errors) const {
        words.insert(words.begin(), {"git", "-C", directory_});
        return capture_program(words, environment_, patience, errors);
    }

    // Asked once more for the reason: the first time, only the answer was wanted.
    [[nodiscard]] result<std::optional<std::string>>
    why(const std::vector<std::string>& words) const {
        auto again = run(words, error_output::merged);
        if (!again) {
            return again.error();
        }
        const std::string& text = again->bytes;
        for (const char* none : {"not a git repository", "must be run in a work tree",
                                 "Needed a single revision", "unknown revision"}) {
            if (text.find(none) != std::string::npos) {
                return std::optional<std::string>();
            }
        }
        const auto end = std::min(text.find_last_not_of("\r\n") + 1, text.size());
        return failure(errc::io_failed,
                       "git cannot tell about " + directory_ + ": " +
                           (end == 0 ? "exit code " + std::to_string(again->exit_status)
                                     : text.substr(0, end)));
    }

    const std::string& directory_;
    std::map<std::string, std::string> environment_;
};

/// The names of a listing with `-z`; nothing as `ask`.
result<std::optional<std::set<std::string>>> names_in(const repository& git,
                                                      std::vector<std::string> words) {
    const auto listing = git.ask(std::move(words));
    if (!listing) {
        return listing.error();
    }
    if (!*listing) {
        return std::optional<std::set<std::string>>();
    }
    std::set<std::string> out;
    const std::string& names = **listing;
    for (std::size_t at = 0; at < names.size();) {
        const auto end = std::min(names.find('\0', at), names.size());
        out.insert(names.substr(at, end - at));
        at = end + 1;
    }
    return std::optional(std::move(out));
}

} // namespace

result<std::optional<std::set<std::string>>>
git_files(const std::string& directory, const std::map<std::string, std::string>& environment) {
    return names_in(repository(directory, environment),
                    {"ls-files", "-z", "--cached", "--others", "--exclude-standard"});
}

result<std::optional<std::set<std::string>>>
git_committed_files(const std::string& directory,
                    const std::map<std::string, std::string>& environment) {
    const repository git(directory, environment);
    auto committed = names_in(git, {"ls-files", "-z", "--cached"});
    if (!committed || !*committed) {
        return committed;
    }
    const std::vector<std::string> changes[] = {
        {"ls-files", "-z", "--modified"}, {"diff", "-z", "--cached", "--name-only", "--relative"}};
    for (const auto& words : changes) {
        const auto changed = names_in(git, words);
        if (!changed || !*changed) {
            return changed;
        }
        for (const auto& name : **changed) {
            (*committed)->erase(name);
        }
    }
    return committed;
}

result<std::optional<std::string>>
git_commit(const std::string& directory, const std::map<std::string, std::string>& environment) {
    const repository git(directory, environment);
    auto head = git.ask({"rev-parse", "--verify", "HEAD"});
    if (!head || !*head) {
        return head;
    }
    std::string hash = std::move(**head);
    hash.erase(std::min(hash.find_last_not_of("\r\n") + 1, hash.size()));
    // The work tree's state, as Guild asks for it: of the whole repository.
    const auto status = git.ask({"status", "--porcelain"});
    if (!status) {
        return status.error();
    }
    return std::optional("git:" + hash + (*status && !(*status)->empty() ? "*" : ""));
}

} // namespace outrider
