#include "transports/slurm/slurm_remote.hpp"

#include "transports/local/local_transport.hpp"
#include "transports/ssh/ssh_remote.hpp"

#include <charconv>
#include <string_view>

namespace outrider {
namespace {

std::string slurm_setting(const remote& to, const char* key) {
    const auto found = to.settings.find(key);
    return found == to.settings.end() ? std::string() : found->second;
}

std::int64_t slurm_number(const remote& to, const char* key, std::int64_t otherwise) {
    const std::string text = slurm_setting(to, key); // checked as it was read
    std::from_chars(text.data(), text.data() + text.size(), otherwise);
    return otherwise;
}

std::vector<std::string> slurm_lines(const remote& to, const char* key) {
    std::vector<std::string> out;
    const std::string text = slurm_setting(to, key);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        if (auto line = text.substr(at, end - at);
            line.find_first_not_of(" \t\r") != std::string::npos) {
            out.push_back(std::move(line));
        }
        at = end + 1;
    }
    return out;
}

slurm_rules rules_of(const remote& to) {
    slurm_rules out;
    protocol::slurm_job& job = out.job;
    job.partition = slurm_setting(to, "partition");
    job.account = slurm_setting(to, "account");
    job.qos = slurm_setting(to, "qos");
    job.time = slurm_setting(to, "time");
    job.gpus = slurm_setting(to, "gpus");
    job.mem = slurm_setting(to, "mem");
    job.cpus = slurm_setting(to, "cpus");
    job.constraint = slurm_setting(to, "constraint");
    for (auto& line : slurm_lines(to, "sbatch")) {
        job.directives.push_back(sbatch_directive(std::move(line)));
    }
    job.setup = slurm_lines(to, "setup");
    job.requeue = slurm_setting(to, "requeue") == "yes";
    job.array_limit = slurm_number(to, "array-limit", 0);
    out.poll_ms = slurm_number(to, "poll", out.poll_ms / 1000) * 1000;
    return out;
}

// The login node is named in one of two ways, and runs live where all nodes see them.
result<> complete_slurm(remote& out, bool home_given) {
    const bool named = !slurm_setting(out, "host").empty();
    if (!named && !is_login_node(out)) {
        return failure(errc::bad_input,
                       "remote " + out.name +
                           " is missing required config: host (of a login node; or 'local: yes', "
                           "if this machine is one)");
    }
    if (named && is_login_node(out)) {
        return failure(errc::bad_input,
                       "remote " + out.name + ": 'host' and 'local: yes' cannot both be set");
    }
    std::string work = slurm_setting(out, "work");
    work.erase(work.find_last_not_of('/') + 1);
    if (!work.empty() && !home_given) {
        out.guild_home = work + "/.guild";
    }
    return {};
}

result<> no_slurm_spec(const std::string&, remote& out) {
    return failure(errc::bad_input, "remote " + out.name + " has to be defined in config.yml");
}

std::vector<remote_key> slurm_keys() {
    std::vector<remote_key> keys = ssh_remote_type().keys;
    for (auto& each : keys) {
        each.required = false; // `local` stands for all of them
    }
    const std::vector<remote_key> own = {
        {.name = "local", .kind = key_kind::yes_no},
        {.name = "work", .kind = key_kind::far_path},
        {.name = "partition"},
        {.name = "account"},
        {.name = "qos"},
        {.name = "time", .kind = key_kind::minutes},
        {.name = "gpus"},
        {.name = "mem"},
        {.name = "cpus", .kind = key_kind::number, .least = 1, .most = 100'000},
        {.name = "constraint"},
        {.name = "sbatch", .kind = key_kind::lines},
        {.name = "setup", .kind = key_kind::lines},
        {.name = "requeue", .kind = key_kind::yes_no},
        {.name = "array-limit", .kind = key_kind::number, .least = 1, .most = 1'000'000},
        {.name = "poll", .kind = key_kind::number, .least = 1, .most = 3'600},
    };
    keys.insert(keys.end(), own.begin(), own.end());
    return keys;
}

} // namespace

bool is_login_node(const remote& to) {
    return slurm_setting(to, "local") == "yes";
}

const remote_type& slurm_remote_type() {
    static const remote_type type{
        .name = "slurm",
        .keys = slurm_keys(),
        .here = false, // its home is one of the far file system, also where that is this machine's
        .bounded_streams = true,
        .inline_form = {},
        .read_inline = no_slurm_spec,
        .address_of =
            [](const remote& to) {
                return is_login_node(to) ? std::string() : ssh_remote_type().address_of(to);
            },
        .by_hand =
            [](const remote& to) {
                return (is_login_node(to) ? local_remote_type() : ssh_remote_type()).by_hand(to);
            },
        .complete = complete_slurm,
        .slurm_of = rules_of};
    return type;
}

} // namespace outrider
