#include "transports/ssh/child_ssh.hpp"

#include "engine/core/find_program.hpp"
#include "engine/reactor/deadline.hpp"
#include "transports/ssh/config_file.hpp"
#include "transports/ssh/host_key_check.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace outrider::ssh {
namespace {

/// What the local command prints once the connection stands and the control socket listens.
constexpr std::string_view connected_word = "outrider-connected";
constexpr std::chrono::seconds master_end{2};

result<socket_directory> make_socket_directory(const child_request& request) {
    // A path of a socket has at most 107 bytes: TMPDIR may be too deep.
    const auto runtime = request.environment.find("XDG_RUNTIME_DIR");
    for (const std::string& base :
         {runtime == request.environment.end() ? std::string() : runtime->second,
          std::string("/tmp")}) {
        std::string pattern = base + "/outrider-ssh-XXXXXX";
        if (!base.empty() && base.size() < 60 && ::mkdtemp(pattern.data()) != nullptr) {
            return socket_directory(pattern);
        }
    }
    return failure(errc::io_failed, request.to.to.name + ": cannot make a directory in /tmp");
}

/// A value of an option that is a list of paths.
std::string path_list(const std::vector<std::string>& paths, bool tokens) {
    return paths.empty() ? "none" : quoted_arguments(paths, tokens);
}

std::string strictness(const child_request& request) {
    const auto policy =
        effective_policy(request.to.to.host_keys, request.to.config.strict_host_key_checking);
    return policy == host_key_policy::accept_new ? "accept-new" : "yes";
}

std::vector<std::string> master_command(const child_request& request, const std::string& socket,
                                        std::chrono::milliseconds limit) {
    const ssh_remote& to = request.to.to;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
    std::vector<std::string> command{"ssh", "-N", "-T", "-S", socket};
    for (const std::string& option :
         {std::string("ControlMaster=yes"), std::string("ControlPersist=no"),
          std::string("BatchMode=yes"), std::string("PermitLocalCommand=yes"),
          "LocalCommand=echo " + std::string(connected_word), std::string("RemoteCommand=none"),
          std::string("ClearAllForwardings=yes"), std::string("ForwardX11=no"),
          std::string("ForkAfterAuthentication=no"), std::string("ServerAliveInterval=5"),
          std::string("ServerAliveCountMax=3"), "ConnectTimeout=" + std::to_string(seconds),
          "StrictHostKeyChecking=" + strictness(request),
          "UserKnownHostsFile=" + path_list(request.to.config.user_known_hosts, true),
          "GlobalKnownHostsFile=" + path_list(request.to.config.global_known_hosts, false)}) {
        command.push_back("-o" + option);
    }
    const auto add = [&command](std::initializer_list<std::string> words) {
        command.insert(command.end(), words);
    };
    const auto file = config_file_arguments(to, home_of(request.environment));
    command.insert(command.end(), file.begin(), file.end());
    if (to.port) {
        add({"-p", std::to_string(*to.port)});
    }
    if (to.user) {
        add({"-l", *to.user});
    }
    if (to.private_key) {
        add({"-oIdentityFile=" + quoted_arguments({*to.private_key}, true),
             "-oIdentitiesOnly=yes"});
    }
    if (to.proxy) {
        add({"-oProxyCommand=" + *to.proxy});
    }
    if (request.through) {
        // What the jump host's master carries takes the place of the ProxyJump that leads there.
        add({"-oProxyCommand=" + request.through->carry_command()});
    }
    add({"--", to.host});
    return command;
}

std::string phase_of(errc kind) {
    switch (kind) {
    case errc::host_key_changed:
    case errc::host_key_unknown:
        return "host key";
    case errc::authentication_failed:
        return "log in";
    case errc::resolve_failed:
        return "look up";
    case errc::bad_input:
        return "read the ssh configuration";
    default:
        return "connect";
    }
}

/// What a person can do about it; a child is never asked anything.
std::string cure_for(errc kind, const child_request& request) {
    switch (kind) {
    case errc::host_key_unknown:
        return "; compare the key, and connect once by `ssh " + request.to.to.host +
               "` to record it";
    case errc::authentication_failed:
        return ", which cannot be asked for a passphrase or password here: the ssh agent has to "
               "hold the key";
    default:
        return {};
    }
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.pop_back();
    }
    return text;
}

awaitable<result<>> wait_connected(child_stream& master) {
    std::string text;
    std::array<char, 256> piece;
    while (text.find(connected_word) == std::string::npos) {
        const auto got = co_await master.read_some(piece);
        if (!got) {
            co_return got.error();
        }
        if (*got == 0) {
            co_return failure(errc::connect_failed, "");
        }
        text.append(piece.data(), *got);
    }
    co_return result<>();
}

} // namespace

socket_directory::~socket_directory() {
    std::error_code ignored;
    if (!path_.empty()) {
        std::filesystem::remove_all(path_, ignored);
    }
}

errc classify_ssh_words(std::string_view words) {
    static constexpr std::pair<std::string_view, errc> table[] = {
        {"REMOTE HOST IDENTIFICATION HAS CHANGED", errc::host_key_changed},
        {"revoked", errc::host_key_changed},
        {"Host key verification failed", errc::host_key_unknown},
        {"Permission denied (", errc::authentication_failed},
        {"Too many authentication failures", errc::authentication_failed},
        {"Could not resolve hostname", errc::resolve_failed},
        {"timed out", errc::timed_out},
        {"Bad configuration option", errc::bad_input},
        {"Bad owner or permissions", errc::bad_input},
        {"Unable to negotiate", errc::unsupported}};
    for (const auto& [text, kind] : table) {
        if (words.find(text) != std::string_view::npos) {
            return kind;
        }
    }
    return errc::connect_failed;
}

failed_try failed_child(std::string_view words) {
    failed_try tried;
    if (words.find("Connection refused") != std::string_view::npos) {
        tried.refused = true;
    } else if (words.find("kex_exchange_identification:") != std::string_view::npos &&
               words.find("Not allowed at this time") == std::string_view::npos) {
        tried.at = failed_try::stage::key_exchange;
        tried.dropped = true;
    } else {
        tried.at = failed_try::stage::later;
    }
    return tried;
}

child_master::child_master(const child_request& request, socket_directory directory,
                           std::unique_ptr<child_stream> process)
    : name_(request.to.to.name), host_(request.to.to.host), environment_(request.environment),
      directory_(std::move(directory)), process_(std::move(process)), through_(request.through) {}

bool child_master::alive() const {
    return process_->process().running();
}

std::vector<std::string> child_master::client_command() const {
    // Without the control socket ssh would connect anew by itself, unchecked: the proxy that fails
    // keeps it from that.
    return {"ssh",
            "-T",
            "-F",
            "none",
            "-S",
            directory_.socket(),
            "-oControlMaster=no",
            "-oProxyCommand=false",
            "-oBatchMode=yes"};
}

std::string child_master::carry_command() const {
    std::string text;
    for (const auto& word : client_command()) {
        text += "'";
        for (const char c : word) {
            text += c == '%' ? "%%" : std::string(1, c);
        }
        text += "' ";
    }
    return text + "-W '[%h]:%p' jump-host";
}

awaitable<result<std::unique_ptr<byte_stream>>> child_master::open_shell() const {
    if (!alive()) {
        co_return failure(errc::connect_failed, name_ + ": open a shell: ssh has ended: " +
                                                    trimmed(process_->diagnostics()));
    }
    auto command = client_command();
    command.insert(command.end(), {"--", host_, "exec /bin/sh"});
    auto shell =
        child_stream::start(co_await asio::this_coro::executor,
                            {.command = command, .environment = environment_}, name_ + ": ssh");
    if (!shell) {
        co_return shell.error();
    }
    co_return std::unique_ptr<byte_stream>(std::move(*shell));
}

awaitable<void> child_master::close() {
    process_->process().signal(SIGTERM);
    std::ignore = co_await process_->process().wait_for(master_end); // else it is killed later
}

awaitable<result<std::shared_ptr<child_master>>>
connect_by_child(child_request request, prompter& who, time_budget& budget) {
    const std::string& name = request.to.to.name;
    if (find_program("ssh", request.environment).empty()) {
        co_return failure(errc::unsupported,
                          name + ": " + request.why +
                              " needs OpenSSH's `ssh` program, which is not installed here");
    }
    auto directory = make_socket_directory(request);
    if (!directory) {
        co_return directory.error();
    }
    auto master = child_stream::start(
        co_await asio::this_coro::executor,
        {.command = master_command(request, directory->socket(), budget.remaining()),
         .environment = request.environment},
        name + ": ssh");
    if (!master) {
        co_return master.error();
    }
    const auto stands = co_await with_deadline(
        wait_connected(**master), budget.remaining(),
        name + ": connect by ssh: no answer in time (used for " + request.why + ")");
    const std::string words = trimmed((*master)->diagnostics());
    if (!stands && stands.error().kind() == errc::connect_failed) {
        const errc kind = classify_ssh_words(words);
        co_return failure(kind, name + ": " + phase_of(kind) + ": ssh says: " + words +
                                    " (ssh is used for " + request.why + cure_for(kind, request) +
                                    ")");
    }
    if (!stands) {
        co_return stands.error();
    }
    if (words.find("Permanently added") != std::string::npos) {
        who.tell(name + ": " + words);
    }
    co_return std::make_shared<child_master>(request, std::move(*directory), std::move(*master));
}

} // namespace outrider::ssh
