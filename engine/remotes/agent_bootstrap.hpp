#pragma once

#include "engine/reactor/awaitable.hpp"
#include "engine/remotes/agent_images.hpp"
#include "engine/remotes/byte_stream.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace outrider {

/// What a login shell did before our script began.
struct shell_facts {
    std::size_t noise_bytes = 0; ///< that its start-up files printed
    std::string noise;           ///< the beginning of that, at most 200 bytes
};

/// How an agent is brought to a machine; tests replace the parts.
struct bootstrap_options {
    /// The agents that may be sent.
    std::span<const agent_image> images = agent_images();
    /// Longest wait for an answer of the far shell, and longest time for one block of an upload.
    std::chrono::milliseconds patience{30'000};
    /// Directories that everybody may write to, tried after those of the user's own.
    std::vector<std::string> shared_directories{"/var/tmp", "/tmp", "/dev/shm"};
    /// Told when an agent is being sent ("sending the agent to gpu1 (360 KiB)"); may be empty.
    std::function<void(std::string)> tell;
    /// Told once, when the shell has answered for the first time; may be empty.
    std::function<void(const shell_facts&)> observed;
};

/// Turns a stream to a far `/bin/sh` into a stream to an agent of this build, which it sends there
/// if it is not there yet. The stream that comes back yields exactly the bytes of the agent. Fails
/// with `unsupported` for a machine that no agent runs on, `agent_unusable` where no directory may
/// hold it or where the login shell ends, `timed_out` on silence, `connect_failed` where the wire
/// or the machine is lost.
[[nodiscard]] awaitable<result<std::unique_ptr<byte_stream>>>
start_agent(std::unique_ptr<byte_stream> shell, std::string remote_name,
            bootstrap_options options = {});

} // namespace outrider
