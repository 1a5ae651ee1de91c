#pragma once

#include "engine/core/result.hpp"
#include "engine/protocol/block_hash.hpp"
#include "engine/protocol/messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The payloads of `data` frames of `scan_runs`, `send_runs` and `receive_runs`: a byte that says
/// the kind, then records, none of which crosses the end of its packet. Numbers are LEB128, signed
/// ones in zigzag form; bytes are preceded by their count; a path by the count of bytes that it
/// shares with the path before it in the packet. The reader takes nothing for granted: records of a
/// far machine may hold anything.
namespace outrider::protocol {

enum class packet_kind : char {
    scan = 'n',      ///< agent → client
    orders = 'o',    ///< client → both agents
    content = 'c',   ///< sender → client → receiver
    lent = 'l',      ///< sender → client, client → receiver: content in memory that both see
    returned = 'r',  ///< client → sender: what of it was dealt with
    signature = 's', ///< receiver → client → sender
    credit = 'g',    ///< client → sender
    ack = 'a',       ///< receiver → client
};

/// Packets are filled up to about this size, bytes.
inline constexpr std::size_t packet_fill = std::size_t{128} << 10;

/// Fills one packet after the other.
class packet_writer {
  public:
    explicit packet_writer(packet_kind kind) : kind_(kind) { clear(); }

    void byte(char value) { bytes_.push_back(value); }
    void number(std::uint64_t value);
    void signed_number(std::int64_t value);
    void bytes(std::string_view value);
    void raw(std::string_view value) { bytes_.append(value); }
    void hash(const hash128& value) { raw(bytes_of(value)); }
    void path(std::string_view value);

    [[nodiscard]] bool empty() const { return bytes_.size() == 1; }
    [[nodiscard]] bool full() const { return bytes_.size() >= packet_fill; }
    /// The payload so far.
    [[nodiscard]] std::string_view payload() const { return bytes_; }
    /// Begins the next packet.
    void clear();

  private:
    packet_kind kind_;
    std::string bytes_;
    std::string path_; // the last one in the packet
};

/// Reads one packet. After the first malformed field every further one is 0 or empty, and `ok` is
/// false: a record is checked once, when all of it is read. Views lead into the payload.
class packet_reader {
  public:
    explicit packet_reader(std::string_view payload);

    [[nodiscard]] packet_kind kind() const { return kind_; }
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return !ok_ || rest_.empty(); }
    char byte();
    std::uint64_t number();
    /// A number that fits into 63 bits.
    std::int64_t count();
    std::int64_t signed_number();
    std::string_view bytes();
    std::string_view raw(std::size_t size);
    std::string_view rest();
    hash128 hash();
    const std::string& path();
    void fail() { ok_ = false; }

  private:
    packet_kind kind_ = packet_kind::scan;
    std::string_view rest_;
    std::string path_;
    bool ok_ = true;
};

/// `protocol_violation`: a packet that no record can be read from.
[[nodiscard]] failure malformed_packet(std::string_view what);

// ---- scan -----------------------------------------------------------------------------------

struct scan_record {
    enum class kind_type : char {
        begin = 'B',   ///< of the next run of the request
        entry = 'E',   ///< of the run: `entry`
        partial = 'P', ///< of an interrupted transfer: `partial`
        end = 'Z',     ///< of the run: `exists`, `state`
    };
    kind_type kind = kind_type::begin;
    file_entry entry;
    std::int64_t data_bytes = 0; ///< space that a file takes: less than its size if it has holes
    std::string partial;         ///< `partial_name` of the file's path
    bool exists = false;         ///< there is a run directory
    std::string state;           ///< changes when the status of a copy does; opaque
};
void write_record(packet_writer& out, const scan_record& record);
[[nodiscard]] result<scan_record> read_scan_record(packet_reader& in);

/// What is left of an interrupted transfer of a file has this name in `.guild/outrider/incoming`.
[[nodiscard]] std::string partial_name(std::string_view path);

// ---- orders ---------------------------------------------------------------------------------

/// One entry that is to be copied. Files, links and directories alike; only files have content.
struct file_order {
    std::int64_t number = 0; ///< counts from 0 in each transfer
    file_entry entry;        ///< as the scan of the sender reported it
    bool basis = false;      ///< the receiver has something to compare with: wait for signatures
    std::string source;      ///< absolute path at the sender; empty: `entry.path` in the run
};
void write_record(packet_writer& out, const file_order& order);
[[nodiscard]] result<file_order> read_file_order(packet_reader& in);

// ---- content --------------------------------------------------------------------------------

/// Bytes of a packet before the block that ends it, at most.
inline constexpr std::size_t largest_head = 512;

/// A file is either one `whole`, or a `head`, then its blocks in ascending order without gaps
/// (`block`, `keep`, `zeros`), then its `tail`; or `missing`. A second `head` of the same file
/// begins it again, because it changed while it was read.
struct content_record {
    enum class kind_type : char {
        whole = 'W',   ///< number, mtime_ns, mode, live, hash, data
        head = 'H',    ///< number, size, mtime_ns, mode
        block = 'B',   ///< first, data: one block, the rest of the packet
        keep = 'K',    ///< first, count: blocks of the receiver's basis
        zeros = 'Z',   ///< first, count: full blocks of zeros
        tail = 'T',    ///< size, live, hash
        missing = 'M', ///< number: the file vanished
    };
    kind_type kind = kind_type::whole;
    std::int64_t number = 0;
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::uint32_t mode = 0;
    bool live = false; ///< the file grew, or kept changing, while it was read
    hash128 hash{};    ///< `file_hash` of the whole
    std::int64_t first = 0;
    std::int64_t count = 0;
    std::string_view data; ///< into the payload
};
void write_record(packet_writer& out, const content_record& record);
[[nodiscard]] result<content_record> read_content_record(packet_reader& in);

// ---- signature ------------------------------------------------------------------------------

/// Hashes of blocks that the receiver has of a file. The last one of a file tells the size of the
/// basis; its last block is as short as that says.
struct signature_record {
    std::int64_t number = 0;
    std::int64_t first = 0;  ///< block of the first hash
    std::string_view hashes; ///< 16 bytes each
    bool last = false;
    std::int64_t basis_bytes = 0; ///< with `last`
};
void write_record(packet_writer& out, const signature_record& record);
[[nodiscard]] result<signature_record> read_signature_record(packet_reader& in);

// ---- content in shared memory ---------------------------------------------------------------

/// Where the payload of a content packet lies. What a receiver is lent stays as it is until it
/// acknowledges the packet; what a sender lends, until that is returned. A sender leaves
/// `frame_header_size` bytes before it free.
struct lent_content {
    std::int64_t offset = 0;
    std::int64_t size = 0; ///< bytes
};
[[nodiscard]] std::string lent_packet(const lent_content& content);
[[nodiscard]] result<lent_content> read_lent(packet_reader& in);

/// A sender divides the memory into rooms of so many bytes: a block, and a page for the header of
/// its frame and the records before it.
inline constexpr std::size_t shared_slot_size = block_size + 4096;

/// The offsets of what a sender had lent.
[[nodiscard]] std::string returned_packet(const std::vector<std::int64_t>& offsets);
[[nodiscard]] result<std::vector<std::int64_t>> read_returned(packet_reader& in);

// ---- credit and ack -------------------------------------------------------------------------

/// Payload bytes of content packets that may be sent in all.
[[nodiscard]] std::string credit_packet(std::int64_t bytes);
[[nodiscard]] result<std::int64_t> read_credit(packet_reader& in);

struct transfer_ack {
    std::int64_t content = 0; ///< payload bytes of content packets that are dealt with
    std::int64_t orders = 0;  ///< orders that are done
    std::int64_t bytes = 0;   ///< of files: written or found to be here, holes included
};
[[nodiscard]] std::string ack_packet(const transfer_ack& ack);
[[nodiscard]] result<transfer_ack> read_ack(packet_reader& in);

} // namespace outrider::protocol
