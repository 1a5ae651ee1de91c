#include "engine/agent/files/file_system.hpp"

#include "engine/runs/run_paths.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace outrider::agent {
namespace {

struct known_kind {
    std::uint64_t magic;
    file_system_kind kind;
};

// From statfs(2) and the documentation of the file systems that Linux itself does not have.
constexpr std::array known_kinds{
    known_kind{0xEF53, {"ext4"}},           known_kind{0x58465342, {"xfs"}},
    known_kind{0x9123683E, {"btrfs"}},      known_kind{0x2FC12FC1, {"zfs"}},
    known_kind{0x01021994, {"tmpfs"}},      known_kind{0x794C7630, {"overlay"}},
    known_kind{0xF2F52010, {"f2fs"}},       known_kind{0x65735546, {"fuse"}},
    known_kind{0x6969, {"nfs", true}},      known_kind{0xFF534D42, {"cifs", true}},
    known_kind{0xFE534D42, {"smb2", true}}, known_kind{0x5346414F, {"afs", true}},
    known_kind{0x00C36400, {"ceph", true}}, known_kind{0x0BD00BD0, {"lustre", true}},
    known_kind{0x47504653, {"gpfs", true}}, known_kind{0x19830326, {"beegfs", true}},
};

std::string hexadecimal(std::uint64_t number) {
    std::array<char, 16> digits{};
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return "0x" + std::string(digits.data(), end);
}

bool has_directory(const fs::path& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

void measure(const fs::path& there, protocol::directory_facts& out) {
    struct statvfs space{};
    if (::statvfs(there.c_str(), &space) == 0) {
        const auto block = static_cast<std::int64_t>(space.f_frsize);
        out.free_bytes = static_cast<std::int64_t>(space.f_bavail) * block;
        out.total_bytes = static_cast<std::int64_t>(space.f_blocks) * block;
        out.free_files = static_cast<std::int64_t>(space.f_favail);
        out.total_files = static_cast<std::int64_t>(space.f_files);
        out.executes = (space.f_flag & ST_NOEXEC) == 0;
    }
    struct statfs system{};
    if (::statfs(there.c_str(), &system) == 0) {
        const auto magic = static_cast<std::uint32_t>(system.f_type);
        const auto kind = file_system_of(magic);
        out.file_system = kind.name.empty() ? hexadecimal(magic) : std::string(kind.name);
        out.shared = kind.shared;
    }
}

} // namespace

file_system_kind file_system_of(std::uint64_t magic) {
    const auto* found = std::ranges::find(known_kinds, magic, &known_kind::magic);
    return found == known_kinds.end() ? file_system_kind{} : found->kind;
}

protocol::directory_facts directory_facts_of(const std::string& path) {
    protocol::directory_facts out;
    out.path = path;
    out.exists = has_directory(path);
    fs::path there = path;
    while (!has_directory(there) && there != there.parent_path()) {
        there = there.parent_path();
    }
    struct stat found{};
    out.blocked = !out.exists && ::lstat(path.c_str(), &found) == 0;
    out.writable = !out.blocked && ::access(there.c_str(), W_OK | X_OK) == 0;
    if (::stat(there.c_str(), &found) == 0 && out.exists && found.st_uid != ::geteuid()) {
        out.owner = found.st_uid == 0 ? "root" : std::to_string(found.st_uid);
    }
    measure(there, out);
    return out;
}

bool is_on_shared_file_system(const std::string& path) {
    struct statfs system{};
    fs::path at = path;
    while (::statfs(at.c_str(), &system) != 0) {
        if (!at.has_relative_path()) {
            return false;
        }
        at = at.parent_path();
    }
    return file_system_of(static_cast<std::uint32_t>(system.f_type)).shared;
}

} // namespace outrider::agent
