#include "transports/ssh/host_key_store.hpp"

#include "engine/core/descriptor.hpp"
#include "engine/reactor/blocking.hpp"
#include "transports/ssh/crypto_work.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace outrider::ssh {
namespace {

result<std::string> read_file(int file, const std::string& path) {
    std::string text;
    char piece[16384];
    for (;;) {
        const ssize_t got = ::pread(file, piece, sizeof piece, static_cast<off_t>(text.size()));
        if (got < 0) {
            return errno_failure(errno, "read " + path);
        }
        if (got == 0) {
            return text;
        }
        text.append(piece, static_cast<std::size_t>(got));
    }
}

result<> append(const known_host& entry, bool hash_name) {
    const crypto_work work;
    const std::filesystem::path path(entry.file);
    const auto folder = path.parent_path();
    if (!folder.empty() && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return errno_failure(errno, "make " + folder.string());
    }
    const descriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!file) {
        return errno_failure(errno, "open " + entry.file);
    }
    ::flock(file.get(), LOCK_EX); // another engine may be recording the same machine
    const auto text = read_file(file.get(), entry.file);
    if (!text) {
        return text.error();
    }
    using kind = host_key_verdict::kind;
    const auto verdict =
        judge_host_key(parse_known_hosts(*text, entry.file), entry.names, entry.type, entry.key);
    if (verdict.what == kind::match) {
        return {};
    }
    if (verdict.what != kind::unknown) {
        return failure(errc::conflict, entry.file + ": another key was recorded meanwhile");
    }
    const std::string line = std::string(text->empty() || text->back() == '\n' ? "" : "\n") +
                             (hash_name ? hashed_name(entry.names) : entry.names) + ' ' +
                             entry.type + ' ' + entry.key + '\n';
    // One write to a file opened for appending: readers never see half a line.
    if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        return errno_failure(errno, "write " + entry.file);
    }
    return {};
}

} // namespace

host_key_store::answer host_key_store::search(cached known, const std::vector<std::string>& files,
                                              const std::vector<std::string>& names) {
    const crypto_work work;
    answer out;
    for (const auto& path : files) {
        const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file) {
            if (errno != ENOENT && errno != ENOTDIR) {
                out.problem = errno_failure(errno, "read " + path);
                return out;
            }
            out.files[path] = nullptr;
            continue;
        }
        struct stat info{};
        ::fstat(file.get(), &info);
        const std::pair<std::int64_t, std::int64_t> stamp{
            info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, info.st_size};
        auto& held = out.files[path] = known[path];
        if (!held || held->stamp != stamp) {
            const auto text = read_file(file.get(), path);
            if (!text) {
                out.problem = text.error();
                return out;
            }
            held = std::make_shared<contents>(contents{stamp, parse_known_hosts(*text, path)});
        }
        std::copy_if(held->entries.begin(), held->entries.end(), std::back_inserter(out.entries),
                     [&names](const known_host& entry) {
                         return std::any_of(names.begin(), names.end(), [&](const auto& name) {
                             return names_match(entry.names, name);
                         });
                     });
    }
    return out;
}

awaitable<result<std::vector<known_host>>> host_key_store::lookup(std::vector<std::string> files,
                                                                  std::vector<std::string> names) {
    const bool all_read = std::all_of(files.begin(), files.end(),
                                      [this](const auto& path) { return files_.contains(path); });
    if (!all_read) {
        const auto read = co_await reading_[files].run([this, files]() -> awaitable<result<bool>> {
            const auto nothing = co_await search_off_loop(files, {});
            co_return nothing ? result<bool>(true) : nothing.error();
        });
        if (!read) {
            co_return read.error();
        }
    }
    co_return co_await search_off_loop(std::move(files), std::move(names));
}

awaitable<result<std::vector<known_host>>>
host_key_store::search_off_loop(std::vector<std::string> files, std::vector<std::string> names) {
    auto found =
        co_await run_blocking([known = files_, files = std::move(files), names = std::move(names)] {
            return search(known, files, names);
        });
    if (found.problem.code) {
        co_return std::move(found.problem);
    }
    for (auto& [path, held] : found.files) {
        files_[path] = std::move(held);
    }
    co_return std::move(found.entries);
}

awaitable<result<>> host_key_store::record(known_host entry, bool hash_name) {
    co_return co_await run_blocking(
        [entry = std::move(entry), hash_name] { return append(entry, hash_name); });
}

} // namespace outrider::ssh
