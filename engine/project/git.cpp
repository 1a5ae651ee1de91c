#include "engine/project/git.hpp"

#include "engine/project/captured_program.hpp"

#include <algorithm>

namespace outrider {
namespace {

constexpr std::chrono::milliseconds patience{20'000};

std::optional<std::string> git(const std::string& directory,
                               std::map<std::string, std::string> environment,
                               std::vector<std::string> words) {
    // Only looking: no lock is taken, nothing is asked, and the directory decides, not a hook's
    // environment that this may run in.
    environment["GIT_OPTIONAL_LOCKS"] = "0";
    environment["GIT_TERMINAL_PROMPT"] = "0";
    environment["LC_ALL"] = "C";
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}) {
        environment.erase(name);
    }
    words.insert(words.begin(), {"git", "-C", directory});
    auto done = capture_program(words, environment, patience);
    if (!done || done->exit_status != 0) {
        return std::nullopt;
    }
    return std::move(done->bytes);
}

} // namespace

std::optional<std::set<std::string>>
git_files(const std::string& directory, const std::map<std::string, std::string>& environment) {
    const auto listing = git(directory, environment,
                             {"ls-files", "-z", "--cached", "--others", "--exclude-standard"});
    if (!listing) {
        return std::nullopt;
    }
    std::set<std::string> out;
    for (std::size_t at = 0; at < listing->size();) {
        const auto end = std::min(listing->find('\0', at), listing->size());
        out.insert(listing->substr(at, end - at));
        at = end + 1;
    }
    return out;
}

std::optional<std::string> git_commit(const std::string& directory,
                                      const std::map<std::string, std::string>& environment) {
    auto head = git(directory, environment, {"rev-parse", "--verify", "HEAD"});
    if (!head) {
        return std::nullopt;
    }
    head->erase(std::min(head->find_last_not_of("\r\n") + 1, head->size()));
    // The work tree's state, as Guild asks for it: of the whole repository.
    const auto status = git(directory, environment, {"status", "--porcelain"});
    return "git:" + *head + (status && !status->empty() ? "*" : "");
}

} // namespace outrider
