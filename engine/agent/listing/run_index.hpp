#pragma once

#include "engine/agent/files/file_mark.hpp"
#include "engine/agent/server/context.hpp"
#include "engine/runs/run_paths.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace outrider::agent {

/// A small file as it was read while it had this mark.
struct marked_file {
    std::string name; ///< of the attribute; empty for the others
    file_mark mark;
    std::optional<std::string> bytes; ///< nothing: absent, or not readable
};

/// What was read of one run. Each part counts only while its mark is what the disk shows now.
struct indexed_run {
    std::string id;
    marked_file opref;
    std::vector<marked_file> attributes; ///< in no order
    bool ended = false; ///< what follows was read too, and says an end without looking at processes
    bool terminated_remote = false;
    bool has_ours = false; ///< `.guild/outrider` is there, which may get a reason
    file_mark guild;       ///< of the directory `.guild`: its markers
    file_mark attrs;       ///< of the directory `.guild/attrs`: which attributes there are
    marked_file reason;

    [[nodiscard]] const marked_file* find(std::string_view name) const;
};

/// A hint that saves reading: HOME/cache/outrider/runs-UID (trash-UID), or a file in the agent's
/// cache directory where the home may only be read. It may be removed at any time; one that is
/// damaged, of another format or of another user is as good as none. Two agents may write it at
/// once: it is written beside its place and renamed, and the last one wins.
class run_index {
  public:
    run_index(const agent_context& context, const fs::path& home, bool trash);

    /// Reads the file, if there is one that is whole.
    void load();
    /// What was known of a run, or has been put since.
    [[nodiscard]] std::optional<indexed_run> find(const std::string& id) const;
    /// Adds what was read since `run_index` was made. Marks are taken before the bytes are read.
    void put(const indexed_run& run);
    /// Whether so much was put that writing pays.
    [[nodiscard]] bool is_worth_storing() const;
    /// Writes what is known of these runs, less what may have changed again within one tick of the
    /// clock. What cannot be written is read again the next time.
    void store(const std::vector<std::string>& ids) const;

  private:
    [[nodiscard]] bool store_at(const fs::path& path, std::int64_t clock_doubt_ns,
                                const std::vector<std::string>& ids) const;
    [[nodiscard]] std::string content(std::int64_t trusted_before_ns,
                                      const std::vector<std::string>& ids) const;

    fs::path in_home_;
    fs::path in_cache_;
    fs::path cache_;
    std::int64_t made_ns_;
    std::string bytes_;                                            // of the file
    std::unordered_map<std::string_view, std::string_view> known_; // records in bytes_
    std::unordered_map<std::string, std::string> fresh_;           // records
};

// ---- the bytes of the file: a magic line, the byte order, the hash of the rest, records. They are
// read and written on one machine only, so numbers stand as they are in memory.

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
