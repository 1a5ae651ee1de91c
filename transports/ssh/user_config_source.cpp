#include "engine/core/find_program.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/reactor/deadline.hpp"
#include "transports/process/child_stream.hpp"
#include "transports/ssh/algorithms.hpp"
#include "transports/ssh/config_file.hpp"
#include "transports/ssh/user_config.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace outrider::ssh {
namespace {

namespace fs = std::filesystem;
using environment_map = std::map<std::string, std::string>;
constexpr std::chrono::seconds answer_limit{10}; // `Match exec` may take its time
constexpr int most_at_once = 4;                  // it is all processor time, 10 ms each

/// Up to the host. `-v` tells the files that were read.
std::vector<std::string> question_for(const ssh_remote& to, const std::string& home) {
    std::vector<std::string> command{"ssh", "-v", "-G"};
    const auto file = config_file_arguments(to, home);
    command.insert(command.end(), file.begin(), file.end());
    if (to.port) {
        command.insert(command.end(), {"-p", std::to_string(*to.port)});
    }
    if (to.user) {
        command.insert(command.end(), {"-l", *to.user});
    }
    command.emplace_back("--");
    return command;
}

/// What the remote itself says outweighs the configuration.
void apply_remote(const ssh_remote& to, user_config& config) {
    if (to.port) {
        config.port = *to.port;
    }
    if (to.user) {
        config.user = *to.user;
    }
    if (to.private_key) {
        config.identity_files = {*to.private_key};
        config.identities_only = true;
    }
    if (to.proxy) {
        config.proxy_command = *to.proxy;
        config.proxy_jump.clear();
    }
    if (to.known_hosts) {
        config.user_known_hosts = {*to.known_hosts};
        config.global_known_hosts.clear();
    }
    if (to.connect_timeout) {
        config.connect_timeout = to.connect_timeout;
    }
}

/// What libssh has none of the allowed algorithms for, OpenSSH's own program may have.
void note_foreign_algorithms(user_config& config) {
    const struct {
        const char* option;
        std::string ours;
        const std::string& allowed;
    } lists[] = {
        {"Ciphers", cipher_algorithms(true), config.ciphers},
        {"KexAlgorithms", std::string(key_exchange_algorithms), config.key_exchange},
        {"HostKeyAlgorithms", std::string(host_key_algorithms), config.host_key_algorithms},
        {"MACs", std::string(mac_algorithms), config.macs},
        {"PubkeyAcceptedAlgorithms", std::string(host_key_algorithms),
         config.public_key_algorithms}};
    for (const auto& each : lists) {
        if (allowed_of(each.ours, each.allowed).empty()) {
            config.needs_ssh_program.emplace_back(each.option);
        }
    }
}

/// `SSH_AUTH_SOCK` and `$NAME` stand for variables of the user's.
void resolve_agent(user_config& config, const environment_map& env) {
    std::string& agent = config.identity_agent;
    std::string variable;
    if (agent == "SSH_AUTH_SOCK") {
        variable = agent;
    } else if (agent.starts_with('$')) {
        variable = agent.substr(1);
    } else if (agent == "none") {
        agent.clear();
    }
    if (!variable.empty()) {
        const auto found = env.find(variable);
        agent = found == env.end() ? std::string() : found->second;
    }
}

awaitable<result<std::string>> read_all(child_stream& stream) {
    std::string text;
    std::array<char, 8192> piece;
    for (;;) {
        const auto got = co_await stream.read_some(piece);
        if (!got) {
            co_return got.error();
        }
        if (*got == 0) {
            co_return text;
        }
        text.append(piece.data(), *got);
    }
}

/// What a person should read of the standard error of `ssh -v`.
std::string complaint(const std::string& standard_error) {
    std::string out;
    std::istringstream lines(standard_error);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("debug1: ") && !line.starts_with("OpenSSH_")) {
            out += (out.empty() ? "" : "\n") + line;
        }
    }
    return out;
}

/// What the files that `ssh` read for one host say, beyond its answer.
struct files_told {
    host_differences differences;
    std::vector<std::vector<std::string>> known_hosts_lists;
};

files_told read_config_files(const std::string& standard_error) {
    files_told out;
    const auto files = files_read(standard_error);
    if (!files) {
        out.differences.give_up();
        return out;
    }
    for (const auto& file : *files) {
        std::ostringstream text;
        if (!(text << std::ifstream(file).rdbuf())) {
            std::error_code ignored;
            if (fs::file_size(file, ignored) != 0) {
                out.differences.give_up();
            }
        }
        out.differences.read(text.str());
        read_known_hosts_lists(text.str(), out.known_hosts_lists);
    }
    return out;
}

} // namespace

std::vector<std::string> config_file_arguments(const ssh_remote& to, const std::string& home) {
    if (to.ssh_config) {
        return {"-F", *to.ssh_config};
    }
    if (home == own_account().home) {
        return {};
    }
    // ssh looks into the password database's home, whatever HOME says. A command that comes with
    // another home means that one.
    const std::string own = home + "/.ssh/config";
    return {"-F", ::access(own.c_str(), R_OK) == 0 ? own : "none"};
}

awaitable<result<user_config_source::answer>>
user_config_source::ask(const std::vector<std::string>& command, const environment& env) {
    while (running_ >= most_at_once) {
        if (!co_await turns_.wait()) {
            co_return failure(errc::cancelled, "cancelled");
        }
    }
    struct turn {
        user_config_source& self;
        explicit turn(user_config_source& of) : self(of) { ++self.running_; }
        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;
        ~turn() {
            --self.running_;
            self.turns_.wake_all();
        }
    } const mine(*this);
    auto stream =
        child_stream::start(co_await asio::this_coro::executor,
                            {.command = command, .environment = env}, "read the ssh configuration");
    if (!stream) {
        co_return stream.error();
    }
    auto text =
        co_await with_deadline(read_all(**stream), answer_limit,
                               "`ssh -G` gave no answer within 10 s (a `Match exec` of the ssh "
                               "configuration may be stuck)");
    if (!text) {
        co_return text.error();
    }
    const int status = co_await (*stream)->process().wait();
    const std::string said = (*stream)->diagnostics();
    if (status != 0) {
        co_return failure(errc::bad_input, "read the ssh configuration: " + complaint(said));
    }
    co_return answer{.text = std::move(*text), .standard_error = said};
}

awaitable<result<std::string>> user_config_source::ask_for(family& of, const std::string& host,
                                                           const environment& env) {
    if (const auto known = of.answers.find(host); known != of.answers.end()) {
        co_return known->second;
    }
    co_return co_await of.asking[host].run([&]() -> awaitable<result<std::string>> {
        auto command = of.question;
        command.push_back(host);
        auto got = co_await ask(command, env);
        if (!got) {
            co_return got.error();
        }
        if (!of.differences) {
            auto told = co_await run_blocking(
                [said = got->standard_error] { return read_config_files(said); });
            of.differences = std::move(told.differences);
            of.known_hosts_lists = std::move(told.known_hosts_lists);
            if (const auto own = of.differences->class_of(host)) {
                of.classes.try_emplace(*own, host);
            }
        }
        of.answers[host] = got->text;
        co_return got->text;
    });
}

user_config_source::family& user_config_source::family_of(const ssh_remote& to,
                                                          const environment& env) {
    const std::string home = home_of(env);
    auto question = question_for(to, home);
    std::string key = home;
    for (const auto& word : question) {
        key += '\n' + word;
    }
    return families_.try_emplace(key, std::move(question)).first->second;
}

awaitable<result<std::string>> user_config_source::answer_for(family& of, const ssh_remote& to,
                                                              const environment& env) {
    if (!of.differences) {
        // The first host's answer tells which others it does for. Who waited for it goes on
        // whatever became of it, as it is not for them.
        std::optional<result<std::string>> own;
        const auto first = co_await of.first.run([&]() -> awaitable<result<std::string>> {
            own = co_await ask_for(of, to.host, env);
            co_return *own;
        });
        if (own || (!first && first.error().kind() == errc::cancelled)) {
            co_return own ? *own : first;
        }
    }
    const auto same = of.differences ? of.differences->class_of(to.host) : std::nullopt;
    if (!same) {
        co_return co_await ask_for(of, to.host, env);
    }
    // The first of a class is asked for, and does for all.
    const std::string asked = of.classes.try_emplace(*same, to.host).first->second;
    auto answer = co_await ask_for(of, asked, env);
    if (answer && asked != to.host) {
        co_return answer_for_another(*answer, asked, to.host);
    }
    co_return answer;
}

awaitable<result<user_config>> user_config_source::lookup(const ssh_remote& to,
                                                          const environment& env) {
    const std::string home = home_of(env);
    const account& own = own_account();
    user_config config;
    if (to.host.empty() || to.host.starts_with('-')) {
        co_return failure(errc::bad_input, to.name + ": '" + to.host + "' is not a host name");
    }
    if ((to.ssh_config && *to.ssh_config == "none") || find_program("ssh", env).empty()) {
        config = default_user_config(to.host, own.name, home);
    } else {
        family& of = family_of(to, env);
        const auto answer = co_await answer_for(of, to, env);
        if (!answer) {
            co_return failure(answer.error().code, to.name + ": " + answer.error().context);
        }
        auto read =
            parse_user_config(*answer, {.home = home,
                                        .real_home = home != own.home ? own.home : std::string(),
                                        .asked_host = to.host,
                                        .environment = env,
                                        .known_hosts_lists = of.known_hosts_lists,
                                        .key_is_named = to.private_key.has_value(),
                                        .known_hosts_are_named = to.known_hosts.has_value()});
        if (!read) {
            co_return failure(read.error().code, to.name + ": " + read.error().context);
        }
        config = std::move(*read);
        note_foreign_algorithms(config);
    }
    apply_remote(to, config);
    resolve_agent(config, env);
    co_return config;
}

} // namespace outrider::ssh
