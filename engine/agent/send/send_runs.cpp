#include "engine/agent/send/file_sending.hpp"
#include "engine/agent/send/orders.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

namespace outrider::agent {
namespace {

using protocol::content_record;
using protocol::packet_kind;

// How often a small file that changes is read before it is sent as it is.
constexpr int most_link_readings = 3;

/// Takes one order after the other, opens its file and sends it: a small one at once, a large one
/// step by step. Waits where orders, signatures or credit are still to come.
class send_runs_job final : public job {
  public:
    send_runs_job(const agent_context& context, protocol::send_runs request, reply_channel channel)
        : channel_(channel), sources_(context, std::move(request.home)),
          out_(channel, request.credit) {
        if (request.memory) {
            out_.lend_in(*request.memory);
        }
    }

    std::optional<job_wait> advance() override {
        const time_slice slice;
        auto now = sending_step::more;
        while (!failed_ && now == sending_step::more) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            now = checked(step());
        }
        if (failed_) {
            channel_.fail(*failed_);
            return std::nullopt;
        }
        out_.flush();
        if (now != sending_step::done) {
            return wait_after(now);
        }
        totals_.bytes = out_.sent();
        channel_.reply(totals_);
        return std::nullopt;
    }

    void on_part(std::string_view type, const protocol::json::value& body) override {
        protocol::send_begin begin;
        if (type == protocol::send_begin::name && protocol::from_json(body, begin)) {
            orders_.begin_run(std::move(begin.run_id));
        } else if (type == protocol::orders_end::name) {
            orders_.end();
        } else {
            fail({errc::protocol_violation, "unexpected part '" + std::string(type) + "'"});
        }
    }

    void on_data(std::string_view bytes) override {
        protocol::packet_reader in(bytes);
        result<> taken;
        switch (in.kind()) {
        case packet_kind::orders:
            taken = orders_.add(bytes);
            break;
        case packet_kind::signature:
            taken = signatures_.add(bytes);
            break;
        case packet_kind::credit:
            taken = grant(in);
            break;
        case packet_kind::returned:
            taken = out_.take_back(in);
            break;
        default:
            taken = protocol::malformed_packet("packet");
        }
        if (!taken) {
            fail(taken.error());
        }
    }

    void cancel() override { fail({errc::cancelled, "the transfer was cancelled"}); }

  private:
    void fail(failure what) {
        if (!failed_) {
            failed_ = std::move(what);
        }
    }

    job_wait wait_after(sending_step step) const {
        job_wait wait;
        if (step == sending_step::waits) {
            wait.input = true;
        } else {
            const auto& file = small_ ? *small_ : large_->file();
            wait.deadline = clock::now() + file.unsettled();
        }
        return wait;
    }

    sending_step checked(const result<sending_step>& step) {
        if (!step) {
            fail(step.error());
        }
        return step ? *step : sending_step::done;
    }

    result<> grant(protocol::packet_reader& in) {
        const auto credit = protocol::read_credit(in);
        if (!credit) {
            return credit.error();
        }
        out_.grant(*credit);
        return {};
    }

    result<sending_step> step() {
        if (large_) {
            return send_large();
        }
        if (small_) {
            return send_small();
        }
        return missing_ ? tell_missing() : take_order();
    }

    result<sending_step> take_order() {
        auto next = orders_.next();
        if (!next) {
            return next.error();
        }
        using kind = order_stream::step::kind_type;
        switch (next->kind) {
        case kind::none:
            return sending_step::waits;
        case kind::end:
            return sending_step::done;
        case kind::run:
            if (const auto begun = sources_.begin_run(next->run_id); !begun) {
                return begun.error();
            }
            return sending_step::more;
        case kind::order:
            break;
        }
        // Directories and links are made from their orders alone.
        return next->order.entry.type == protocol::file_type::regular ? open(next->order)
                                                                      : sending_step::more;
    }

    result<sending_step> open(const protocol::file_order& order) {
        auto file = sources_.open(order);
        if (!file) {
            return file.error();
        }
        number_ = order.number;
        basis_ = order.basis;
        readings_ = 0;
        grew_ = false;
        missing_ = !*file;
        small_ = std::move(*file); // until its size is looked at
        return sending_step::more;
    }

    result<sending_step> send_small() {
        const auto wanted = static_cast<std::size_t>(small_->size());
        if (wanted > protocol::block_size) {
            large_.emplace(std::move(*small_), number_, basis_);
            small_.reset();
            return sending_step::more;
        }
        if (!out_.reserve(content_outlet::record_room + wanted)) {
            return sending_step::waits;
        }
        if (!grew_ && small_->unsettled().count() > 0) {
            return sending_step::later;
        }
        content_record whole{.kind = content_record::kind_type::whole,
                             .number = number_,
                             .mtime_ns = small_->mtime_ns(),
                             .mode = small_->mode(),
                             .live = small_->is_cut()};
        const auto room = out_.block_room();
        const auto got = small_->read(0, room.data(), wanted);
        if (!got) {
            return got.error();
        }
        const auto change = small_->look_again();
        if (!change) {
            return change.error();
        }
        grew_ = *change == outgoing_file::change::grew; // it may go on like that for long
        const bool changed = *change != outgoing_file::change::none || *got < wanted;
        if (changed && ++readings_ < most_link_readings) {
            return sending_step::more;
        }
        whole.live = whole.live || changed;
        whole.data = std::string_view(room.data(), *got);
        whole.hash = protocol::hash_of_small_file(whole.data);
        out_.put(whole);
        small_.reset();
        ++totals_.files;
        return sending_step::more;
    }

    result<sending_step> send_large() {
        auto step = large_->step(out_, signatures_);
        if (!step || *step != sending_step::done) {
            return step;
        }
        large_.reset();
        ++totals_.files;
        return sending_step::more;
    }

    result<sending_step> tell_missing() {
        if (!out_.reserve(content_outlet::record_room)) {
            return sending_step::waits;
        }
        out_.put({.kind = content_record::kind_type::missing, .number = number_});
        missing_ = false;
        return sending_step::more;
    }

    reply_channel channel_;
    order_stream orders_;
    signature_queue signatures_;
    order_sources sources_;
    content_outlet out_;
    // The order that is being done; at most one of these is set.
    std::int64_t number_ = 0;
    bool basis_ = false;
    int readings_ = 0;
    bool grew_ = false;
    bool missing_ = false;
    std::optional<outgoing_file> small_;
    std::optional<file_sending> large_;
    protocol::send_totals totals_;
    std::optional<failure> failed_;
};

} // namespace

std::unique_ptr<job> make_send_runs_job(const agent_context& context, protocol::send_runs request,
                                        reply_channel channel) {
    return std::make_unique<send_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
