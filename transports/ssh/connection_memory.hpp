#pragma once

#include "transports/ssh/handshake_slots.hpp"
#include "transports/ssh/host_key_store.hpp"
#include "transports/ssh/jump_sessions.hpp"
#include "transports/ssh/key_store.hpp"
#include "transports/ssh/pump_turns.hpp"
#include "transports/ssh/user_config.hpp"

namespace outrider::ssh {

/// What outlives a single connect. Owned by the transport.
struct connection_memory {
    user_config_source configs;
    key_store keys;
    host_key_store host_keys;
    handshake_slots slots;
    std::shared_ptr<pump_turns> turns = std::make_shared<pump_turns>();
    jump_sessions jumps;
};

} // namespace outrider::ssh
