#include "cli/serve.hpp"

#include "cli/exit_codes.hpp"
#include "cli/interrupts.hpp"
#include "cli/render/renderer.hpp"
#include "cli/service_unit.hpp"
#include "transports/every_transport.hpp"
#include "transports/http/http_server.hpp"
#include "transports/http/service_client.hpp"
#include "transports/http/service_socket.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <ostream>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace outrider::cli {
namespace {

std::string log_directory(const std::map<std::string, std::string>& environment) {
    const auto text = [&](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    };
    const auto state = text("XDG_STATE_HOME");
    return (state.starts_with('/') ? state : text("HOME") + "/.local/state") + "/outrider";
}

// A service belongs to no project and no terminal.
command_context usual_context(const command_context& caller) {
    command_context usual = caller;
    const auto home = caller.environment.find("HOME");
    usual.directory = home != caller.environment.end() && home->second.starts_with('/')
                          ? home->second
                          : std::string("/");
    usual.at_terminal = false;
    usual.assume_yes = false;
    return usual;
}

int serve_here(const invocation& asked, const command_context& context, std::ostream& err) {
    const auto& wanted = asked.own.serve;
    const auto socket = service_socket(context.environment);
    auto place = take_socket(socket);
    if (!place) {
        err << error_text(place.error(), asked) << std::flush;
        return failed_exit_code;
    }
    if (asked.verbosity == 0 && !asked.debug && !asked.quiet) {
        spdlog::default_logger()->set_level(spdlog::level::info);
    }
    spdlog::default_logger()->flush_on(spdlog::level::info);
    bool listened = false;
    http_server_options options;
    options.socket = socket;
    options.place = std::move(*place);
    options.usual = usual_context(context);
    options.grace = std::chrono::seconds(static_cast<std::int64_t>(wanted.timeout));
    if (wanted.port) {
        options.port = static_cast<std::uint16_t>(*wanted.port);
    }
    options.listening = [&](std::optional<std::uint16_t> port) {
        listened = true;
        spdlog::info("serving at {} (pid {})", socket, ::getpid());
        if (port) {
            spdlog::info("serving at http://127.0.0.1:{}, token in {}; '{} serve status' shows a "
                         "link for a browser",
                         *port, token_file(socket), asked.program);
        }
    };
    const auto access = make_service_engine(std::move(options), context.environment);
    {
        const interrupts heard([&](int number, int count) {
            constexpr int first_signal_exit_code = 128;
            constexpr int patience = 2; // the first asks, the second forces
            if (count > patience) {
                ::_exit(first_signal_exit_code + number);
            }
            access->interrupt();
        });
        access->run();
    }
    if (listened) {
        spdlog::info("the service has ended");
    }
    return listened ? succeeded_exit_code : failed_exit_code;
}

// The same program again, in a session of its own, with the log as its output.
result<pid_t> start_detached(const invocation& asked, const std::string& log) {
    const auto& wanted = asked.own.serve;
    std::error_code failed;
    auto program = std::filesystem::read_symlink("/proc/self/exe", failed).string();
    if (failed) {
        return failure(errc::io_failed, "this program cannot be found: " + failed.message());
    }
    std::vector<std::string> words{program, "serve", "--timeout",
                                   std::to_string(static_cast<std::int64_t>(wanted.timeout))};
    if (wanted.port) {
        words.insert(words.end(), {"--listen", std::to_string(*wanted.port)});
    }
    for (int i = 0; i < asked.verbosity; ++i) {
        words.emplace_back("-v");
    }
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, S_IRUSR | S_IWUSR);
    ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_addchdir_np(&actions, "/");
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    pid_t child = -1;
    const int error =
        ::posix_spawn(&child, program.c_str(), &actions, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        return errno_failure(error, "the service cannot be started");
    }
    return child;
}

// Whether the service answers; an error where the process has ended instead.
result<> wait_until_it_answers(pid_t child, const std::string& socket, const std::string& log) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
        if (auto service = service_connection::open(socket)) {
            if (good_body(service->ask("GET", "/healthz"))) {
                return {};
            }
        }
        int status = 0;
        if (::waitpid(child, &status, WNOHANG) == child) {
            return failure(errc::io_failed, "the service has ended at once: see " + log);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return failure(errc::timed_out, "the service does not answer: see " + log);
}

int detach(const invocation& asked, const command_context& context, std::ostream& err) {
    const auto fail = [&](const failure& why) {
        err << error_text(why, asked) << std::flush;
        return failed_exit_code;
    };
    const auto socket = service_socket(context.environment);
    const auto directory = log_directory(context.environment);
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed) {
        return fail({errc::io_failed, directory + ": " + failed.message()});
    }
    // Found out here, so that it is said here; the service takes the place again.
    if (auto place = take_socket(socket); !place) {
        return fail(place.error());
    }
    const auto log = directory + "/serve.log";
    const auto child = start_detached(asked, log);
    if (!child) {
        return fail(child.error());
    }
    if (auto answers = wait_until_it_answers(*child, socket, log); !answers) {
        return fail(answers.error());
    }
    if (!asked.quiet) {
        err << "Service started (pid " << *child << "); its log is " << log << '\n' << std::flush;
    }
    return succeeded_exit_code;
}

} // namespace

int serve(const invocation& asked, const command_context& context, std::ostream& out,
          std::ostream& err) {
    if (asked.own.serve.install) {
        const auto installed = install_service_unit(asked.own.serve, context.environment);
        if (!installed) {
            err << error_text(installed.error(), asked) << std::flush;
            return failed_exit_code;
        }
        out << "Wrote " << *installed << "\nTo start it now and at each login use\n"
            << "  systemctl --user daemon-reload\n  systemctl --user enable --now "
               "outrider.service\n"
            << "To keep it when you log out use 'loginctl enable-linger'\n"
            << std::flush;
        return succeeded_exit_code;
    }
    return asked.own.serve.detach ? detach(asked, context, err) : serve_here(asked, context, err);
}

} // namespace outrider::cli
