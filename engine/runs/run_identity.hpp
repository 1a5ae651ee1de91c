#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/run_paths.hpp"

#include <optional>
#include <string>

namespace outrider {

/// Who runs, or starts, a run: `.guild/outrider/identity` and `.guild/outrider/starting`, as JSON.
/// Evidence about the processes holds only on the same machine and in the same pid namespace.
struct run_identity {
    std::string machine_id;
    std::string pid_namespace;
    std::string boot_id;
    std::string host_name;
    process_mark supervisor; ///< in `starting`: the agent that prepares the run
    process_mark operation;
};
BOOST_DESCRIBE_STRUCT(run_identity, (),
                      (machine_id, pid_namespace, boot_id, host_name, supervisor, operation))

/// The identity of processes on the machine of `machine`.
[[nodiscard]] run_identity identity_here(const protocol::machine_facts& machine,
                                         process_mark supervisor, process_mark operation);

/// Where the processes of an identity can be judged from.
enum class identity_origin {
    here,      ///< same machine, namespace and boot: look at the process
    rebooted,  ///< same machine, other boot: gone
    elsewhere, ///< not decidable from here
};
[[nodiscard]] identity_origin place_of(const run_identity& identity,
                                       const protocol::machine_facts& machine);

/// What is known of a recorded process, seen from `machine`.
[[nodiscard]] protocol::process_state state_of(const process_mark& mark, identity_origin place);

[[nodiscard]] std::optional<run_identity> read_identity(const fs::path& path);
[[nodiscard]] result<> write_identity(const run_paths& run, const fs::path& path,
                                      const run_identity& identity);

} // namespace outrider
