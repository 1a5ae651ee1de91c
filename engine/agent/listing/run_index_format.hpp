#pragma once

#include "engine/agent/listing/run_index.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The bytes of a run index: a magic line, the byte order, the hash of the rest, records. Read and
/// written on one machine only, so numbers stand as they are in memory.
namespace outrider::agent {

/// One record, its length before it.
[[nodiscard]] std::string encode_indexed_run(const indexed_run& run);
/// Nothing if the record is damaged.
[[nodiscard]] std::optional<indexed_run> decode_indexed_run(std::string_view record);
/// When the youngest of its files changed, ns since the epoch.
[[nodiscard]] std::int64_t youngest_change(std::string_view record);

/// The whole file with these records.
[[nodiscard]] std::string index_file(std::string_view records);
/// Run ids and records of a file, which has to outlive them; nothing at all if it is not whole.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>>
records_of(std::string_view file);

} // namespace outrider::agent
