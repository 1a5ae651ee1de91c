#include "engine/agent/listing/run_index.hpp"

#include "engine/agent/listing/run_index_format.hpp"
#include "engine/agent/machine/cache_directory.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace outrider::agent {
namespace {

/// Runs that were read without help of the index before it is written (again): reading so few is
/// quicker than writing ten thousand.
constexpr std::size_t runs_worth_storing = 64;
constexpr std::size_t largest_index = std::size_t{256} << 20; // bytes

/// A file that changed less than this before it was read may change again without a new mark: file
/// systems count time in ticks of up to 2 s.
constexpr std::int64_t tick_ns = 2'500'000'000;
/// The same for a home on a file system whose clock we could not compare with ours.
constexpr std::int64_t foreign_clock_ns = std::int64_t{600} * 1'000'000'000;

std::int64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

bool is_own_file(const fs::path& path) {
    struct stat found{};
    return ::lstat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
           found.st_uid == ::geteuid();
}

std::string random_suffix() {
    std::uint64_t value = 0;
    std::ignore = ::getrandom(&value, sizeof value, 0); // the process id alone would nearly do
    return std::to_string(::getpid()) + "-" + std::to_string(value);
}

// The clock of the file system is behind ours by so much; it may be that of another machine.
std::int64_t clock_behind_ns(const fs::path& just_written) {
    struct stat found{};
    if (::stat(just_written.c_str(), &found) != 0) {
        return foreign_clock_ns;
    }
    const std::int64_t there =
        found.st_ctim.tv_sec * std::int64_t{1'000'000'000} + found.st_ctim.tv_nsec;
    return std::max<std::int64_t>(0, now_ns() - there);
}

} // namespace

const marked_file* indexed_run::find(std::string_view name) const {
    const auto found = std::ranges::find(attributes, name, &marked_file::name);
    return found == attributes.end() ? nullptr : &*found;
}

run_index::run_index(const agent_context& context, const fs::path& home, bool trash)
    : cache_(cache_directory_for(context.executable, context.machine.home)), made_ns_(now_ns()) {
    const std::string name = (trash ? "trash-" : "runs-") + std::to_string(::geteuid());
    in_home_ = home / "cache" / "outrider" / name;
    in_cache_ = cache_ / "indexes" / (name + "-" + protocol::hash_of(home.native()));
}

void run_index::load() {
    for (const auto& path : {in_home_, in_cache_}) {
        auto bytes = is_own_file(path) ? read_small_file(path, largest_index) : std::nullopt;
        if (!bytes) {
            continue;
        }
        bytes_ = std::move(*bytes);
        const auto records = records_of(bytes_);
        known_.reserve(records.size());
        known_.insert(records.begin(), records.end());
        return;
    }
}

std::optional<indexed_run> run_index::find(const std::string& id) const {
    if (const auto found = fresh_.find(id); found != fresh_.end()) {
        return decode_indexed_run(found->second);
    }
    const auto found = known_.find(id);
    return found == known_.end() ? std::nullopt : decode_indexed_run(found->second);
}

void run_index::put(const indexed_run& run) {
    fresh_.insert_or_assign(run.id, encode_indexed_run(run));
}

bool run_index::is_worth_storing() const {
    return fresh_.size() >= runs_worth_storing;
}

std::string run_index::content(std::int64_t trusted_before_ns,
                               const std::vector<std::string>& ids) const {
    std::string records;
    records.reserve(bytes_.size() + fresh_.size() * 1024);
    for (const auto& id : ids) {
        if (const auto fresh = fresh_.find(id); fresh != fresh_.end()) {
            if (youngest_change(fresh->second) < trusted_before_ns) {
                records += fresh->second;
            }
        } else if (const auto known = known_.find(id); known != known_.end()) {
            records += known->second;
        }
    }
    return index_file(records);
}

bool run_index::store_at(const fs::path& path, std::int64_t clock_doubt_ns,
                         const std::vector<std::string>& ids) const {
    const fs::path temporary =
        path.parent_path() / ("." + path.filename().native() + "." + random_suffix());
    if (!write_new_file(temporary, "")) {
        return false;
    }
    const std::int64_t doubt = clock_doubt_ns + clock_behind_ns(temporary);
    std::ignore = remove_file(temporary); // the one with content is made secret
    if (!replace_secret_file(path, temporary, content(made_ns_ - doubt, ids))) {
        return false;
    }
    return true;
}

void run_index::store(const std::vector<std::string>& ids) const {
    if (make_directories(in_home_.parent_path()) && store_at(in_home_, tick_ns, ids)) {
        return;
    }
    if (ensure_cache_directory(cache_) && make_directories(in_cache_.parent_path())) {
        std::ignore = store_at(in_cache_, foreign_clock_ns, ids); // a hint less the next time
    }
}

} // namespace outrider::agent
