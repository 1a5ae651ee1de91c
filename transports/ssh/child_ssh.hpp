#pragma once

#include "engine/remotes/byte_stream.hpp"
#include "transports/process/child_stream.hpp"
#include "transports/ssh/failed_try.hpp"
#include "transports/ssh/hop.hpp"
#include "transports/ssh/prompter.hpp"
#include "transports/ssh/time_budget.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outrider::ssh {

class child_master;

/// Whom a child `ssh` shall reach, and why it has to be a child.
struct child_request {
    const hop& to;
    const std::map<std::string, std::string>& environment;
    std::string why;                       ///< "a key of the ssh agent"
    std::shared_ptr<child_master> through; ///< the jump host before; none: as `ssh` itself goes
};

/// A private directory for a control socket; removed with it.
class socket_directory {
  public:
    explicit socket_directory(std::string path) : path_(std::move(path)) {}
    socket_directory(socket_directory&& other) noexcept : path_(std::exchange(other.path_, "")) {}
    socket_directory& operator=(socket_directory&&) = delete;
    ~socket_directory();
    [[nodiscard]] std::string socket() const { return path_ + "/control"; }

  private:
    std::string path_;
};

/// OpenSSH's own program that holds a connection on a private control socket. Each shell is one
/// `ssh` more, which goes through it; so does each connection to a machine behind it, if it is a
/// jump host. It ends with its last holder.
class child_master {
  public:
    child_master(const child_request& request, socket_directory directory,
                 std::unique_ptr<child_stream> process);

    [[nodiscard]] bool alive() const;
    [[nodiscard]] const std::string& label() const { return name_; }
    [[nodiscard]] awaitable<result<std::unique_ptr<byte_stream>>> open_shell() const;
    /// The ProxyCommand that leads through it.
    [[nodiscard]] std::string carry_command() const;
    [[nodiscard]] awaitable<void> close();

  private:
    [[nodiscard]] std::vector<std::string> client_command() const;

    std::string name_;
    std::string host_;
    std::map<std::string, std::string> environment_;
    socket_directory directory_;
    std::unique_ptr<child_stream> process_;
    std::shared_ptr<child_master> through_;
};

/// Connects by a child `ssh`. It asks nothing: where a person would have to answer, it fails. Host
/// keys are checked by `ssh` itself under the same policy and files.
[[nodiscard]] awaitable<result<std::shared_ptr<child_master>>>
connect_by_child(child_request request, prompter& who, time_budget& budget);

/// What `ssh` means by its last words.
[[nodiscard]] errc classify_ssh_words(std::string_view words);
/// How far it came, by the same words.
[[nodiscard]] failed_try failed_child(std::string_view words);

} // namespace outrider::ssh
