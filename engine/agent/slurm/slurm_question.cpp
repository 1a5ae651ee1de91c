#include "engine/agent/slurm/slurm_question.hpp"

#include "engine/agent/slurm/slurm_answers.hpp"
#include "engine/runs/process_identity.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_slurm_answer = std::size_t{64} << 20;
/// Between two looks for the end of a program whose output has ended, or which left a daemon that
/// holds it.
constexpr auto end_interval = 10ms;
constexpr auto left_output_limit = 500ms;

// In memory: what is submitted is nobody's to read.
descriptor as_standard_input(const std::string& text) {
    descriptor file(::memfd_create("outrider-script", MFD_CLOEXEC));
    std::string_view rest = text;
    while (file && !rest.empty()) {
        const auto put = ::write(file.get(), rest.data(), rest.size());
        if (put <= 0) {
            return {};
        }
        rest.remove_prefix(static_cast<std::size_t>(put));
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

} // namespace

std::string slurm_answer::why_not() const {
    if (!answered) {
        return trouble;
    }
    auto said = words_of_failure(output);
    return said.empty() ? "it ended with exit code " + std::to_string(exit_status) : said;
}

slurm_question::slurm_question(const std::vector<std::string>& words,
                               const environment_map& environment, std::chrono::milliseconds limit,
                               const std::string& input)
    : name_(words.front()), deadline_(clock::now() + limit) {
    answer_.asked_us = now_us();
    const auto standard_input = input.empty() ? descriptor() : as_standard_input(input);
    auto program = child_program::start({.words = words,
                                         .directory = "/",
                                         .environment = environment,
                                         .input = standard_input.get()});
    if (!program) {
        answer_.trouble = program.error().context;
        return;
    }
    program_ = std::move(*program);
    events_ = std::make_unique<event_set>();
    events_->add(program_->output());
    if (program_->end_watch() >= 0) {
        events_->add(program_->end_watch());
    }
}

void slurm_question::take_output() {
    std::array<char, 65536> piece;
    while (open_) {
        const auto got = ::read(program_->output(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return;
        }
        if (got == 0) {
            open_ = false;
            events_->remove(program_->output());
            return;
        }
        const auto room =
            longest_slurm_answer - std::min(answer_.output.size(), longest_slurm_answer);
        answer_.output.append(piece.data(), std::min(room, static_cast<std::size_t>(got)));
    }
}

std::optional<slurm_answer> slurm_question::poll() {
    if (!program_) {
        return answer_;
    }
    const auto status = program_->exit_status(); // first: its output is there then
    take_output();
    const auto now = clock::now();
    if (status) {
        ended_by_ = ended_by_.value_or(now + left_output_limit);
        if (open_ && now < *ended_by_) {
            return std::nullopt;
        }
        answer_.answered = true;
        answer_.exit_status = *status;
        program_.reset();
        return answer_;
    }
    if (now >= deadline_) {
        answer_.trouble = name_ + " does not answer";
        program_.reset();
        return answer_;
    }
    return std::nullopt;
}

const std::string& slurm_question::said() {
    if (program_) {
        take_output();
    }
    return answer_.output;
}

job_wait slurm_question::wait() const {
    if (!program_) {
        return {.deadline = clock::now()};
    }
    const bool ending = !open_ || ended_by_;
    return {.readable_fd = ending ? std::nullopt : std::optional(events_->get()),
            .deadline = ending ? std::min(deadline_, clock::now() + end_interval) : deadline_};
}

} // namespace outrider::agent
