#include "engine/agent/listing/scalar_index.hpp"

#include "engine/agent/listing/index_bytes.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"

#include <dirent.h>
#include <unistd.h>

#include <memory>

namespace outrider::agent {
namespace {

/// Says the version and, by being read as bytes, nothing of the order of bytes: an index is read by
/// the machine that wrote it.
constexpr std::string_view scalar_index_magic = "outrider scalars 2\n";
constexpr std::size_t scalar_hash_size = 32;                        // hex digits
constexpr std::size_t largest_scalar_index = std::size_t{64} << 20; // bytes

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

indexed_file read_indexed_file(index_reader& in) {
    indexed_file out;
    out.path = in.text();
    out.size = in.value<std::int64_t>();
    out.mtime_ns = in.value<std::int64_t>();
    out.inode = in.value<std::uint64_t>();
    out.offset = in.value<std::uint64_t>();
    for (auto left = in.value<std::uint32_t>(); left > 0 && in.good(); --left) {
        std::string tag(in.text());
        out.series.emplace_hint(out.series.end(), std::move(tag), in.value<scalar_series>());
    }
    for (auto left = in.value<std::uint32_t>(); left > 0 && in.good(); --left) {
        std::string tag(in.text());
        out.texts.emplace_hint(out.texts.end(), std::move(tag), in.text());
    }
    return out;
}

} // namespace

std::string encode_scalar_index(const scalar_index& index) {
    std::string body;
    for (const auto& file : index.files) {
        add_text(body, file.path);
        add_value(body, file.size);
        add_value(body, file.mtime_ns);
        add_value(body, file.inode);
        add_value(body, file.offset);
        add_value(body, static_cast<std::uint32_t>(file.series.size()));
        for (const auto& [tag, values] : file.series) {
            add_text(body, tag);
            add_value(body, values);
        }
        add_value(body, static_cast<std::uint32_t>(file.texts.size()));
        for (const auto& [tag, text] : file.texts) {
            add_text(body, tag);
            add_text(body, text);
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
    index_reader in(body);
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
