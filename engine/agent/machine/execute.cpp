#include "engine/agent/machine/activation.hpp"
#include "engine/agent/machine/child_program.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/runs/run_paths.hpp"

#include <array>
#include <cerrno>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

/// How long the output of a program that has ended is still taken: a daemon that it left behind may
/// hold the pipe open.
constexpr auto drain_limit = 500ms;
/// Between two looks for the end where the kernel does not tell of it.
constexpr auto look_interval = 20ms;
/// Most that one call of `advance` sends, bytes: other requests get their turn.
constexpr std::size_t slice = std::size_t{512} << 10;

// No other variables: words may be code of a shell that has its own.
std::string with_home(std::string_view text, const std::string& home) {
    constexpr std::string_view variable = "${home}";
    std::string out;
    for (auto at = text.find(variable); at != text.npos; at = text.find(variable)) {
        out.append(text.substr(0, at)).append(home);
        text.remove_prefix(at + variable.size());
    }
    return out.append(text);
}

/// Runs the activation code, then the program, passes on what it prints, and replies when it has
/// ended. Its end, for whatever reason, kills the process group of the program.
class execute_job final : public job {
  public:
    execute_job(const agent_context& context, protocol::execute request, reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {}

    std::optional<job_wait> advance() override;
    void cancel() override { cancelled_ = true; }

  private:
    enum class step { activate, start, pass_on, done };

    result<job_wait> take();
    result<job_wait> activate();
    result<job_wait> start();
    result<job_wait> pass_on();
    bool send_slice();
    job_wait wait() const;

    const agent_context& context_;
    protocol::execute request_;
    reply_channel channel_;
    step step_ = step::activate;
    std::unique_ptr<activation> activation_;
    environment_map environment_;
    std::unique_ptr<child_program> program_;
    event_set events_;
    bool output_open_ = true;
    std::optional<clock::time_point> drained_by_; // once the program has ended
    bool cancelled_ = false;
};

std::optional<job_wait> execute_job::advance() {
    if (cancelled_) {
        program_.reset(); // before the answer: whoever hears of it finds nothing running
        channel_.fail({errc::cancelled, "the program was killed: nobody waits for it any more"});
        return std::nullopt;
    }
    for (;;) {
        const step before = step_;
        auto wait = take();
        if (!wait) {
            channel_.fail(wait.error());
            return std::nullopt;
        }
        if (step_ == step::done) {
            return std::nullopt;
        }
        if (step_ == before) {
            return *wait;
        }
    }
}

result<job_wait> execute_job::take() {
    switch (step_) {
    case step::activate:
        return activate();
    case step::start:
        return start();
    case step::pass_on:
    case step::done:
        break;
    }
    return pass_on();
}

result<job_wait> execute_job::activate() {
    if (request_.activation.empty()) {
        environment_ = inherited_environment();
        step_ = step::start;
        return job_wait{};
    }
    if (!activation_) {
        auto begun =
            activation::begin(request_.activation, context_.executable, context_.machine.home);
        if (!begun) {
            return begun.error();
        }
        activation_ = std::move(*begun);
    }
    auto activated = activation_->poll();
    if (!activated) {
        return activated.error();
    }
    if (!activated->has_value()) {
        return activation_->wait();
    }
    environment_ = std::move(**activated);
    activation_.reset();
    step_ = step::start;
    return job_wait{};
}

result<job_wait> execute_job::start() {
    const std::string home = resolve_home(request_.home, context_.machine.home).native();
    program_start what;
    for (const auto& word : request_.words) {
        what.words.push_back(with_home(word, home));
    }
    what.directory = request_.directory.empty()
                         ? context_.machine.home
                         : (fs::path(context_.machine.home) / request_.directory).native();
    what.environment = std::move(environment_);
    what.environment.erase("_");
    what.environment.erase("OLDPWD");
    what.environment.insert_or_assign("GUILD_HOME", home);
    what.environment.insert_or_assign("PWD", what.directory);
    for (const auto& [name, value] : request_.environment) {
        what.environment.insert_or_assign(name, value);
    }
    auto program = child_program::start(what);
    if (!program) {
        return program.error();
    }
    program_ = std::move(*program);
    events_.add(program_->output());
    if (program_->end_watch() >= 0) {
        events_.add(program_->end_watch());
    }
    step_ = step::pass_on;
    return job_wait{};
}

result<job_wait> execute_job::pass_on() {
    // Looked at before the pipe, so that what was printed before the end is read below.
    const auto exit_status = program_->exit_status();
    if (exit_status && !drained_by_) {
        drained_by_ = clock::now() + drain_limit;
        if (program_->end_watch() >= 0) {
            events_.remove(program_->end_watch()); // would be readable for ever
        }
    }
    if (channel_.congested()) {
        return job_wait{.drained = true};
    }
    if (output_open_ && !send_slice()) {
        return job_wait{.deadline = clock::now()}; // more is there; others first
    }
    if (exit_status && (!output_open_ || clock::now() >= *drained_by_)) {
        program_.reset();
        channel_.reply(protocol::execute_reply{.exit_status = *exit_status});
        step_ = step::done;
    }
    return wait();
}

// False while more is there to read.
bool execute_job::send_slice() {
    std::array<char, protocol::data_payload> piece;
    for (std::size_t sent = 0; sent < slice && !channel_.congested();) {
        const auto got = ::read(program_->output(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && errno == EAGAIN) {
            return true;
        }
        if (got <= 0) {
            output_open_ = false;
            events_.remove(program_->output()); // at its end it would be readable for ever
            return true;
        }
        channel_.data({piece.data(), static_cast<std::size_t>(got)});
        sent += static_cast<std::size_t>(got);
    }
    return false;
}

job_wait execute_job::wait() const {
    job_wait out{.readable_fd = events_.get()};
    if (drained_by_) {
        out.deadline = drained_by_;
    } else if (program_ && program_->end_watch() < 0) {
        out.deadline = clock::now() + look_interval;
    }
    return out;
}

} // namespace

std::unique_ptr<job> make_execute_job(const agent_context& context, protocol::execute request,
                                      reply_channel channel) {
    return std::make_unique<execute_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
