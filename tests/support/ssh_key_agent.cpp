#include "tests/support/ssh_key_agent.hpp"

#include "tests/support/ssh_server.hpp"

#include <csignal>
#include <filesystem>

namespace outrider::testing {

ssh_key_agent::ssh_key_agent() {
    const std::string key = directory_ / "held";
    make_key(key);
    public_key_ = read_file(key + ".pub");
    const auto started = run_program({"ssh-agent", "-s", "-a", socket()});
    const std::string name = "SSH_AGENT_PID=";
    pid_ = std::stoi(started.substr(started.find(name) + name.size()));
    run_program({"env", "SSH_AUTH_SOCK=" + socket(), "ssh-add", "-q", key});
    std::filesystem::remove(key);
    std::filesystem::remove(key + ".pub");
}

ssh_key_agent::~ssh_key_agent() {
    ::kill(pid_, SIGTERM);
}

} // namespace outrider::testing
