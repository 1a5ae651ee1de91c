#pragma once

#include "engine/remotes/transport.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace outrider::testing {

/// What a test does with the wires of a transport. Lives longer than the engine that uses it.
struct stream_tap {
    /// Whether a connection or a shell may be opened; empty: all of them.
    std::function<result<>(const std::string& remote)> admit;
    /// Takes each shell and gives what is used in its place; empty: the shell itself. `number`
    /// counts the shells of a connection from 0: the control agent's is the first.
    std::function<std::unique_ptr<byte_stream>(const std::string& remote, int number,
                                               std::unique_ptr<byte_stream> shell)>
        wrap;
};

/// The local transport, with the tap on every stream. As one of another type it leads to agents
/// that are taken to be on another machine.
[[nodiscard]] std::unique_ptr<transport> make_tapped_transport(stream_tap& tap,
                                                               const remote_type& type);

} // namespace outrider::testing
