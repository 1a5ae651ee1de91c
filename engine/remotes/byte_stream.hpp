#pragma once

#include "engine/reactor/awaitable.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace outrider {

/// A reliable two-way byte stream to a program on some machine: its standard input and output. One
/// coroutine may read while another writes; two readers or two writers at once are a mistake. A
/// cancelled read leaves the stream usable; after a cancelled write it must be closed. Owned by
/// whoever opened it; destroying it drops the stream at once, without waiting.
class byte_stream {
  public:
    byte_stream() = default;
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    virtual ~byte_stream() = default;

    /// Reads at least one byte; 0 means the orderly end.
    [[nodiscard]] virtual awaitable<result<std::size_t>> read_some(std::span<char> into) = 0;
    /// Writes everything; returns when it has been handed to the wire.
    [[nodiscard]] virtual awaitable<result<>> write(std::string_view bytes) = 0;
    /// Ends the stream in an orderly way, as far as that takes at most a few seconds.
    virtual awaitable<void> close() = 0;
    /// What the program wrote to standard error so far (the last 4 KiB), for error texts.
    [[nodiscard]] virtual std::string diagnostics() const = 0;
};

} // namespace outrider
