#include "transports/ssh/algorithms.hpp"
#include "transports/ssh/authentication.hpp"

#include "engine/reactor/blocking.hpp"

#include <algorithm>

namespace outrider::ssh {
namespace {

using state = loaded_key::state;

std::string why_unusable(const loaded_key& key) {
    return key.what == state::missing ? "no such file" : key.problem;
}

/// Whether the ssh agent holds a key that may be used for this host.
awaitable<bool> agent_can_help(const user_config& config, key_store& store) {
    if (config.identity_agent.empty()) {
        co_return false;
    }
    const auto held = co_await store.agent_keys(config.identity_agent);
    if (!held || held->empty()) {
        co_return false; // an agent that is gone or stuck is no agent
    }
    if (!config.identities_only) {
        co_return true;
    }
    const auto own = co_await run_blocking([files = config.identity_files] {
        std::vector<std::string> halves;
        for (const auto& file : files) {
            halves.push_back(public_half_of(file));
        }
        return halves;
    });
    co_return std::any_of(held->begin(), held->end(), [&own](const std::string& key) {
        return std::find(own.begin(), own.end(), key) != own.end();
    });
}

} // namespace

awaitable<result<key_ring>> gather_keys(const std::string& label, const user_config& config,
                                        bool key_is_named, key_store& store) {
    key_ring ring;
    const auto preferred = split_list(config.preferred_authentications);
    const bool excluded = !preferred.empty() && std::find(preferred.begin(), preferred.end(),
                                                          "publickey") == preferred.end();
    if (!config.public_key_authentication || excluded) {
        co_return ring;
    }
    for (const auto& path : config.identity_files) {
        const auto loaded = co_await store.load(path);
        if (!loaded) {
            co_return failure(loaded.error().code, label + ": " + loaded.error().context);
        }
        const loaded_key& key = *loaded;
        if (key.has_certificate && config.certificates_beside_keys) {
            ring.needs_ssh_program = "the certificate " + path + "-cert.pub";
            if (key_is_named && ring.ready.empty() && ring.encrypted.empty() &&
                ring.needs_ssh_program.empty()) {
                co_return failure(
                    errc::bad_input,
                    label + ": private key " + config.identity_files.front() +
                        " is a public key, and no ssh agent holds its private half (add that "
                        "by ssh-add, or name the file of the private key)");
            }
            ring.only_ssh_program_left = true;
        }
        if (key.what == state::ready) {
            ring.ready.push_back({path, key.key});
        } else if (key.what == state::encrypted) {
            ring.encrypted.push_back(path);
        } else if (key.what == state::hardware) {
            ring.needs_ssh_program = "the hardware key " + path;
        } else if (key_is_named && key.what != state::public_half) {
            co_return failure(errc::bad_input,
                              label + ": private key " + path + ": " + why_unusable(key));
        }
    }
    if (ring.needs_ssh_program.empty() && (!key_is_named || ring.ready.empty()) &&
        co_await agent_can_help(config, store)) {
        ring.needs_ssh_program = "a key of the ssh agent";
    }
    if (key_is_named && ring.ready.empty() && ring.encrypted.empty() &&
        ring.needs_ssh_program.empty()) {
        co_return failure(errc::bad_input,
                          label + ": private key " + config.identity_files.front() +
                              " is a public key, and no ssh agent holds its private half (add that "
                              "by ssh-add, or name the file of the private key)");
    }
    ring.only_ssh_program_left =
        ring.only_ssh_program_left || (ring.ready.empty() && !ring.needs_ssh_program.empty());
    co_return ring;
}

} // namespace outrider::ssh
