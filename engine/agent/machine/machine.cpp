#include "engine/agent/machine/machine.hpp"

#include "engine/agent/machine/cache_directory.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <pwd.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace outrider::agent {
namespace {

std::string first_line(const fs::path& path) {
    const auto text = read_small_file(path);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

std::string link_text(const char* path) {
    std::array<char, 4096> buffer;
    const auto size = ::readlink(path, buffer.data(), buffer.size());
    return size < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
}

// A static executable cannot ask name services, so the environment, which sshd fills in, goes
// first, and /etc/passwd is read as text.
std::string passwd_field(std::size_t index) {
    const auto text = read_small_file("/etc/passwd", std::size_t{1} << 20);
    const std::string uid = std::to_string(::getuid());
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        std::array<std::string_view, 7> fields;
        for (auto& field : fields) {
            field = line.substr(0, line.find(':'));
            line.remove_prefix(std::min(line.size(), field.size() + 1));
        }
        if (fields[2] == uid) {
            return std::string(fields.at(index));
        }
    }
    return {};
}

std::string user_home() {
    const char* home = std::getenv("HOME");
    if (home != nullptr && home[0] == '/') {
        return home;
    }
    const std::string listed = passwd_field(5);
    return listed.empty() ? "/" : listed;
}

std::string user_name() {
    for (const char* name : {"USER", "LOGNAME"}) {
        if (const char* value = std::getenv(name); value != nullptr && value[0] != '\0') {
            return value;
        }
    }
    return passwd_field(0);
}

// An agent that was put in its place stands under its hash, which was checked then; only one that
// is started from elsewhere has to read itself.
std::string build_of(const fs::path& executable) {
    const fs::path folder = executable.parent_path();
    if (folder.parent_path().filename() == "agents") {
        return folder.filename().native();
    }
    auto hash = protocol::hash_of_file("/proc/self/exe");
    return hash ? std::move(*hash) : std::string();
}

} // namespace

std::int64_t usable_processors() {
    cpu_set_t usable;
    CPU_ZERO(&usable);
    if (::sched_getaffinity(0, sizeof usable, &usable) == 0) {
        return CPU_COUNT(&usable);
    }
    return ::sysconf(_SC_NPROCESSORS_ONLN);
}

std::int64_t memory_bytes() {
    return static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) *
           static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE));
}

protocol::machine_facts describe_machine() {
    utsname system{};
    ::uname(&system);
    protocol::machine_facts out;
    out.host_name = system.nodename;
    out.machine_id = first_line("/etc/machine-id");
    if (out.machine_id.empty()) {
        out.machine_id = out.host_name;
    }
    out.boot_id = first_line("/proc/sys/kernel/random/boot_id");
    out.pid_namespace = link_text("/proc/self/ns/pid");
    out.user = user_name();
    out.home = user_home();
    out.architecture = system.machine;
    out.system = std::string(system.sysname) + " " + system.release;
    out.time_us = now_us();
    out.agent_pid = ::getpid();
    return out;
}

agent_context describe_agent() {
    agent_context out;
    out.machine = describe_machine();
    out.executable = link_text("/proc/self/exe");
    out.build = build_of(out.executable);
    out.machine.cache_directory = cache_directory_for(out.executable, out.machine.home).native();
    return out;
}

} // namespace outrider::agent
