#pragma once

#include "engine/protocol/messages.hpp"

/// How runs are compared and copied. The client scans both ends, plans, and then drives one stream:
/// `send_runs` at the end that has the files, `receive_runs` at the end that gets them. Both get
/// the same orders; what the one sends the client passes on to the other. What is frequent travels
/// in `data` frames, as the packets of `packet.hpp`; what is rare in parts, as here. Within one
/// request parts and data keep their order.
namespace outrider::protocol {

// ---- scan -----------------------------------------------------------------------------------

struct scan_reply {
    std::string home;         ///< absolute
    std::int64_t entries = 0; ///< of all runs
};
BOOST_DESCRIBE_STRUCT(scan_reply, (), (home, entries))
/// Reports everything below run directories, as `scan` packets: for each run, in the order of
/// `ids`, its begin, its entries (parents before children, names in byte order) and its end. A run
/// that is not there has a begin and an end. Files of interrupted transfers are not entries.
struct scan_runs {
    using reply = scan_reply;
    static constexpr std::string_view name = "scan_runs";
    std::string home;
    std::vector<std::string> ids;
    bool partials = false; ///< report what is left of interrupted transfers too
};
BOOST_DESCRIBE_STRUCT(scan_runs, (), (home, ids, partials))

// ---- transfer -------------------------------------------------------------------------------

/// Memory of the client for an agent on its machine: content that lies there is not sent.
struct shared_memory_file {
    std::string path; ///< a file that is this memory
    std::int64_t inode = 0;
    std::int64_t size = 0; ///< bytes
};
BOOST_DESCRIBE_STRUCT(shared_memory_file, (), (path, inode, size))

/// Part of `send_runs` and of `receive_runs`, from the client: no further orders.
struct orders_end {
    static constexpr std::string_view name = "orders_end";
};
BOOST_DESCRIBE_STRUCT(orders_end, (), ())

struct send_totals {
    std::int64_t files = 0;
    std::int64_t bytes = 0; ///< of content packets
};
BOOST_DESCRIBE_STRUCT(send_totals, (), (files, bytes))
/// Sends the regular files of `orders` packets, in their order, as `content` packets. For a file
/// whose order says `basis` it waits for the receiver's `signature` packets and sends only blocks
/// that differ. No more content is sent than `credit` packets allow.
struct send_runs {
    using reply = send_totals;
    static constexpr std::string_view name = "send_runs";
    std::string home;
    std::int64_t credit = 0; ///< bytes of content packets that may be sent before any is granted
    std::optional<shared_memory_file>
        memory; ///< what is large is put there and lent, if it is seen
};
BOOST_DESCRIBE_STRUCT(send_runs, (), (home, credit, memory))
/// Part of `send_runs`: the orders that follow are of this run. Without any, orders name absolute
/// sources, the user's own files.
struct send_begin {
    static constexpr std::string_view name = "send_begin";
    std::string run_id;
};
BOOST_DESCRIBE_STRUCT(send_begin, (), (run_id))

struct receive_totals {
    std::int64_t files = 0; ///< files and links that were put in place
    std::int64_t bytes = 0; ///< their sizes
};
BOOST_DESCRIBE_STRUCT(receive_totals, (), (files, bytes))
/// Takes the files of `orders` packets into runs, or into one package, which appears only when all
/// are there. Each file is written beside its place, its hash checked, then renamed. `signature`
/// packets tell the sender which blocks are here already; `ack` packets tell how far everything is.
/// Fails with `no_space` before anything is written if what is announced does not fit.
struct receive_runs {
    using reply = receive_totals;
    static constexpr std::string_view name = "receive_runs";
    std::string home;
    std::string package;    ///< name of the package; empty: runs
    std::int64_t bytes = 0; ///< of free space that the transfer needs at its worst moment
    std::int64_t files = 0; ///< files, directories and links that are new
    std::optional<shared_memory_file> memory; ///< the receiver says `memory_seen` if it can be used
};
BOOST_DESCRIBE_STRUCT(receive_runs, (), (home, package, bytes, files, memory))
/// Part of `receive_runs`: the orders that follow are of this run. Waits while another transfer
/// writes to the run. Then, if the run's copy state is not `state` any more, or the run is this
/// machine's own and alive, the run is left as it is, what comes for it is dropped, and
/// `run_received` says why (`conflict`).
struct receive_begin {
    static constexpr std::string_view name = "receive_begin";
    std::string run_id;
    std::string state; ///< as the scan reported it
    /// Content of LOCK.remote to set now: until everything is here the copy says "running there".
    std::optional<std::string> remote_lock;
};
BOOST_DESCRIBE_STRUCT(receive_begin, (), (run_id, state, remote_lock))
/// Part of `receive_runs`: once all orders before it are done, removes paths and sets the markers
/// of the run.
struct receive_marks {
    static constexpr std::string_view name = "receive_marks";
    std::optional<std::string> remote_lock; ///< content of LOCK.remote; nothing: no such file
    bool pending = false;
    bool staged = false;
    bool terminated_remote = false;
    std::vector<std::string> remove; ///< paths relative to the run, children before parents
};
BOOST_DESCRIBE_STRUCT(receive_marks, (), (remote_lock, pending, staged, terminated_remote, remove))
/// Part of `receive_runs`: the run is complete once all orders before it are done. What is left of
/// interrupted transfers of it is removed.
struct receive_finish {
    static constexpr std::string_view name = "receive_finish";
};
BOOST_DESCRIBE_STRUCT(receive_finish, (), ())

/// Part of the reply to `receive_runs`: content may come as `lent` packets from now on.
struct memory_seen {
    static constexpr std::string_view name = "memory_seen";
};
BOOST_DESCRIBE_STRUCT(memory_seen, (), ())

/// Part of the reply to `receive_runs`, after each `receive_finish`.
struct run_received {
    static constexpr std::string_view name = "run_received";
    std::string run_id;
    std::int64_t files = 0;           ///< files and links that were put in place
    std::int64_t bytes = 0;           ///< their sizes
    std::int64_t kept_bytes = 0;      ///< of those, what was here already
    std::int64_t live = 0;            ///< files that kept changing while they were read
    std::vector<std::string> missing; ///< paths that vanished at the sender; at most 20
    std::int64_t missing_count = 0;
    std::optional<failure_message> failure; ///< why the run was left as it is
};
BOOST_DESCRIBE_STRUCT(run_received, (),
                      (run_id, files, bytes, kept_bytes, live, missing, missing_count, failure))

// ---- watch ----------------------------------------------------------------------------------

/// Part of the reply to `watch_run_files`.
struct runs_changed {
    static constexpr std::string_view name = "runs_changed";
    std::vector<std::string> ids; ///< of runs in which something was written, made or removed
};
BOOST_DESCRIBE_STRUCT(runs_changed, (), (ids))
/// Part of the reply to `watch_run_files`, first: from now on nothing is missed.
struct watch_ready {
    static constexpr std::string_view name = "watch_ready";
    bool polls = false; ///< the system gives no notifications: changes are looked for at intervals
};
BOOST_DESCRIBE_STRUCT(watch_ready, (), (polls))
struct watch_end {};
BOOST_DESCRIBE_STRUCT(watch_end, (), ())
/// Reports changes below run directories, also of runs that appear later, until it is cancelled.
struct watch_run_files {
    using reply = watch_end;
    static constexpr std::string_view name = "watch_run_files";
    std::string home;
    std::vector<std::string> ids;
    std::int64_t settle_ms = 250; ///< changes within this time are reported together
};
BOOST_DESCRIBE_STRUCT(watch_run_files, (), (home, ids, settle_ms))

/// Part of `watch_listing`: the client knows of a change, and wants to have been told of it.
struct look_again {
    static constexpr std::string_view name = "look_again";
    std::int64_t number = 0; ///< grows
};
BOOST_DESCRIBE_STRUCT(look_again, (), (number))
/// Part of the reply to `watch_listing`: what changed since the last one; of the first, all that
/// was asked for. A large change comes in several, all but the last `partial`. Without runs:
/// nothing changed, which is told every few seconds.
struct listing_changed {
    static constexpr std::string_view name = "listing_changed";
    std::vector<run_facts> runs;   ///< new ones, and those whose facts changed; in no order
    std::vector<std::string> gone; ///< ids of runs that are not there any more
    std::int64_t total = 0;        ///< runs that are there
    std::string home;              ///< absolute
    bool partial = false;          ///< more of the same change follows
    std::int64_t looked = 0;       ///< everything was looked at after this `look_again` came
};
BOOST_DESCRIBE_STRUCT(listing_changed, (), (runs, gone, total, home, partial, looked))
/// Tells the newest runs of a home, and from then on what changes of them and of all others: runs
/// that appear or vanish, their states and attributes, also the end of processes that wrote
/// nothing. Until it is cancelled.
struct watch_listing {
    using reply = watch_end;
    static constexpr std::string_view name = "watch_listing";
    std::string home;
    std::int64_t newest = 0;             ///< told at first at most; 0: all
    std::vector<std::string> attributes; ///< names to report
    std::int64_t settle_ms = 100;        ///< changes within this time are reported together
    std::int64_t beat_ms = 4000;         ///< something is told at least so often
};
BOOST_DESCRIBE_STRUCT(watch_listing, (), (home, newest, attributes, settle_ms, beat_ms))

} // namespace outrider::protocol
