#include "engine/runs/run_identity.hpp"

#include "engine/json/described_json.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider {

using protocol::process_state;

run_identity identity_here(const protocol::machine_facts& machine, process_mark supervisor,
                           process_mark operation) {
    return {.machine_id = machine.machine_id,
            .pid_namespace = machine.pid_namespace,
            .boot_id = machine.boot_id,
            .host_name = machine.host_name,
            .supervisor = supervisor,
            .operation = operation};
}

identity_origin place_of(const run_identity& identity, const protocol::machine_facts& machine) {
    if (identity.machine_id != machine.machine_id ||
        identity.pid_namespace != machine.pid_namespace) {
        return identity_origin::elsewhere;
    }
    if (identity.boot_id == machine.boot_id) {
        return identity_origin::here;
    }
    // Machines cloned from one image can share a machine id; another host name then says that a
    // different boot id is that of a different machine and proves nothing.
    return identity.host_name == machine.host_name ? identity_origin::rebooted
                                                   : identity_origin::elsewhere;
}

process_state state_of(const process_mark& mark, identity_origin place) {
    if (mark.pid == 0) {
        return process_state::none;
    }
    switch (place) {
    case identity_origin::elsewhere:
        return process_state::elsewhere;
    case identity_origin::rebooted:
        return process_state::gone;
    case identity_origin::here:
        break;
    }
    return is_alive(mark) ? process_state::alive : process_state::gone;
}

std::optional<run_identity> read_identity(const fs::path& path) {
    const auto text = read_small_file(path);
    if (!text) {
        return std::nullopt;
    }
    auto decoded = protocol::decode<run_identity>(*text);
    if (!decoded) {
        return std::nullopt;
    }
    return std::move(*decoded);
}

result<> write_identity(const run_paths& run, const fs::path& path, const run_identity& identity) {
    return replace_file(path, run.temporary(path.filename().native()),
                        protocol::encode(identity) + "\n");
}

} // namespace outrider
