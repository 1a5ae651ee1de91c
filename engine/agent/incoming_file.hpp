#pragma once

#include "engine/descriptor.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/result.hpp"

#include <ctime>
#include <string>
#include <string_view>

namespace outrider::agent {

/// A file that is being written beside its place: under a name of its own in a directory for
/// incoming files, of which nothing remains unless `move_to` succeeds. Blocks of zeros become
/// holes.
class incoming_file {
  public:
    /// `incoming` must outlive the file and lie on the file system of the place.
    [[nodiscard]] static result<incoming_file> create(int incoming, protocol::file_entry entry);
    incoming_file(incoming_file&& other) noexcept = default;
    incoming_file& operator=(incoming_file&& other) noexcept = default;
    ~incoming_file();

    [[nodiscard]] const protocol::file_entry& entry() const { return entry_; }
    /// Appends bytes; fails with `no_space` on a full disk.
    [[nodiscard]] result<> write(std::string_view bytes);
    /// Checks what arrived against what was sent, and sets mode and time.
    [[nodiscard]] result<> finish(const protocol::file_end& end);
    /// Puts the finished file in its place, where it replaces a file or link.
    [[nodiscard]] result<> move_to(int parent, const std::string& name);

  private:
    incoming_file(int incoming, std::string name, descriptor file, protocol::file_entry entry);

    int incoming_;
    std::string name_; // in `incoming_`; empty once it is in its place
    descriptor file_;
    protocol::file_entry entry_;
    protocol::content_hash hash_;
    std::int64_t size_ = 0; // bytes that arrived
};

/// A name for a temporary file or directory that no other process or request uses: `PID.NUMBER`.
[[nodiscard]] std::string incoming_name();
/// Removes what agents that are gone left in a directory for incoming files more than a day
/// before `now`.
void sweep_incoming(int incoming, std::string_view prefix, std::time_t now);

} // namespace outrider::agent
