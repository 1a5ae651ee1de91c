#include "transports/ssh/authentication.hpp"

#include "engine/reactor/deadline.hpp"
#include "transports/ssh/algorithms.hpp"
#include "transports/ssh/session.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace outrider::ssh {

/// sshd's default MaxAuthTries is 6, and a person may still want to type a password.
constexpr std::size_t most_keys = 5;
/// How often a person may mistype.
constexpr int most_attempts = 3;

authentication::authentication(session& on, const user_config& config, key_ring keys,
                               key_store& store)
    : session_(on), config_(config), keys_(std::move(keys)), store_(store) {}

template <class Call>
awaitable<result<int>> authentication::step(Call call) {
    auto code = co_await with_deadline(
        session_.call("log in", std::move(call), SSH_AUTH_AGAIN), budget_->remaining(),
        session_.label() + ": log in as " + config_.user + ": no answer in time");
    if (code) {
        budget_->answered();
    }
    co_return code;
}

result<authentication::answer> authentication::read_answer(int code) {
    if (code == SSH_AUTH_SUCCESS) {
        return answer::accepted;
    }
    if (code == SSH_AUTH_ERROR && !session_.alive()) {
        auto lost = session_.lost("log in as " + config_.user);
        if (lost.context.find("Too many authentication failures") != std::string::npos) {
            lost.code = make_error_code(errc::authentication_failed);
        }
        return lost;
    }
    if (std::find(tried_.begin(), tried_.end(), last_) == tried_.end()) {
        tried_.push_back(last_);
    }
    return answer::denied; // a partial success goes on with the methods that are left
}

awaitable<result<authentication::answer>> authentication::offer(std::string path, shared_key key) {
    last_ = "publickey with " + path;
    // Signing at once saves the round trip of asking first whether the key would do.
    const auto code = co_await step(
        [this, &key] { return ssh_userauth_publickey(session_.raw(), nullptr, key.get()); });
    if (!code) {
        co_return code.error();
    }
    co_return read_answer(*code);
}

awaitable<result<authentication::answer>> authentication::unlock_and_offer(prompter& who,
                                                                           std::string path) {
    result<loaded_key> key;
    {
        const prompter::waiting for_all(who);
        key = co_await store_.unlock(path, [&]() -> awaitable<result<std::string>> {
            co_return co_await who.ask("Passphrase for key " + path + ": ", false);
        });
    }
    if (!key) {
        // Somebody else may have been asked for all.
        const bool own = key.error().context.starts_with(session_.label());
        co_return failure(key.error().code,
                          (own ? "" : session_.label() + ": ") + key.error().context);
    }
    if (key->what != loaded_key::state::ready) {
        tried_.push_back("publickey with " + path + " (locked)");
        co_return answer::denied;
    }
    co_return co_await offer(path, key->key);
}

awaitable<result<authentication::answer>> authentication::keyboard_interactive(prompter& who) {
    last_ = "keyboard-interactive";
    for (;;) {
        const auto code =
            co_await step([this] { return ssh_userauth_kbdint(session_.raw(), nullptr, nullptr); });
        if (!code) {
            co_return code.error();
        }
        if (*code != SSH_AUTH_INFO) {
            co_return read_answer(*code);
        }
        const int prompts = ssh_userauth_kbdint_getnprompts(session_.raw());
        for (int at = 0; at < prompts; ++at) {
            char echo = 0;
            const std::string text =
                ssh_userauth_kbdint_getprompt(session_.raw(), static_cast<unsigned int>(at), &echo);
            const auto secret = co_await who.ask(text, echo != 0);
            if (!secret) {
                co_return secret.error();
            }
            if (!session_.alive()) {
                co_return session_.lost("log in");
            }
            ssh_userauth_kbdint_setanswer(session_.raw(), static_cast<unsigned int>(at),
                                          secret->c_str());
        }
    }
}

awaitable<result<authentication::answer>> authentication::password(prompter& who) {
    last_ = "password";
    auto outcome = answer::denied;
    for (int attempt = 0; attempt < most_attempts && outcome == answer::denied; ++attempt) {
        const auto secret = co_await who.ask(
            "Password for " + config_.user + "@" + config_.host_name + ": ", false);
        if (!secret) {
            co_return secret.error();
        }
        const auto code = co_await step([this, &secret] {
            return ssh_userauth_password(session_.raw(), nullptr, secret->c_str());
        });
        if (!code) {
            co_return code.error();
        }
        const auto read = read_answer(*code);
        if (!read) {
            co_return read;
        }
        outcome = *read;
    }
    co_return outcome;
}

awaitable<result<login>> authentication::ask_prompter(prompter& who) {
    for (const auto& path :
         keys_.encrypted) { // none where PreferredAuthentications leaves keys out
        if (!offered(SSH_AUTH_METHOD_PUBLICKEY)) {
            break;
        }
        const auto outcome = co_await unlock_and_offer(who, path);
        if (!outcome) {
            co_return outcome.error();
        }
        if (*outcome == answer::accepted) {
            co_return login::done;
        }
    }
    using method = awaitable<result<answer>> (authentication::*)(prompter&);
    struct asked_method {
        const char* name;
        int offered;
        bool wanted;
        method run;
    };
    std::array<asked_method, 2> methods{
        {{"keyboard-interactive", SSH_AUTH_METHOD_INTERACTIVE,
          config_.keyboard_interactive_authentication, &authentication::keyboard_interactive},
         {"password", SSH_AUTH_METHOD_PASSWORD, config_.password_authentication,
          &authentication::password}}};
    const auto preferred = split_list(config_.preferred_authentications);
    const auto place = [&preferred](const asked_method& of) {
        return std::find(preferred.begin(), preferred.end(), of.name) - preferred.begin();
    };
    if (place(methods[1]) < place(methods[0])) {
        std::swap(methods[0], methods[1]);
    }
    for (const auto& each : methods) {
        if (each.wanted && prefers(each.name) && offered(each.offered)) {
            const auto outcome = co_await (this->*each.run)(who);
            if (!outcome) {
                co_return outcome.error();
            }
            if (*outcome == answer::accepted) {
                co_return login::done;
            }
        }
    }
    co_return denied();
}

awaitable<result<login>> authentication::run(prompter& who, time_budget& budget) {
    budget_ = &budget;
    if (keys_.ready.size() > most_keys) {
        keys_.ready.resize(most_keys);
    }
    if (keys_.ready.empty()) {
        // Only a refusal tells which methods there are.
        last_ = "none";
        const auto code =
            co_await step([this] { return ssh_userauth_none(session_.raw(), nullptr); });
        if (!code) {
            co_return code.error();
        }
        const auto outcome = read_answer(*code);
        if (!outcome) {
            co_return outcome.error();
        }
        if (*outcome == answer::accepted) {
            co_return login::done;
        }
        tried_.clear();
    }
    for (const auto& each : keys_.ready) {
        const auto outcome = co_await offer(each.path, each.key);
        if (!outcome) {
            co_return outcome.error();
        }
        if (*outcome == answer::accepted) {
            co_return login::done;
        }
    }
    const bool kerberos = config_.gssapi_authentication && prefers("gssapi-with-mic") &&
                          offered(SSH_AUTH_METHOD_GSSAPI_MIC);
    const bool host_based = config_.host_based_authentication && prefers("hostbased") &&
                            offered(SSH_AUTH_METHOD_HOSTBASED);
    if (!keys_.needs_ssh_program.empty() || kerberos || host_based) {
        co_return login::needs_ssh_program;
    }
    if (!who.can_answer()) {
        for (const auto& path : keys_.encrypted) {
            tried_.push_back("publickey with " + path + " (locked by a passphrase)");
        }
        co_return denied();
    }
    co_return co_await ask_prompter(who);
}

/// Whether PreferredAuthentications has the method; without that list all are.
bool authentication::prefers(std::string_view method) const {
    const auto list = split_list(config_.preferred_authentications);
    return list.empty() || std::find(list.begin(), list.end(), method) != list.end();
}

bool authentication::offered(int method) const {
    const int list = session_.alive() ? ssh_userauth_list(session_.raw(), nullptr) : 0;
    return (list & method) != 0;
}

std::string authentication::offered_methods() const {
    const std::pair<int, const char*> names[] = {
        {SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
        {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
        {SSH_AUTH_METHOD_PASSWORD, "password"},
        {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"},
        {SSH_AUTH_METHOD_HOSTBASED, "hostbased"}};
    std::string text;
    for (const auto& [method, name] : names) {
        if (offered(method)) {
            text += std::string(text.empty() ? "" : ",") + name;
        }
    }
    return text.empty() ? "nothing more" : text;
}

failure authentication::denied() const {
    std::string tried;
    for (const auto& each : tried_) {
        tried += (tried.empty() ? "tried " : ", ") + each;
    }
    if (tried.empty()) {
        tried = "found no key to try";
    }
    return {errc::authentication_failed,
            session_.label() + ": log in as " + config_.user + ": permission denied: " + tried +
                "; the server offers " + offered_methods() +
                " (check the user name, and that the public key is in authorized_keys there)"};
}

} // namespace outrider::ssh
