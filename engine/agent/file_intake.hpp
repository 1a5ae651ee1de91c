#pragma once

#include "engine/agent/beneath.hpp"
#include "engine/agent/incoming_file.hpp"
#include "engine/protocol/messages.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider::agent {

/// Takes a stream of files into a directory: heads, data and ends in the order of the protocol.
/// Each entry replaces what is in its place; no name leads outside. Modes and times of directories
/// are set when everything is in them. Destroyed early, it leaves whole files only.
class file_intake {
  public:
    /// `root` receives the entries, `incoming` the files while they are written; both on one file
    /// system, and open as long as the intake lives.
    file_intake(int root, int incoming) : root_(root), incoming_(incoming) {}

    [[nodiscard]] result<> head(protocol::file_entry entry);
    [[nodiscard]] result<> data(std::string_view bytes);
    [[nodiscard]] result<> end(const protocol::file_end& sent);
    /// The end of the stream.
    [[nodiscard]] result<protocol::receive_reply> finish();

  private:
    result<> make_directory(const protocol::file_entry& entry);
    result<> make_link(const protocol::file_entry& entry);
    result<> set_aside_directory(int parent, const std::string& name) const;

    int root_;
    int incoming_;
    std::optional<incoming_file> current_;
    std::vector<protocol::file_entry> directories_; // in order of arrival, parents first
    protocol::receive_reply totals_;
};

} // namespace outrider::agent
