#pragma once

#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"
#include "transports/ssh/ssh_remote.hpp"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace outrider::testing {

/// How the server differs from a plain one.
struct ssh_server_options {
    std::vector<std::string> config_lines;          ///< for sshd_config, before ours: they win
    std::map<std::string, std::string> environment; ///< of sessions, besides HOME (`SetEnv`)
};

/// A private OpenSSH server on loopback: its own host key, user key, authorized_keys and home
/// directory, all in one temporary directory that goes with it. It never touches ~/.ssh and runs
/// as any user, root included. The constructor returns when the server listens; the destructor
/// ends the server, all of its sessions, and what they left running in them.
///
///     ssh_server server;
///     ssh_remote there = server.remote_named("gpu1");   // accepts this server's key, uses its
///     user key
class ssh_server {
  public:
    explicit ssh_server(ssh_server_options options = {});
    ssh_server(const ssh_server&) = delete;
    ssh_server& operator=(const ssh_server&) = delete;
    ~ssh_server();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// HOME of the sessions: an empty directory at first.
    [[nodiscard]] std::string home() const { return directory_ / "home"; }
    /// For files of the test that go with the server.
    [[nodiscard]] const temporary_directory& directory() const { return directory_; }
    /// The private key that the server accepts; `.pub` beside it.
    [[nodiscard]] std::string user_key() const { return directory_ / "user_key"; }
    [[nodiscard]] std::string authorized_keys() const { return directory_ / "authorized_keys"; }
    /// A known_hosts file that holds the key the server had at the start.
    [[nodiscard]] std::string known_hosts() const { return directory_ / "known_hosts"; }
    /// "[127.0.0.1]:PORT ssh-ed25519 AAAA…\n" of the present host key.
    [[nodiscard]] std::string known_hosts_text() const;
    /// "SHA256:…" of the present host key, as `ssh-keygen -l` says it.
    [[nodiscard]] std::string fingerprint() const;
    /// The server's log so far.
    [[nodiscard]] std::string log() const { return read_file(directory_ / "sshd.log"); }
    /// The login name of whoever runs the test.
    [[nodiscard]] static std::string user();

    /// A remote that reaches this server: `ssh-config: none`, its user key, its known_hosts.
    [[nodiscard]] ssh_remote remote_named(std::string name) const;
    /// A block for an ssh configuration: `Host ALIAS` with all that is needed.
    [[nodiscard]] std::string config_block(const std::string& alias) const;

    /// A ProxyCommand that carries a connection to any host and port.
    [[nodiscard]] std::string relay_command() const;

    /// Ends the listening server and all sessions at once (SIGKILL).
    void kill();
    /// Ends the sessions only; the server listens on.
    void kill_sessions();
    /// Stops the sessions (SIGSTOP): they answer TCP and nothing else.
    void freeze_sessions();
    void thaw_sessions();
    /// Stops the listening server as well: a connect is accepted by the kernel and never answered.
    void freeze();
    void thaw();
    /// Starts it again on the same port, after `kill`.
    void start();
    /// Makes another host key, for the next `start`.
    void change_host_key();

  private:
    void write_config(const ssh_server_options& options) const;
    [[nodiscard]] std::vector<pid_t> sessions() const;
    void signal_sessions(int number) const;

    temporary_directory directory_;
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
};

/// Makes a key pair PATH, PATH.pub by ssh-keygen.
void make_key(const std::string& path, const std::string& type = "ed25519",
              const std::string& passphrase = "");
/// Runs a program to its end; throws when it fails. Gives its standard output.
std::string run_program(const std::vector<std::string>& command);
/// A port of the loopback address that nobody listens on at the moment.
[[nodiscard]] std::uint16_t free_port();

} // namespace outrider::testing
