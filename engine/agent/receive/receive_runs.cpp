#include "engine/agent/receive/arrival_space.hpp"
#include "engine/agent/receive/transfer_intake.hpp"
#include "engine/agent/server/client_memory.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

// Between two attempts to get the lock of a run.
constexpr std::chrono::milliseconds lock_interval{50};

/// Takes steps, orders and content as they come, has them worked off, and tells how far it is.
class receive_runs_job final : public job {
  public:
    receive_runs_job(const agent_context& context, protocol::receive_runs request,
                     reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel),
          intake_(context, request_.home, channel) {
        note(open());
    }

    std::optional<job_wait> advance() override;
    void on_part(std::string_view type, const protocol::json::value& body) override;
    void on_data(std::string_view bytes) override;
    void cancel() override {
        if (!intake_.ended()) {
            note(failure(errc::cancelled, "the transfer was cancelled"));
        }
    }

  private:
    result<> open();
    result<> add_part(std::string_view type, const protocol::json::value& body);
    result<std::string_view> content_of(std::string_view packet) const;
    result<> add_content(std::string_view packet);
    result<transfer_intake::pause> go_on();
    void acknowledge();
    void note(result<> done);
    [[nodiscard]] std::string place() const;

    const agent_context& context_;
    protocol::receive_runs request_;
    reply_channel channel_;
    transfer_intake intake_;
    client_memory memory_;
    std::optional<failure> failed_;
    bool prepared_ = true; // there is nothing to prepare now
    protocol::transfer_ack told_;
};

// ---- input ----------------------------------------------------------------------------------

result<> receive_runs_job::open() {
    if (request_.memory && memory_.open(*request_.memory)) {
        channel_.part(protocol::memory_seen{});
    }
    if (request_.package.empty()) {
        return check_space(place(), {.bytes = request_.bytes, .files = request_.files});
    }
    const auto present = has_package(context_, request_.package);
    if (!present) {
        return present.error();
    }
    if (*present) {
        intake_.open_package(std::make_unique<run_intake>()); // what comes is dropped
        return {};
    }
    if (auto space = check_space(place(), {.bytes = request_.bytes, .files = request_.files});
        !space) {
        return space;
    }
    auto opened = open_package(context_, request_.package);
    if (!opened) {
        return opened.error();
    }
    intake_.open_package(std::make_unique<run_intake>(std::move(*opened)));
    return {};
}

std::string receive_runs_job::place() const {
    return request_.package.empty()
               ? (resolve_home(request_.home, context_.machine.home) / "runs").string()
               : packages_path(context_);
}

void receive_runs_job::on_part(std::string_view type, const protocol::json::value& body) {
    if (!failed_) {
        note(add_part(type, body));
    }
}

result<> receive_runs_job::add_part(std::string_view type, const protocol::json::value& body) {
    const auto add = [&]<class Part>(Part part) -> bool {
        const bool fits = type == Part::name && protocol::from_json(body, part);
        if (fits) {
            intake_.steps().add(std::move(part));
        }
        return fits;
    };
    if (add(protocol::receive_begin{}) || add(protocol::receive_marks{}) ||
        add(protocol::receive_finish{}) || add(protocol::orders_end{})) {
        return {};
    }
    return protocol::malformed_packet("part of a transfer: '" + std::string(type) + "'");
}

void receive_runs_job::on_data(std::string_view bytes) {
    if (failed_) {
        return;
    }
    const char kind = bytes.empty() ? '\0' : bytes.front();
    if (kind == static_cast<char>(protocol::packet_kind::orders)) {
        intake_.steps().add_orders(bytes);
        return;
    }
    note(add_content(bytes));
}

result<std::string_view> receive_runs_job::content_of(std::string_view packet) const {
    protocol::packet_reader in(packet);
    if (in.kind() != protocol::packet_kind::lent) {
        return packet;
    }
    const auto lent = protocol::read_lent(in);
    return lent ? memory_.at(lent->offset, lent->size) : lent.error();
}

result<> receive_runs_job::add_content(std::string_view packet) {
    const auto content = content_of(packet);
    if (!content) {
        return content.error();
    }
    if (content->empty() || content->front() != static_cast<char>(protocol::packet_kind::content) ||
        intake_.content().held() > content_queue::most) {
        return protocol::malformed_packet("stream of content");
    }
    const bool can_go_on = intake_.content().empty();
    intake_.content().lend(*content);
    result<> done;
    if (can_go_on) {
        const auto worked = intake_.work(time_slice().end());
        done = worked ? result<>() : worked.error();
    }
    intake_.content().keep();
    return done;
}

// ---- output ---------------------------------------------------------------------------------

void receive_runs_job::acknowledge() {
    const auto now = intake_.progress();
    if (now.content != told_.content || now.orders != told_.orders || now.bytes != told_.bytes) {
        channel_.data(ack_packet(now));
        told_ = now;
    }
}

void receive_runs_job::note(result<> done) {
    if (done || failed_) {
        return;
    }
    failed_ = done.error();
    if (failed_->kind() != errc::no_space || !intake_.has_begun()) {
        intake_.abandon(false);
        return;
    }
    // What is missing shows once the temporary files are gone.
    auto need = intake_.outstanding();
    const auto progress = intake_.progress();
    need.bytes = std::max(need.bytes, request_.bytes - progress.bytes);
    need.files = std::max({need.files, request_.files - progress.orders, std::int64_t{1}});
    intake_.abandon(true);
    failed_ = disk_full(place(), need);
}

result<transfer_intake::pause> receive_runs_job::go_on() {
    const time_slice slice;
    const auto paused = intake_.work(slice.end());
    if (!paused) {
        return paused;
    }
    // Both ends wait for signatures: they get their share also while content flows.
    const auto share = clock::now() + std::chrono::milliseconds(5);
    const auto prepared = intake_.prepare(std::max(slice.end(), share));
    if (!prepared) {
        return prepared.error();
    }
    prepared_ = *prepared;
    if (intake_.ended()) {
        if (auto checked = intake_.check_nothing_is_left(); !checked) {
            return checked.error();
        }
    }
    return paused;
}

std::optional<job_wait> receive_runs_job::advance() {
    auto paused = transfer_intake::pause::input;
    if (!failed_) {
        const auto done = go_on();
        note(done ? result<>() : done.error());
        paused = done ? *done : paused;
    }
    if (failed_) {
        channel_.fail(*failed_);
        return std::nullopt;
    }
    acknowledge();
    if (intake_.ended()) {
        channel_.reply(intake_.totals());
        return std::nullopt;
    }
    if (!prepared_ && channel_.congested()) {
        return time_slice::until_drained();
    }
    if (!prepared_ || paused == transfer_intake::pause::time) {
        return time_slice::let_others_go_first();
    }
    job_wait wait;
    wait.input = true;
    if (paused == transfer_intake::pause::lock) {
        wait.deadline = clock::now() + lock_interval;
    }
    return wait;
}

} // namespace

std::unique_ptr<job> make_receive_runs_job(const agent_context& context,
                                           protocol::receive_runs request, reply_channel channel) {
    return std::make_unique<receive_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
