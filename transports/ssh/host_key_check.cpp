#include "transports/ssh/host_key_check.hpp"

#include "engine/text/shell_words.hpp"
#include "transports/ssh/algorithms.hpp"
#include "transports/ssh/config_file.hpp"
#include "transports/ssh/session.hpp"

#include <algorithm>

namespace outrider::ssh {
namespace {

/// The machine's key as an entry of a known_hosts file.
result<known_host> shown_key(session& met) {
    ssh_key raw = nullptr;
    char* text = nullptr;
    if (ssh_get_server_publickey(met.raw(), &raw) != SSH_OK) {
        return met.lost("read the host key");
    }
    known_host shown;
    shown.type = ssh_key_type_to_char(ssh_key_type(raw));
    if (ssh_pki_export_pubkey_base64(raw, &text) == SSH_OK) {
        shown.key = text;
        ssh_string_free_char(text);
    }
    ssh_key_free(raw);
    return shown;
}

} // namespace

bool believes_anyone(const std::string& strict) {
    return strict == "no" || strict == "off" || strict == "false";
}

host_key_policy effective_policy(host_key_policy own, const std::string& strict) {
    if (own != host_key_policy::inherit) {
        return own;
    }
    if (strict == "yes" || strict == "true") {
        return host_key_policy::strict;
    }
    const bool accept = strict == "accept-new" || believes_anyone(strict);
    return accept ? host_key_policy::accept_new : host_key_policy::ask;
}

std::string offered_host_keys(const std::vector<std::string>& recorded,
                              const std::string& allowed) {
    std::vector<std::string> order;
    for (const auto& type : recorded) {
        if (type == "ssh-rsa") {
            order.insert(order.end(), {"rsa-sha2-512", "rsa-sha2-256"});
        } else {
            order.push_back(type);
        }
    }
    const auto known = split_list(host_key_algorithms);
    std::erase_if(order, [&](const auto& type) {
        return std::find(known.begin(), known.end(), type) == known.end();
    });
    for (const auto& type : known) {
        if (std::find(order.begin(), order.end(), type) == order.end()) {
            order.push_back(type);
        }
    }
    return allowed_of(join_list(order), allowed);
}

host_key_check::host_key_check(const ssh_remote& to, const user_config& config,
                               host_key_store& store)
    : remote_(to), config_(config), store_(store),
      name_(host_key_name(config.host_name, config.port, config.host_key_alias)),
      plain_(host_key_name(config.host_name, 22, config.host_key_alias)) {}

awaitable<result<>> host_key_check::prepare() {
    std::vector<std::string> files = config_.user_known_hosts;
    files.insert(files.end(), config_.global_known_hosts.begin(), config_.global_known_hosts.end());
    auto found = co_await store_.lookup(std::move(files), {name_, plain_});
    if (!found) {
        co_return failure(found.error().code,
                          remote_.name + ": check the host key: " + found.error().context);
    }
    records_ = std::move(*found);
    co_return result<>();
}

std::string host_key_check::algorithms() const {
    auto recorded = recorded_types(records_, name_);
    if (recorded.empty()) {
        recorded = recorded_types(records_, plain_);
    }
    return offered_host_keys(recorded, config_.host_key_algorithms);
}

host_key_verdict host_key_check::judge(const known_host& shown) const {
    using kind = host_key_verdict::kind;
    auto verdict = judge_host_key(records_, name_, shown.type, shown.key);
    if (verdict.what == kind::unknown && plain_ != name_) {
        // As OpenSSH does: a machine that is known on port 22 is known on its other ports, when it
        // shows the same key there.
        const auto plain = judge_host_key(records_, plain_, shown.type, shown.key);
        if (plain.what == kind::match || plain.what == kind::revoked) {
            return plain;
        }
    }
    return verdict;
}

bool host_key_check::only_authority() const {
    return !authority().empty() &&
           std::none_of(records_.begin(), records_.end(),
                        [](const auto& r) { return r.marker == known_host::mark::none; });
}

std::string host_key_check::authority() const {
    const auto found = std::find_if(records_.begin(), records_.end(), [](const auto& r) {
        return r.marker == known_host::mark::authority;
    });
    return found == records_.end() ? std::string()
                                   : "the certificate authority of hosts in " + found->file +
                                         " line " + std::to_string(found->line);
}

awaitable<result<host_key_check::judgement>> host_key_check::verify(session& met, prompter& who) {
    auto shown = shown_key(met);
    if (!shown) {
        co_return shown.error();
    }
    shown->names = name_;
    const auto verdict = judge(*shown);
    switch (verdict.what) {
    case host_key_verdict::kind::match:
        co_return judgement::trusted;
    case host_key_verdict::kind::revoked:
        co_return refuse_changed(*shown, verdict);
    case host_key_verdict::kind::changed:
        if (authority().empty()) {
            co_return refuse_changed(*shown, verdict);
        }
        break;
    case host_key_verdict::kind::unknown:
        break;
    }
    if (!authority().empty()) {
        co_return judgement::needs_ssh_program;
    }
    if (auto accepted = co_await admit(std::move(*shown), who); !accepted) {
        co_return accepted.error();
    }
    co_return judgement::trusted;
}

/// A key that is not on record: accepted and recorded, or refused.
awaitable<result<>> host_key_check::admit(known_host shown, prompter& who) {
    const auto policy = effective_policy(remote_.host_keys, config_.strict_host_key_checking);
    if (policy == host_key_policy::accept_new) {
        co_return co_await accept(std::move(shown), who);
    }
    if (policy == host_key_policy::ask && who.can_judge()) {
        const auto answer = co_await who.ask("The " + shown.type + " key of " + name_ +
                                                 " is not on record: " + fingerprint(shown.key) +
                                                 ". Connect and record it (yes/no)? ",
                                             true);
        if (!answer) {
            co_return answer.error();
        }
        if (*answer == "yes" || *answer == fingerprint(shown.key)) {
            co_return co_await accept(std::move(shown), who);
        }
    }
    co_return refuse_unknown(shown);
}

awaitable<result<>> host_key_check::accept(known_host shown, prompter& who) {
    if (config_.user_known_hosts.empty()) {
        who.tell(remote_.name + ": the host key " + fingerprint(shown.key) +
                 " is not recorded: no UserKnownHostsFile is set");
        co_return result<>();
    }
    shown.file = config_.user_known_hosts.front();
    const auto recorded =
        co_await store_.record(shown, config_.hash_known_hosts && !remote_.known_hosts);
    if (!recorded) {
        co_return failure(recorded.error().kind() == errc::conflict ? errc::host_key_changed
                                                                    : recorded.error().kind(),
                          remote_.name + ": record the host key: " + recorded.error().context);
    }
    const std::string& strict = config_.strict_host_key_checking;
    const bool lax = remote_.host_keys == host_key_policy::inherit &&
                     (strict == "no" || strict == "off" || strict == "false");
    who.tell(remote_.name + ": recorded the " + shown.type + " key of " + name_ + " in " +
             shown.file + ": " + fingerprint(shown.key) +
             (lax ? " (StrictHostKeyChecking=no is treated as accept-new)" : ""));
    co_return result<>();
}

failure host_key_check::refuse_unknown(const known_host& shown) const {
    std::string command = "ssh -p " + std::to_string(config_.port) + " " + remote_.host;
    if (!config_.user_known_hosts.empty()) {
        const std::string option =
            "UserKnownHostsFile=" + quoted_arguments({config_.user_known_hosts.front()}, true);
        command = "ssh -o " + shell_quote(option) + " -p " + std::to_string(config_.port) + " " +
                  config_.host_name;
    }
    return {errc::host_key_unknown,
            remote_.name + ": host key: the " + shown.type + " key of " + name_ +
                " is not on record: " + fingerprint(shown.key) +
                " (compare it, then record it: set `host-keys: accept-new` for this remote, or "
                "connect once with `" +
                command + "`)"};
}

failure host_key_check::refuse_changed(const known_host& shown,
                                       const host_key_verdict& verdict) const {
    using kind = host_key_verdict::kind;
    const std::string place = verdict.record.file + " line " + std::to_string(verdict.record.line);
    const std::string now =
        "the " + shown.type + " key of " + name_ + " is " + fingerprint(shown.key);
    const std::string head = remote_.name + ": host key: ";
    if (verdict.what == kind::revoked) {
        return {errc::host_key_changed, head + now + ", which is revoked by " + place +
                                            " (do not connect; ask the machine's owner)"};
    }
    return {errc::host_key_changed,
            head + now + ", but " + place + " has " + verdict.record.type + " " +
                fingerprint(verdict.record.key) +
                ": somebody may be listening in, or the machine was set up anew (if it was, "
                "remove the old key with `ssh-keygen -R '" +
                name_ + "' -f " + shell_quote(verdict.record.file) + "`)"};
}

} // namespace outrider::ssh
