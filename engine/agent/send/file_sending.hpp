#pragma once

#include "engine/agent/send/content_outlet.hpp"
#include "engine/agent/send/outgoing_file.hpp"
#include "engine/agent/send/signature_queue.hpp"

namespace outrider::agent {

/// What became of a piece of work for a transfer.
enum class sending_step {
    more,  ///< there is more to do at once
    waits, ///< the client has to send something first
    later, ///< the file was written to just now
    done,
};

/// Sends a file that is larger than a block as its head, its blocks and its tail: what is a hole or
/// full of zeros, and what the receiver has, is only named. A file that changes meanwhile other
/// than by growing is begun again, at most twice; one that grew, ends in the middle of a line, or
/// changed to the end is called live. The job owns it and calls `step` until it is done.
class file_sending {
  public:
    /// With `basis`, waits for the receiver's signature.
    file_sending(outgoing_file file, std::int64_t number, bool basis);

    [[nodiscard]] const outgoing_file& file() const { return file_; }
    [[nodiscard]] result<sending_step> step(content_outlet& out, signature_queue& signatures);

  private:
    void begin(content_outlet& out);
    bool skip_hole(content_outlet& out);
    [[nodiscard]] result<> send_block(content_outlet& out);
    [[nodiscard]] result<sending_step> finish(content_outlet& out);
    void add_to_run(content_outlet& out, protocol::content_record::kind_type kind,
                    std::int64_t count);
    void put_run(content_outlet& out);
    void end_at(std::int64_t size);

    outgoing_file file_;
    std::int64_t number_;
    bool basis_;
    bool begun_ = false;
    int readings_ = 0;
    std::int64_t size_ = 0;     // to be sent
    std::int64_t blocks_ = 0;   // of it
    std::int64_t next_ = 0;     // block
    std::int64_t data_end_ = 0; // there is no hole from the next block to here, bytes
    // What the receiver has of the next block.
    signature_queue::answer known_ = signature_queue::answer::absent;
    protocol::hash128 known_hash_{};
    protocol::content_record run_; // blocks that are kept, or zeros; none if its count is 0
    protocol::file_hash hash_;
};

} // namespace outrider::agent
