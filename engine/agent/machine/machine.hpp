#pragma once

#include "engine/agent/server/context.hpp"

namespace outrider::agent {

/// Gathers what identifies and describes this machine and this agent. Never fails: what cannot be
/// learnt stays empty. What launches runs is the program's to choose.
[[nodiscard]] agent_context describe_agent();

/// The facts of the machine alone, as a supervisor needs them to record itself.
[[nodiscard]] protocol::machine_facts describe_machine();

/// How many processors this process may use.
[[nodiscard]] std::int64_t usable_processors();

/// The memory of this machine.
[[nodiscard]] std::int64_t memory_bytes();

} // namespace outrider::agent
