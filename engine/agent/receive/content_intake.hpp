#pragma once

#include "engine/agent/receive/basis_signature.hpp"
#include "engine/agent/receive/tree_intake.hpp"
#include "engine/protocol/packet.hpp"

#include <memory>
#include <optional>

namespace outrider::agent {

/// Takes the content of one regular file, record by record, checks it, and puts the file in its
/// place. Nothing in place is touched before the whole file was found to be what the sender had.
/// Whatever does not follow the protocol exactly is `protocol_violation`.
class content_intake {
  public:
    struct target {
        tree_intake* tree = nullptr; ///< nothing: the content is checked for its form and dropped
        bool resumable = false;      ///< what arrived stays when the transfer is cut
        bool exact = false;          ///< what comes must be what was announced: of a package
    };
    /// What became of the file.
    struct outcome {
        bool missing = false;   ///< it vanished at the sender
        bool live = false;      ///< it kept changing
        std::int64_t kept = 0;  ///< bytes that were here already
        std::int64_t bytes = 0; ///< its size, or what of it is here so far
    };

    /// `basis` belongs to orders that ask for one.
    content_intake(target into, protocol::file_order order, std::unique_ptr<basis_signature> basis);

    [[nodiscard]] const protocol::file_order& order() const { return order_; }
    [[nodiscard]] basis_signature* basis() { return basis_.get(); }
    /// Takes the next record, unless it has to wait: false then, and it is to be given again once
    /// the basis is further.
    [[nodiscard]] result<bool> take(const protocol::content_record& record);
    /// Goes on with a record of many blocks, up to `deadline`; true when no such is in progress.
    [[nodiscard]] result<bool> step(clock::time_point deadline);
    /// The file is in its place, or missing.
    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] const outcome& progress() const { return progress_; }
    /// Nothing of the temporary file is kept.
    void drop();

  private:
    result<> take_head(const protocol::content_record& record);
    result<> take_whole(const protocol::content_record& record);
    result<> take_block(const protocol::content_record& record);
    result<> take_range(const protocol::content_record& record);
    result<> take_tail(const protocol::content_record& record);
    result<> take_one_of_range();
    [[nodiscard]] bool must_wait(const protocol::content_record& record) const;
    [[nodiscard]] bool continues(const protocol::content_record& record) const;
    [[nodiscard]] result<> check_announced(const protocol::content_record& record) const;
    [[nodiscard]] failure violation(std::string_view what) const;
    [[nodiscard]] protocol::file_entry entry_as_sent(const protocol::content_record& record) const;
    void finish(const outcome& as);
    arriving_file* file();

    target into_;
    protocol::file_order order_;
    std::unique_ptr<basis_signature> basis_;
    std::optional<arriving_file> fresh_; // without a basis
    std::optional<protocol::content_record> head_;
    std::optional<protocol::content_record> range_; // keep or zeros: blocks that are left of it
    protocol::file_hash hash_;
    std::int64_t at_ = 0; // bytes of the file that have come
    outcome progress_;
    bool done_ = false;
};

/// The temporary file of an order: what an earlier transfer left of it, or a new one.
[[nodiscard]] result<arriving_file> open_arriving(const content_intake::target& into,
                                                  const std::string& path, bool keep_content);

} // namespace outrider::agent
