#include "tests/support/outrider_program.hpp"

#include "tests/support/eventually.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace outrider::testing {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts) {
        out.push_back(text.data());
    }
    out.push_back(nullptr);
    return out;
}

// The input is short: a pipe takes it whole.
int filled_pipe(const std::string& input) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0 ||
        ::write(ends[1], input.data(), input.size()) != static_cast<ssize_t>(input.size())) {
        throw std::runtime_error("no pipe");
    }
    ::close(ends[1]);
    return ends[0];
}

[[noreturn]] void execute(const std::string& executable, char** words, char** environment,
                          const std::string& directory) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // it goes with the test however that ends
    ::setsid();
    ::close_range(3, ~0U, 0);
    if (::chdir(directory.c_str()) == 0) {
        ::execve(executable.c_str(), words, environment);
    }
    ::_exit(126);
}

bool names(const std::string& process, const std::string& text) {
    return read_file(process + "/environ").find(text) != std::string::npos ||
           read_file(process + "/cmdline").find(text) != std::string::npos;
}

template <class Chosen>
std::vector<pid_t> processes_where(Chosen chosen) {
    std::vector<pid_t> found;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (read.ec == std::errc() && pid != ::getpid() && chosen(entry.path().string())) {
            found.push_back(pid);
        }
    }
    return found;
}

} // namespace

running_program::running_program(const std::string& executable,
                                 const std::vector<std::string>& words,
                                 const std::map<std::string, std::string>& environment,
                                 const std::string& directory, const std::string& input) {
    std::vector<std::string> arguments{executable};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment) {
        variables.push_back(name + '=' + value);
    }
    const auto argv = pointers(arguments);
    const auto envp = pointers(variables);
    const int in = filled_pipe(input);
    int out[2];
    int err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(in, 0);
        ::dup2(out[1], 1);
        ::dup2(err[1], 2);
        execute(executable, const_cast<char**>(argv.data()), const_cast<char**>(envp.data()),
                directory);
    }
    for (const int end : {in, out[1], err[1]}) {
        ::close(end);
    }
    out_ = out[0];
    err_ = err[0];
}

running_program::running_program(running_program&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)), result_(std::move(other.result_)) {}

running_program::~running_program() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        reap();
    }
    ::close(out_);
    ::close(err_);
}

void running_program::signal(int number) const {
    ::kill(pid_, number);
}

void running_program::reap() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    pid_ = -1;
}

// False at the end of both streams.
bool running_program::read_some(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    std::array<pollfd, 2> streams{pollfd{.fd = out_, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = err_, .events = POLLIN, .revents = 0}};
    if (left.count() <= 0 || ::poll(streams.data(), 2, static_cast<int>(left.count())) == 0) {
        throw std::runtime_error("outrider is too slow; standard output:\n" + result_.out +
                                 "\nstandard error:\n" + result_.err);
    }
    std::array<char, 65536> piece;
    for (auto [each, end, text] : {std::tuple(streams[0], &out_, &result_.out),
                                   std::tuple(streams[1], &err_, &result_.err)}) {
        if (each.revents == 0) {
            continue;
        }
        const auto got = ::read(each.fd, piece.data(), piece.size());
        if (got > 0) {
            text->append(piece.data(), static_cast<std::size_t>(got));
        } else {
            ::close(*end);
            *end = -1;
        }
    }
    return out_ >= 0 || err_ >= 0;
}

void running_program::wait_for(const std::string& stream, const std::string& text,
                               std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (stream.find(text) == std::string::npos) {
        if (!read_some(deadline)) {
            throw std::runtime_error("outrider ended without saying '" + text +
                                     "'; standard output:\n" + result_.out + "\nstandard error:\n" +
                                     result_.err);
        }
    }
}

void running_program::wait_for_out(const std::string& text, std::chrono::seconds limit) {
    wait_for(result_.out, text, limit);
}

void running_program::wait_for_err(const std::string& text, std::chrono::seconds limit) {
    wait_for(result_.err, text, limit);
}

void running_program::wait_until(const std::function<bool()>& holds, std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (!read_some(deadline)) {
            throw std::runtime_error("outrider ended too early; standard output:\n" + result_.out +
                                     "\nstandard error:\n" + result_.err);
        }
    }
}

int running_program::unread() const {
    int bytes = 0;
    return ::ioctl(out_, FIONREAD, &bytes) == 0 ? bytes : 0;
}

program_result running_program::finish(std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (out_ >= 0 || err_ >= 0) {
        read_some(deadline);
    }
    reap();
    return result_;
}

outrider_program::outrider_program() {
    for (const auto& each : {home(), guild_home(), project()}) {
        std::filesystem::create_directories(each);
    }
    environment = {{"HOME", home()},
                   {"GUILD_HOME", guild_home()},
                   {"GUILD_CONFIG", config()},
                   {"XDG_CACHE_HOME", directory_ / "cache"},
                   {"OUTRIDER_SCRATCH", directory_ / "scratch"},
                   {"OUTRIDER_SOCKET", directory_ / "run/serve.sock"},
                   {"XDG_STATE_HOME", directory_ / "state"},
                   {"XDG_CONFIG_HOME", directory_ / "settings"},
                   {"PATH", "/usr/local/bin:/usr/bin:/bin"},
                   {"LANG", "C.UTF-8"},
                   {"TZ", "UTC"},
                   {"USER", "tester"}};
    working_directory = project();
}

outrider_program::~outrider_program() {
    end_processes_of(directory_.path());
}

program_result outrider_program::run(const std::vector<std::string>& words,
                                     const std::string& input) const {
    running_program program(OUTRIDER_PROGRAM, words, environment, working_directory, input);
    return program.finish(std::chrono::seconds(60));
}

running_program outrider_program::start(const std::vector<std::string>& words) const {
    return {OUTRIDER_PROGRAM, words, environment, working_directory, ""};
}

program_result outrider_program::run_as(const std::string& name,
                                        const std::vector<std::string>& words) const {
    std::filesystem::create_directories(directory_ / "bin");
    const std::string link = directory_ / ("bin/" + name);
    if (!std::filesystem::is_symlink(link)) {
        std::filesystem::create_symlink(OUTRIDER_PROGRAM, link);
    }
    return running_program(link, words, environment, working_directory, "").finish();
}

void outrider_program::write_project_file(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = std::filesystem::path(project()) / name;
    std::filesystem::create_directories(path.parent_path());
    write_file(path, text, 0644);
}

void end_processes_of(const std::string& directory) {
    const auto left = [&] {
        return processes_where([&](const std::string& each) { return names(each, directory); });
    };
    eventually(
        "the processes of a test are gone",
        [&] {
            const auto found = left();
            for (const pid_t each : found) {
                ::kill(each, SIGKILL);
            }
            return found.empty();
        },
        10);
}

std::vector<pid_t> processes_with(const std::string& text) {
    return processes_where([&](const std::string& each) {
        return read_file(each + "/cmdline").find(text) != std::string::npos;
    });
}

} // namespace outrider::testing
