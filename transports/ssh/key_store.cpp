#include "transports/ssh/key_store.hpp"

#include "engine/reactor/blocking.hpp"
#include "transports/ssh/agent_client.hpp"
#include "transports/ssh/crypto_work.hpp"

#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace outrider::ssh {
namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// The base64 of a file that holds a public key as OpenSSH writes it: "TYPE BASE64 COMMENT"; empty:
/// it holds something else.
std::string public_key_in(const std::string& path) {
    std::istringstream words(first_line(path));
    std::string type;
    std::string key;
    words >> type >> key;
    // The key begins with its type, behind the four bytes of a length: every four letters stand
    // for three bytes, so that the type can be seen without decoding the rest.
    std::array<unsigned char, 96> start{};
    const auto letters = std::min<std::size_t>(key.size() / 4 * 4, 128);
    if (type.empty() || letters == 0 ||
        EVP_DecodeBlock(start.data(), reinterpret_cast<const unsigned char*>(key.data()),
                        static_cast<int>(letters)) < 0) {
        return {};
    }
    const std::string_view bytes(reinterpret_cast<const char*>(start.data()), start.size());
    return bytes.substr(4).starts_with(type) ? key : std::string();
}

bool is_hardware(ssh_key key) {
    return std::string_view(ssh_key_type_to_char(ssh_key_type(key))).starts_with("sk-");
}

/// libssh asks for a passphrase only where one is needed.
int note_need(const char*, char*, size_t, int, int, void* needed) {
    *static_cast<bool*>(needed) = true;
    return -1;
}

/// How often a person may mistype.
constexpr int most_attempts = 3;

/// Whether the file may be used at all: present, readable, and for nobody else to read.
std::optional<loaded_key> refuse(const std::string& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        return loaded_key{.what = errno == ENOENT || errno == ENOTDIR
                                      ? loaded_key::state::missing
                                      : loaded_key::state::unreadable,
                          .problem = std::strerror(errno)};
    }
    if (info.st_uid == ::getuid() && (info.st_mode & 077) != 0) {
        return loaded_key{.what = loaded_key::state::unreadable,
                          .problem = "other users may read it (chmod 600 it)"};
    }
    if (::access(path.c_str(), R_OK) != 0) {
        return loaded_key{.what = loaded_key::state::unreadable, .problem = std::strerror(errno)};
    }
    return std::nullopt;
}

loaded_key read_key(const std::string& path, const std::optional<std::string>& passphrase) {
    const crypto_work work;
    loaded_key out;
    if (!public_key_in(path).empty()) {
        out.what = loaded_key::state::public_half; // anybody may read it
        return out;
    }
    if (auto refused = refuse(path)) {
        return std::move(*refused);
    }
    out.has_certificate = ::access((path + "-cert.pub").c_str(), R_OK) == 0;
    if (first_line(path + ".pub").starts_with("sk-")) {
        out.what = loaded_key::state::hardware;
        return out;
    }
    bool needs_passphrase = false;
    ssh_key raw = nullptr;
    const int answer =
        ssh_pki_import_privkey_file(path.c_str(), passphrase ? passphrase->c_str() : nullptr,
                                    note_need, &needs_passphrase, &raw);
    if (answer == SSH_OK) {
        out.key = shared_key(raw, ssh_key_free);
        out.what = is_hardware(raw) ? loaded_key::state::hardware : loaded_key::state::ready;
    } else if (needs_passphrase || passphrase) {
        out.what = loaded_key::state::encrypted;
    } else {
        out.what = loaded_key::state::unreadable;
        out.problem = "it is not a private key of a kind that is supported";
    }
    return out;
}

} // namespace

void key_store::keep(const std::string& path, const loaded_key& key) {
    if (key.what == loaded_key::state::ready) {
        ready_[path] = key;
    }
}

awaitable<result<loaded_key>> key_store::load(std::string path) {
    if (const auto known = ready_.find(path); known != ready_.end()) {
        co_return known->second;
    }
    co_return co_await loading_[path].run([this, path]() -> awaitable<result<loaded_key>> {
        auto key = co_await run_blocking([path] { return read_key(path, std::nullopt); });
        keep(path, key);
        co_return key;
    });
}

awaitable<result<loaded_key>> key_store::unlock(std::string path, question ask) {
    co_return co_await unlocking_[path].run([this, path, ask]() -> awaitable<result<loaded_key>> {
        auto key = co_await load(path); // somebody may have unlocked it meanwhile
        for (int attempt = 0; attempt < most_attempts; ++attempt) {
            if (!key || key->what != loaded_key::state::encrypted) {
                break;
            }
            auto secret = co_await ask();
            if (!secret) {
                co_return secret.error();
            }
            if (secret->empty()) {
                break; // as with ssh: an empty line skips the key
            }
            key =
                co_await run_blocking([path, secret = std::move(*secret)]() -> result<loaded_key> {
                    return read_key(path, secret);
                });
            keep(path, *key);
        }
        co_return key;
    });
}

awaitable<result<std::vector<std::string>>> key_store::agent_keys(std::string socket_path) {
    co_return co_await asking_agents_[socket_path].run(
        [socket_path] { return list_agent_keys(socket_path); });
}

std::string key_type(const shared_key& key) {
    return ssh_key_type_to_char(ssh_key_type(key.get()));
}

std::string public_half_of(const std::string& identity_file) {
    const crypto_work work;
    if (auto own = public_key_in(identity_file); !own.empty()) {
        return own;
    }
    // OpenSSH's own format has the public half in the open, beside the encrypted private one.
    std::string held;
    ssh_key raw = nullptr;
    if (first_line(identity_file) == "-----BEGIN OPENSSH PRIVATE KEY-----" &&
        ssh_pki_import_pubkey_file(identity_file.c_str(), &raw) == SSH_OK) {
        char* text = nullptr;
        if (ssh_pki_export_pubkey_base64(raw, &text) == SSH_OK) {
            held = text;
            ssh_string_free_char(text);
        }
        ssh_key_free(raw);
    }
    return held.empty() ? public_key_in(identity_file + ".pub") : held;
}

} // namespace outrider::ssh
