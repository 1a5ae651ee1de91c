#pragma once

#include "engine/protocol/packet.hpp"

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// An entry that is to be copied.
struct planned_order {
    protocol::file_order order;
    bool is_new = false;  ///< the copy has nothing of that path
    bool touched = false; ///< an equal directory that the changes in it give another time
};
/// Many: they are given up one by one as they are sent.
using planned_orders = std::deque<planned_order>;

/// What a copying needs of the disk that receives it.
struct space_needed {
    std::int64_t bytes = 0; ///< at its worst moment: each file stands beside what it replaces
    std::int64_t grown = 0; ///< bytes, once all is done
    std::int64_t files = 0; ///< entries that are new

    /// Adds what comes after this.
    void add(const space_needed& next);
};

/// The markers of a copy, as they are there.
struct marker_names {
    bool remote_lock = false;
    bool pending = false;
    bool staged = false;
    bool terminated_remote = false;
    friend bool operator==(const marker_names&, const marker_names&) = default;
};

/// What the copying of one run has to do, in this order, so that the copy never lies: files, then
/// attributes, then (by the caller) the markers, and opref last, because it makes the run appear.
struct copy_plan {
    std::string run_id;
    bool source_exists = false;
    bool copy_exists = false; ///< with its opref: it appears in lists
    bool copy_ended = false;  ///< the copy has an exit status and is not marked as running
    std::string copy_state;   ///< the token of the scan
    marker_names markers;
    planned_orders files; ///< directories and links too
    planned_orders attributes;
    planned_orders opref;
    std::vector<std::string> remove;   ///< paths of the copy, children before parents
    std::vector<std::string> no_files; ///< that cannot travel: FIFOs, sockets, devices; at most 20
    std::int64_t no_files_count = 0;
    space_needed space;

    [[nodiscard]] bool nothing_to_copy() const {
        return files.empty() && attributes.empty() && opref.empty() && remove.empty();
    }
    /// Of all orders.
    [[nodiscard]] std::int64_t count() const;
    [[nodiscard]] std::int64_t bytes() const;
};

/// Makes the plan of one run from its entries and those of its copy, given in path order. An entry
/// is copied unless type, size, modification time, mode and link target are equal; with it goes the
/// directory that it is in, whose time its arrival changes. Machine-bound files never travel:
/// locks, markers, the identity of processes, installed packages. With `delete_extra` entries of
/// the copy that are gone at the source are removed; an attribute of the end of a run (it was
/// restarted) always is. No I/O.
class copy_planner {
  public:
    copy_planner(std::string run_id, bool delete_extra);

    /// One path, as each end has it; null: it has not. `source_bytes` is the space that the file
    /// takes at the source, less than its size where it has holes.
    void compare(const protocol::file_entry* source, std::int64_t source_bytes,
                 const protocol::file_entry* copy);
    /// The copy has the rest of an interrupted transfer of that name.
    void add_partial(std::string name) { partials_.insert(std::move(name)); }
    [[nodiscard]] copy_plan finish() &&;

  private:
    void note_copy(const protocol::file_entry& copy);
    void add_extra(const protocol::file_entry& copy);
    void add(planned_order planned);
    void changes_in_parent(std::string_view path);

    bool delete_extra_;
    copy_plan plan_;
    bool has_exit_status_ = false;
    std::set<std::string> partials_;
    std::string replaced_; // a directory of the copy whose place something else takes
    // The directories around the present path that are equal, and in which nothing changes so far.
    std::vector<protocol::file_entry> untouched_;
};

} // namespace outrider
