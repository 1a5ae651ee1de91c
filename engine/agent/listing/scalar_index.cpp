#include "engine/agent/listing/scalar_index.hpp"

#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"

#include <dirent.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <type_traits>

namespace outrider::agent {
namespace {

/// Says the version and, by being read as bytes, nothing of the order of bytes: an index is read by
/// the machine that wrote it.
constexpr std::string_view scalar_index_magic = "outrider scalars 2\n";
constexpr std::size_t scalar_hash_size = 32;                        // hex digits
constexpr std::size_t largest_scalar_index = std::size_t{64} << 20; // bytes

static_assert(std::is_trivially_copyable_v<scalar_series>);

fs::path index_directory(const fs::path& home) {
    return home / "cache" / "outrider" / "scalars";
}

bool index_is_there(const fs::path& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

void remove_forgotten(const fs::path& home) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(index_directory(home).c_str()),
                                                      &::closedir);
    while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
        const std::string name = entry->d_name;
        if (name.starts_with('.') || index_is_there(home / "runs" / name) ||
            index_is_there(home / "trash" / "runs" / name)) {
            continue;
        }
        std::ignore =
            remove_file(index_directory(home) / name); // somebody else may have been faster
    }
}

template <class Value>
void add_raw(std::string& out, const Value& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void add_sized(std::string& out, std::string_view text) {
    add_raw(out, static_cast<std::uint32_t>(text.size()));
    out.append(text);
}

/// Takes an index apart; after the first value that is not there, all are empty.
class scalar_index_reader {
  public:
    explicit scalar_index_reader(std::string_view rest) : rest_(rest) {}

    [[nodiscard]] bool at_end() const { return good_ && rest_.empty(); }
    [[nodiscard]] bool good() const { return good_; }

    template <class Value>
    Value raw() {
        Value value{};
        if (const auto bytes = take(sizeof value); bytes.size() == sizeof value) {
            std::memcpy(&value, bytes.data(), sizeof value);
        }
        return value;
    }
    std::string_view text() { return take(raw<std::uint32_t>()); }

  private:
    std::string_view take(std::size_t count) {
        good_ = good_ && count <= rest_.size();
        if (!good_) {
            return {};
        }
        const auto out = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return out;
    }

    std::string_view rest_;
    bool good_ = true;
};

indexed_file read_indexed_file(scalar_index_reader& in) {
    indexed_file out;
    out.path = in.text();
    out.size = in.raw<std::int64_t>();
    out.mtime_ns = in.raw<std::int64_t>();
    out.inode = in.raw<std::uint64_t>();
    out.offset = in.raw<std::uint64_t>();
    for (auto left = in.raw<std::uint32_t>(); left > 0 && in.good(); --left) {
        std::string tag(in.text());
        out.series.emplace_hint(out.series.end(), std::move(tag), in.raw<scalar_series>());
    }
    for (auto left = in.raw<std::uint32_t>(); left > 0 && in.good(); --left) {
        std::string tag(in.text());
        out.texts.emplace_hint(out.texts.end(), std::move(tag), in.text());
    }
    return out;
}

} // namespace

std::string encode_scalar_index(const scalar_index& index) {
    std::string body;
    for (const auto& file : index.files) {
        add_sized(body, file.path);
        add_raw(body, file.size);
        add_raw(body, file.mtime_ns);
        add_raw(body, file.inode);
        add_raw(body, file.offset);
        add_raw(body, static_cast<std::uint32_t>(file.series.size()));
        for (const auto& [tag, values] : file.series) {
            add_sized(body, tag);
            add_raw(body, values);
        }
        add_raw(body, static_cast<std::uint32_t>(file.texts.size()));
        for (const auto& [tag, text] : file.texts) {
            add_sized(body, tag);
            add_sized(body, text);
        }
    }
    return std::string(scalar_index_magic) + protocol::hash_of(body) + body;
}

scalar_index decode_scalar_index(std::string_view bytes) {
    const auto header = scalar_index_magic.size() + scalar_hash_size;
    if (bytes.size() < header || !bytes.starts_with(scalar_index_magic)) {
        return {};
    }
    const auto body = bytes.substr(header);
    if (protocol::hash_of(body) != bytes.substr(scalar_index_magic.size(), scalar_hash_size)) {
        return {};
    }
    scalar_index out;
    scalar_index_reader in(body);
    while (in.good() && !in.at_end()) {
        out.files.push_back(read_indexed_file(in));
    }
    return in.good() ? std::move(out) : scalar_index{};
}

scalar_index load_scalar_index(const fs::path& home, const std::string& run_id) {
    const auto bytes = read_small_file(index_directory(home) / run_id, largest_scalar_index);
    return bytes ? decode_scalar_index(*bytes) : scalar_index{};
}

void store_scalar_index(const fs::path& home, const std::string& run_id,
                        const scalar_index& index) {
    const fs::path directory = index_directory(home);
    if (!make_directories(directory)) {
        return;
    }
    const fs::path path = directory / run_id;
    const bool is_new = !index_is_there(path);
    const fs::path temporary = directory / ("." + run_id + "." + std::to_string(::getpid()));
    if (!replace_file(path, temporary, encode_scalar_index(index))) {
        std::ignore = remove_file(temporary); // of a full disk
    }
    if (is_new) {
        remove_forgotten(home);
    }
}

} // namespace outrider::agent
