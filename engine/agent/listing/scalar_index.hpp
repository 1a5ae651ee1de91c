#pragma once

#include "engine/runs/run_paths.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// The scalars of a file by their tags.
using series_map = std::map<std::string, scalar_series, std::less<>>;

/// What was read of one event file, and how far. While size, time and inode are these, it is not
/// read again; where it has only grown, from `offset` on.
struct indexed_file {
    std::string path; ///< relative to the run
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0; ///< end of the last whole record
    series_map series;
    std::map<std::string, std::string, std::less<>> texts;
};

/// The index of one run: HOME/cache/outrider/scalars/ID. It may be removed at any time.
struct scalar_index {
    std::vector<indexed_file> files;
};

/// The index of a run; empty where there is none that can be read.
[[nodiscard]] scalar_index load_scalar_index(const fs::path& home, const std::string& run_id);

/// Writes it, beside its place and renamed. What cannot be written (a home that may only be read)
/// is read again the next time. A run that had none is an occasion to remove those of runs that
/// are gone.
void store_scalar_index(const fs::path& home, const std::string& run_id, const scalar_index& index);

/// The bytes of an index: of this machine, for itself.
[[nodiscard]] std::string encode_scalar_index(const scalar_index& index);
/// What `encode_scalar_index` made; empty where the bytes are anything else.
[[nodiscard]] scalar_index decode_scalar_index(std::string_view bytes);

} // namespace outrider::agent
