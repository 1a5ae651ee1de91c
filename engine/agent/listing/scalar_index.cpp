#include "engine/agent/listing/scalar_index.hpp"

#include "engine/json/described_json.hpp"
#include "engine/runs/small_file.hpp"

#include <dirent.h>
#include <unistd.h>

#include <memory>

namespace outrider::agent {
namespace {

constexpr std::int64_t index_version = 1;
constexpr std::size_t largest_scalar_index = std::size_t{64} << 20; // bytes

fs::path directory_of(const fs::path& home) {
    return home / "cache" / "outrider" / "scalars";
}

bool is_there(const fs::path& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

void remove_forgotten(const fs::path& home) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory_of(home).c_str()),
                                                      &::closedir);
    while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
        const std::string name = entry->d_name;
        if (name.starts_with('.') || is_there(home / "runs" / name) ||
            is_there(home / "trash" / "runs" / name)) {
            continue;
        }
        std::ignore = remove_file(directory_of(home) / name); // somebody else may have been faster
    }
}

} // namespace

scalar_index load_scalar_index(const fs::path& home, const std::string& run_id) {
    const auto text = read_small_file(directory_of(home) / run_id, largest_scalar_index);
    if (text) {
        auto index = protocol::decode<scalar_index>(*text);
        if (index && index->version == index_version) {
            return std::move(*index);
        }
    }
    return {};
}

void store_scalar_index(const fs::path& home, const std::string& run_id,
                        const scalar_index& index) {
    const fs::path directory = directory_of(home);
    if (!make_directories(directory)) {
        return;
    }
    const fs::path path = directory / run_id;
    const bool is_new = !is_there(path);
    const fs::path temporary = directory / ("." + run_id + "." + std::to_string(::getpid()));
    scalar_index written = index;
    written.version = index_version;
    if (!replace_file(path, temporary, protocol::encode(written))) {
        std::ignore = remove_file(temporary); // of a full disk
    }
    if (is_new) {
        remove_forgotten(home);
    }
}

} // namespace outrider::agent
