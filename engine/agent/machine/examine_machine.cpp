#include "engine/agent/files/file_system.hpp"
#include "engine/agent/machine/logout.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/server/immediate_job.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace outrider::agent {
namespace {

// There is no call that only tells it; the agent has one thread.
std::int64_t file_mode_mask() {
    const auto mask = ::umask(077);
    ::umask(mask);
    return mask;
}

std::int64_t most_open_files() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::int64_t>(limit.rlim_cur) : 0;
}

// `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"` of os-release(5).
std::string system_name() {
    constexpr std::string_view key = "PRETTY_NAME=";
    const auto text = read_small_file("/etc/os-release");
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.starts_with(key)) {
            line.remove_prefix(key.size());
            const auto first = line.find_first_not_of("\"'");
            const auto last = line.find_last_not_of("\"' \r");
            return first == line.npos ? std::string()
                                      : std::string(line.substr(first, last - first + 1));
        }
    }
    return {};
}

std::string temporary_directory() {
    const char* named = std::getenv("TMPDIR");
    return named != nullptr && named[0] == '/' ? named : "/tmp";
}

std::string logout_word(const protocol::machine_facts& machine) {
    switch (plan_for_logout(read_logout_facts(machine.user))) {
    case logout_plan::stay:
        return "stay";
    case logout_plan::enter_scope:
        return "enter_scope";
    case logout_plan::warn:
        break;
    }
    return "warn";
}

result<protocol::machine_report> examine(const agent_context& context,
                                         const protocol::examine_machine& request) {
    const auto& machine = context.machine;
    protocol::machine_report out;
    out.user_home = directory_facts_of(machine.home);
    out.guild_home = directory_facts_of(resolve_home(request.home, machine.home).native());
    out.cache = directory_facts_of(machine.cache_directory);
    out.temporary = directory_facts_of(temporary_directory());
    out.umask = file_mode_mask();
    out.processors = usable_processors();
    out.memory_bytes = memory_bytes();
    out.open_files = most_open_files();
    out.system = system_name();
    out.logout = logout_word(machine);
    out.time_us = now_us();
    return out;
}

} // namespace

std::unique_ptr<job> make_examine_machine_job(const agent_context& context,
                                              protocol::examine_machine request,
                                              reply_channel channel) {
    return std::make_unique<immediate_job<protocol::examine_machine>>(context, std::move(request),
                                                                      channel, &examine);
}

} // namespace outrider::agent
