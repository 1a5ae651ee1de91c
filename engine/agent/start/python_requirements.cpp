#include "engine/agent/start/python_requirements.hpp"

#include "engine/agent/machine/cache_directory.hpp"
#include "engine/agent/start/python_support.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// Longest that an environment is made: frameworks are gigabytes, and links are slow.
constexpr auto install_limit = 60min;
/// Between two looks for the end where the kernel does not tell of it.
constexpr auto install_look_interval = 50ms;
/// Lines of output that a failure tells.
constexpr std::size_t told_lines = 6;
/// What is kept of one line, bytes.
constexpr std::size_t longest_told_line = 4096;

std::string with_newlines(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) {
        out += line + "\n";
    }
    return out;
}

// An interpreter that was replaced is another one.
fs::path place_of_set(const fs::path& cache, const wanted_requirements& wanted) {
    struct stat facts{};
    ::stat(wanted.python.c_str(), &facts);
    const std::string key = wanted.python + '\0' + std::to_string(facts.st_mtim.tv_sec) + '.' +
                            std::to_string(facts.st_mtim.tv_nsec) + '\0' +
                            with_newlines(wanted.lines) + '\0' + with_newlines(wanted.constraints);
    return cache / "environments" / protocol::hash_of(key);
}

// What `ready` says while all that it relies on is there.
std::optional<std::string> programs_in(const fs::path& place) {
    const auto text = read_small_file(place / "ready");
    if (!text) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text->size();) {
        const auto end = std::min(text->find('\n', at), text->size());
        lines.push_back(text->substr(at, end - at));
        at = end + 1;
    }
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (!lines[i].empty() && ::access(lines[i].c_str(), F_OK) != 0) {
            return std::nullopt;
        }
    }
    return lines.size() < 2 ? std::nullopt : std::optional(lines.front());
}

} // namespace

result<python_requirements>
python_requirements::begin(const agent_context& context, wanted_requirements wanted,
                           const environment_map& environment,
                           std::function<void(const std::string& line)> told) {
    python_requirements out;
    out.told_ = std::move(told);
    out.place_ = place_of_set(context.machine.cache_directory, wanted);
    out.programs_ = programs_in(out.place_);
    if (!out.programs_) {
        if (auto begun = out.install(context, wanted, environment); !begun) {
            return begun.error();
        }
    }
    return out;
}

result<> python_requirements::install(const agent_context& context,
                                      const wanted_requirements& wanted,
                                      const environment_map& environment) {
    const fs::path cache = context.machine.cache_directory;
    auto support = ensure_python_support(cache);
    if (!support) {
        return support.error();
    }
    if (auto made = make_directories(place_); !made) {
        return made;
    }
    ::chmod(place_.c_str(), 0700); // an index may be named with a password
    const std::pair<const char*, const std::vector<std::string>*> files[] = {
        {"requirements.txt", &wanted.lines}, {"constraints.txt", &wanted.constraints}};
    for (const auto& [name, lines] : files) {
        const fs::path aside = place_ / (std::string(name) + std::to_string(::getpid()));
        if (auto written = replace_file(place_ / name, aside, with_newlines(*lines)); !written) {
            return written;
        }
    }
    auto program = child_program::start(
        {.words = {wanted.python, *support / "guild/install_requirements.py", place_.native()},
         .directory = place_.native(),
         .environment = environment});
    if (!program) {
        return program.error();
    }
    program_ = std::move(*program);
    events_ = std::make_unique<event_set>();
    events_->add(program_->output());
    if (program_->end_watch() >= 0) {
        events_->add(program_->end_watch());
    }
    end_ = clock::now() + install_limit;
    return {};
}

void python_requirements::read_output() {
    std::array<char, 4096> piece;
    for (;;) {
        const auto got = ::read(program_->output(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got == 0) {
            events_->remove(program_->output()); // at its end it would be readable for ever
        }
        if (got <= 0) {
            return;
        }
        for (const char c : std::string_view(piece.data(), static_cast<std::size_t>(got))) {
            if (c != '\n') {
                if (line_.size() < longest_told_line) {
                    line_.push_back(c);
                }
                continue;
            }
            told_(line_);
            lines_.push_back(std::move(line_));
            line_.clear();
            if (lines_.size() > told_lines) {
                lines_.erase(lines_.begin());
            }
        }
    }
}

result<std::optional<std::string>> python_requirements::poll() {
    if (programs_) {
        return programs_;
    }
    const auto ended = program_->exit_status(); // before its output is read
    read_output();
    if (!ended && clock::now() < end_) {
        return std::optional<std::string>();
    }
    if (ended == 0) {
        programs_ = programs_in(place_);
    }
    if (programs_) {
        return programs_;
    }
    std::string how = "did not end within an hour";
    if (ended) {
        how = *ended < 0 ? "was ended by signal " + std::to_string(-*ended)
                         : "failed with exit code " + std::to_string(*ended);
    }
    if (!line_.empty()) {
        lines_.push_back(line_);
    }
    std::string text = "the installation of the operation's requirements " + how +
                       "; install them there, or name an environment that has them by venv-path";
    for (const auto& line : lines_) {
        text += "\n" + line;
    }
    return failure(errc::start_failed, text);
}

job_wait python_requirements::wait() const {
    job_wait out{.readable_fd = events_->get()};
    out.deadline = program_->end_watch() < 0 ? clock::now() + install_look_interval : end_;
    return out;
}

} // namespace outrider::agent
