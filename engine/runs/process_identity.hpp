#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace outrider {

/// A process as it can be recognised later on the same boot of the same machine.
struct process_mark {
    std::int64_t pid = 0;   ///< 0: none
    std::int64_t start = 0; ///< clock ticks after boot, field 22 of /proc/PID/stat
    friend bool operator==(const process_mark&, const process_mark&) = default;
};
BOOST_DESCRIBE_STRUCT(process_mark, (), (pid, start))

/// What /proc/PID/stat says of a process.
struct process_stat {
    std::int64_t pid = 0;
    char state = '?';
    std::int64_t parent = 0;
    std::int64_t group = 0;
    std::int64_t session = 0;
    std::int64_t start = 0; ///< clock ticks after boot

    [[nodiscard]] bool is_gone() const { return state == 'Z' || state == 'X' || state == 'x'; }
    /// Stopped by a signal; it is neither gone nor does it do anything before SIGCONT.
    [[nodiscard]] bool is_suspended() const { return state == 'T'; }
    /// It waits where no signal reaches it. If it was told to stop, as a shell may be while it
    /// starts a child (vfork), it does so afterwards.
    [[nodiscard]] bool is_uninterruptible() const { return state == 'D'; }
    [[nodiscard]] process_mark mark() const { return {pid, start}; }
};

/// Parses the text of /proc/PID/stat; the command in it may hold blanks and parentheses.
[[nodiscard]] std::optional<process_stat> parse_process_stat(const std::string& text);

/// The process of that pid; nothing if there is none.
[[nodiscard]] std::optional<process_stat> read_process(std::int64_t pid);

/// The mark of this process.
[[nodiscard]] process_mark own_mark();

/// Whether exactly this process lives; a zombie and a reused pid do not.
[[nodiscard]] bool is_alive(const process_mark& mark);

/// µs since the epoch at which a process of that start time began, by the present clock.
[[nodiscard]] std::int64_t start_time_us(std::int64_t start_ticks);

/// µs since the epoch, UTC.
[[nodiscard]] std::int64_t now_us();

} // namespace outrider
