#include "cli/pager.hpp"

#include "cli/child_program.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/text/shell_words.hpp"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace outrider::cli {

std::vector<std::string> pager_words(const std::map<std::string, std::string>& environment) {
    const auto set = environment.find("PAGER");
    if (set == environment.end()) {
        return {"less", "-R"};
    }
    const auto words = shell_split(set->second);
    if (!words || words->empty() || *words == std::vector<std::string>{"cat"}) {
        return {};
    }
    return *words;
}

std::optional<pager> pager::start(const std::map<std::string, std::string>& environment) {
    auto words = pager_words(environment);
    std::array<int, 2> ends{};
    if (words.empty() || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    const descriptor input(ends[0]);
    const descriptor output(ends[1]);
    const auto child =
        start_program({.words = std::move(words), .directory = {}, .input = input.get()});
    if (!child || ::dup2(output.get(), STDOUT_FILENO) < 0) {
        return std::nullopt; // the bytes come without a pager
    }
    return pager(*child);
}

pager::pager(pager&& other) noexcept : child_(std::exchange(other.child_, -1)) {}

pager::~pager() {
    if (child_ > 0) {
        ::close(STDOUT_FILENO);
        std::ignore = wait_for_program(child_); // however it ends, the person has seen enough
    }
}

} // namespace outrider::cli
