#include "tests/support/ssh_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace outrider::testing {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool listens(std::uint16_t port) {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    const bool open =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    return open;
}

std::string server_program() {
    for (const char* place : {"/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"}) {
        if (::access(place, X_OK) == 0) {
            return place;
        }
    }
    throw std::runtime_error("no OpenSSH server (sshd) here: install openssh-server");
}

struct process_facts {
    pid_t pid = 0;
    pid_t parent = 0;
};

/// Every process with its parent, from /proc/PID/stat.
std::vector<process_facts> all_processes() {
    std::vector<process_facts> all;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        process_facts facts;
        if (std::from_chars(name.data(), name.data() + name.size(), facts.pid).ec != std::errc()) {
            continue;
        }
        // The command's name may hold blanks and brackets: what follows stands after the last one.
        const std::string text = read_file(entry.path() / "stat");
        std::istringstream rest(text.substr(std::min(text.rfind(')') + 1, text.size())));
        std::string state;
        rest >> state >> facts.parent;
        all.push_back(facts);
    }
    return all;
}

/// Descendants of a process, parents first.
std::vector<pid_t> descendants(pid_t root) {
    const auto all = all_processes();
    std::vector<pid_t> found{root};
    for (std::size_t at = 0; at < found.size(); ++at) {
        for (const auto& each : all) {
            if (each.parent == found[at]) {
                found.push_back(each.pid);
            }
        }
    }
    found.erase(found.begin());
    return found;
}

} // namespace

std::string run_program(const std::vector<std::string>& command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::runtime_error("pipe2");
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    std::vector<char*> arguments;
    for (const auto& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    pid_t pid = 0;
    const int error =
        ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string output;
    std::array<char, 4096> piece;
    for (ssize_t got = 0; (got = ::read(ends[0], piece.data(), piece.size())) > 0;) {
        output.append(piece.data(), static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    if (error != 0 || ::waitpid(pid, &status, 0) != pid || status != 0) {
        throw std::runtime_error(command[0] + " failed");
    }
    return output;
}

void make_key(const std::string& path, const std::string& type, const std::string& passphrase) {
    std::filesystem::remove(path);
    // Few rounds of the key derivation keep the tests quick.
    run_program({"ssh-keygen", "-q", "-t", type, "-a", "4", "-N", passphrase, "-C", "outrider-test",
                 "-f", path});
}

std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(probe);
    return ntohs(address.sin_port);
}

std::string ssh_server::user() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

ssh_server::ssh_server(ssh_server_options options) {
    std::filesystem::create_directory(home());
    make_key(directory_ / "host_key");
    make_key(user_key());
    write_file(authorized_keys(), read_file(user_key() + ".pub"));
    if (::getuid() == 0) {
        // sshd's privilege separation insists on its directory.
        std::filesystem::create_directories("/run/sshd");
    }
    // Another process may take the port between its choice and sshd's bind: then another is tried.
    for (int attempt = 0;; ++attempt) {
        port_ = free_port();
        write_config(options);
        try {
            start();
            break;
        } catch (const std::runtime_error&) {
            if (attempt == 4) {
                throw;
            }
        }
    }
    write_file(known_hosts(), known_hosts_text());
}

ssh_server::~ssh_server() {
    kill();
}

void ssh_server::write_config(const ssh_server_options& options) const {
    std::string text = "MaxStartups 100\n"; // the one option whose last line wins
    for (const auto& line : options.config_lines) {
        text += line + '\n';
    }
    text += "Port " + std::to_string(port_) + "\nListenAddress 127.0.0.1\nHostKey " +
            (directory_ / "host_key") + "\nPidFile none\nAuthorizedKeysFile " + authorized_keys() +
            "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
            "PrintMotd no\nPrintLastLog no\nLogLevel VERBOSE\nSubsystem sftp internal-sftp\n"
            "UseDNS no\nAllowTcpForwarding yes\n"
            "SetEnv HOME=" +
            home() + " OUTRIDER_SCRATCH=" + (directory_ / "scratch");
    for (const auto& [name, value] : options.environment) {
        text += " \"" + name + '=' + value + '"'; // sshd takes only its first SetEnv line
    }
    write_file(directory_ / "sshd_config", text + '\n');
}

void ssh_server::start() {
    const std::string config = directory_ / "sshd_config";
    const std::string log_file = directory_ / "sshd.log";
    const std::string program = server_program();
    std::vector<char*> arguments;
    for (const char* word : {program.c_str(), "-D", "-f", config.c_str(), "-E", log_file.c_str()}) {
        arguments.push_back(const_cast<char*>(word));
    }
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) {
        throw std::runtime_error("cannot fork");
    }
    if (pid_ == 0) {
        // It goes with the test however that ends, and holds none of its descriptors.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::setsid();
        const int nothing = ::open("/dev/null", O_RDWR);
        for (const int number : {0, 1, 2}) {
            ::dup2(nothing, number);
        }
        ::close_range(3, ~0U, 0);
        ::execv(program.c_str(), arguments.data());
        ::_exit(127);
    }
    eventually("sshd listens", [this] {
        if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
            pid_ = -1;
            throw std::runtime_error("sshd did not start: " + log());
        }
        return listens(port_);
    });
}

std::string ssh_server::known_hosts_text() const {
    std::istringstream key(read_file(directory_ / "host_key.pub"));
    std::string type;
    std::string text;
    key >> type >> text;
    return "[127.0.0.1]:" + std::to_string(port_) + ' ' + type + ' ' + text + '\n';
}

std::string ssh_server::fingerprint() const {
    std::istringstream line(run_program({"ssh-keygen", "-l", "-f", directory_ / "host_key.pub"}));
    std::string bits;
    std::string print;
    line >> bits >> print;
    return print;
}

ssh_remote ssh_server::remote_named(std::string name) const {
    ssh_remote there;
    there.name = std::move(name);
    there.host = "127.0.0.1";
    there.port = port_;
    there.user = user();
    there.private_key = user_key();
    there.known_hosts = known_hosts();
    there.ssh_config = "none";
    return there;
}

std::string ssh_server::config_block(const std::string& alias) const {
    return "Host " + alias + "\n  HostName 127.0.0.1\n  Port " + std::to_string(port_) +
           "\n  User " + user() + "\n  IdentityFile " + user_key() +
           "\n  IdentitiesOnly yes\n  UserKnownHostsFile " + known_hosts() +
           "\n  GlobalKnownHostsFile /dev/null\n";
}

std::string ssh_server::relay_command() const {
    write_file(directory_ / "relay.py",
               "import os, socket, sys, threading\n"
               "s = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
               "def up():\n"
               "    while True:\n"
               "        b = os.read(0, 65536)\n"
               "        if not b: break\n"
               "        s.sendall(b)\n"
               "    s.shutdown(socket.SHUT_WR)\n"
               "threading.Thread(target=up, daemon=True).start()\n"
               "while True:\n"
               "    b = s.recv(65536)\n"
               "    if not b: break\n"
               "    os.write(1, b)\n");
    return "python3 " + (directory_ / "relay.py") + " %h %p";
}

std::vector<pid_t> ssh_server::sessions() const {
    return pid_ > 0 ? descendants(pid_) : std::vector<pid_t>();
}

void ssh_server::signal_sessions(int number) const {
    for (const pid_t each : sessions()) {
        ::kill(each, number);
    }
}

void ssh_server::kill() {
    if (pid_ <= 0) {
        return;
    }
    ::kill(pid_, SIGSTOP); // no new session may appear while the others are looked up
    signal_sessions(SIGKILL);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void ssh_server::kill_sessions() {
    signal_sessions(SIGKILL);
}
void ssh_server::freeze_sessions() {
    signal_sessions(SIGSTOP);
}
void ssh_server::thaw_sessions() {
    signal_sessions(SIGCONT);
}
void ssh_server::freeze() {
    ::kill(pid_, SIGSTOP);
}
void ssh_server::thaw() {
    ::kill(pid_, SIGCONT);
}
void ssh_server::change_host_key() {
    make_key(directory_ / "host_key");
}

} // namespace outrider::testing
