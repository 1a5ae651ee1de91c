#include "engine/agent/listing/run_index.hpp"

#include "engine/agent/listing/index_bytes.hpp"
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

// ---- the bytes of the file

constexpr std::string_view magic = "outrider runs 2\n";
constexpr std::uint64_t byte_order = 0x0102030405060708;
constexpr std::size_t hash_size = 32;
constexpr std::size_t header_size = magic.size() + sizeof byte_order + hash_size;
constexpr std::uint16_t most_attributes = 256;

void add_mark(std::string& out, const file_mark& mark) {
    add_value(out, mark.inode);
    add_value(out, mark.size);
    add_value(out, mark.modified_ns);
    add_value(out, mark.changed_ns);
}

void add_file(std::string& out, const marked_file& file) {
    add_text(out, file.name);
    add_mark(out, file.mark);
    add_value(out, file.bytes.has_value());
    add_text(out, file.bytes.value_or(""));
}

file_mark read_mark(index_reader& in) {
    file_mark out;
    out.inode = in.value<std::uint64_t>();
    out.size = in.value<std::uint64_t>();
    out.modified_ns = in.value<std::int64_t>();
    out.changed_ns = in.value<std::int64_t>();
    return out;
}

bool read_flag(index_reader& in) {
    return in.value<std::uint8_t>() != 0;
}

marked_file read_file(index_reader& in) {
    marked_file out;
    out.name = in.text();
    out.mark = read_mark(in);
    const bool present = read_flag(in);
    const auto bytes = in.text();
    if (present) {
        out.bytes = bytes;
    }
    return out;
}

std::int64_t youngest(const indexed_run& run) {
    std::int64_t out = 0;
    const auto look = [&](const file_mark& mark) {
        out = std::max({out, mark.modified_ns, mark.changed_ns});
    };
    look(run.opref.mark);
    look(run.guild);
    look(run.attrs);
    look(run.reason.mark);
    for (const auto& file : run.attributes) {
        look(file.mark);
    }
    return out;
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

// ---- the bytes of the file

std::string encode_indexed_run(const indexed_run& run) {
    std::string body;
    body.reserve(1024);
    add_value(body, youngest(run));
    add_text(body, run.id);
    add_file(body, run.opref);
    add_value(body, static_cast<std::uint16_t>(run.attributes.size()));
    for (const auto& file : run.attributes) {
        add_file(body, file);
    }
    add_value(body, run.ended);
    if (run.ended) {
        add_value(body, run.terminated_remote);
        add_value(body, run.has_ours);
        add_mark(body, run.guild);
        add_mark(body, run.attrs);
        add_file(body, run.reason);
    }
    std::string out;
    out.reserve(body.size() + sizeof(std::uint32_t));
    add_text(out, body);
    return out;
}

std::optional<indexed_run> decode_indexed_run(std::string_view record) {
    index_reader in(index_reader(record).text());
    std::ignore = in.value<std::int64_t>(); // only `store` needs it
    indexed_run out;
    out.id = in.text();
    out.opref = read_file(in);
    const auto count = in.value<std::uint16_t>();
    if (count > most_attributes) {
        return std::nullopt;
    }
    out.attributes.reserve(count);
    for (std::uint16_t i = 0; i < count && in.good(); ++i) {
        out.attributes.push_back(read_file(in));
    }
    out.ended = read_flag(in);
    if (out.ended) {
        out.terminated_remote = read_flag(in);
        out.has_ours = read_flag(in);
        out.guild = read_mark(in);
        out.attrs = read_mark(in);
        out.reason = read_file(in);
    }
    return in.good() && in.at_end() ? std::optional(std::move(out)) : std::nullopt;
}

std::int64_t youngest_change(std::string_view record) {
    return index_reader(index_reader(record).text()).value<std::int64_t>();
}

std::string index_file(std::string_view records) {
    std::string out;
    out.reserve(header_size + records.size());
    out.append(magic);
    add_value(out, byte_order);
    out.append(protocol::hash_of(records));
    out.append(records);
    return out;
}

std::vector<std::pair<std::string_view, std::string_view>> records_of(std::string_view file) {
    if (file.size() < header_size || !file.starts_with(magic) ||
        index_reader(file.substr(magic.size())).value<std::uint64_t>() != byte_order) {
        return {};
    }
    std::string_view rest = file.substr(header_size);
    if (protocol::hash_of(rest) != file.substr(header_size - hash_size, hash_size)) {
        return {};
    }
    std::vector<std::pair<std::string_view, std::string_view>> out;
    while (!rest.empty()) {
        index_reader in(rest);
        const auto body = in.text();
        index_reader inside(body);
        std::ignore = inside.value<std::int64_t>();
        const auto id = inside.text();
        if (!in.good() || !inside.good()) {
            return {};
        }
        const std::size_t size = sizeof(std::uint32_t) + body.size();
        out.emplace_back(id, rest.substr(0, size));
        rest.remove_prefix(size);
    }
    return out;
}

} // namespace outrider::agent
