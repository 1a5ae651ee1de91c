#include "engine/agent/start/python_support.hpp"

#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/machine/cache_directory.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"

#include <unistd.h>

#include <algorithm>

namespace outrider::agent {
namespace {

std::string hash_of_all() {
    std::string all;
    for (const auto& file : python_support_files()) {
        all.append(file.path).push_back('\0');
        all.append(file.content).push_back('\0');
    }
    return protocol::hash_of(all);
}

// A cleaner of caches may have taken files one by one.
bool is_complete(const fs::path& directory) {
    std::error_code error;
    return fs::is_directory(directory, error) &&
           std::ranges::all_of(python_support_files(), [&](const support_file& file) {
               return fs::exists(directory / file.path, error);
           });
}

result<> write_files(const fs::path& directory) {
    if (auto made = make_directories(directory); !made) {
        return made;
    }
    for (const auto& file : python_support_files()) {
        const fs::path path = directory / file.path;
        if (auto made = make_directories(path.parent_path()); !made) {
            return made;
        }
        if (auto written = write_new_file(path, file.content); !written) {
            return written;
        }
    }
    return {};
}

} // namespace

result<fs::path> ensure_python_support(const fs::path& cache) {
    static const std::string hash = hash_of_all();
    fs::path place = cache / ("python-" + hash);
    if (is_complete(place)) {
        return place;
    }
    std::ignore = remove_tree(place); // what is left of it; the check below decides
    if (auto made = ensure_cache_directory(cache); !made) {
        return made.error();
    }
    // Written aside and renamed: two agents may do this at once, and one of the renames then finds
    // that the other was first.
    const fs::path aside = cache / ("python-" + hash + ".new" + std::to_string(::getpid()));
    auto written = write_files(aside);
    std::error_code error;
    if (written) {
        fs::rename(aside, place, error);
    }
    std::ignore = remove_tree(aside); // gone after a rename; otherwise only wasted space
    if (!written) {
        return written.error();
    }
    if (!is_complete(place)) {
        return failure(errc::io_failed, "cannot write " + place.string());
    }
    return place;
}

} // namespace outrider::agent
