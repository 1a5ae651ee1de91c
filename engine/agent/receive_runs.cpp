#include "engine/agent/arrival_space.hpp"
#include "engine/agent/content_queue.hpp"
#include "engine/agent/jobs.hpp"
#include "engine/agent/run_intake.hpp"
#include "engine/agent/step_queue.hpp"
#include "engine/agent/time_slice.hpp"

#include <algorithm>

namespace outrider::agent {
namespace {

// Between two attempts to get the lock of a run.
constexpr std::chrono::milliseconds lock_interval{50};
// Files that are prepared ahead of the one that is being received, and their blocks.
constexpr std::size_t prepared_ahead = 2;
constexpr std::int64_t blocks_ahead = std::int64_t{1} << 19;

/// Takes steps, orders and content as they come, and works them off in the order of the steps.
class receive_runs_job final : public job {
  public:
    receive_runs_job(const agent_context& context, protocol::receive_runs request,
                     reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {
        note(open());
    }

    std::optional<job_wait> advance() override;
    void on_part(std::string_view type, const protocol::json::value& body) override;
    void on_data(std::string_view bytes) override;
    void cancel() override {
        if (!ended_) {
            note(failure(errc::cancelled, "the transfer was cancelled"));
        }
    }

  private:
    /// Why `work` went no further.
    enum class pause { input, lock, time };

    result<> open();
    result<> add_part(std::string_view type, const protocol::json::value& body);
    result<pause> work(clock::time_point deadline);
    result<std::optional<pause>> work_on_content(clock::time_point deadline);
    result<std::optional<pause>> work_on_step(clock::time_point deadline);
    result<> begin_run(protocol::receive_begin begin);
    void finish_run();
    result<> start_order();
    void finish_file();
    void finish_order() { ++acked_.orders; }
    result<> look_ahead();
    result<bool> prepare(clock::time_point deadline);
    void acknowledge();
    result<> check_nothing_is_left();
    void note(result<> done);
    void release();
    [[nodiscard]] std::string place() const;

    const agent_context& context_;
    protocol::receive_runs request_;
    reply_channel channel_;
    step_queue steps_;
    content_queue content_;
    // Temporary files go before the run that holds them.
    std::unique_ptr<run_intake> run_;
    bool entered_ = false;                               // run_ has its lock
    std::deque<std::unique_ptr<basis_signature>> ahead_; // of orders after the current one
    std::size_t looked_at_ = 0;                          // orders in the window
    std::unique_ptr<content_intake> current_;
    std::optional<failure> failed_;
    protocol::receive_totals totals_;
    protocol::transfer_ack acked_; // its bytes are those of files that are complete
    protocol::transfer_ack told_;
    bool ended_ = false;
};

// ---- input ----------------------------------------------------------------------------------

result<> receive_runs_job::open() {
    if (request_.package.empty()) {
        return check_space(place(), {.bytes = request_.bytes, .files = request_.files});
    }
    const auto present = has_package(context_, request_.package);
    if (!present) {
        return present.error();
    }
    entered_ = true;
    if (*present) {
        run_ = std::make_unique<run_intake>(); // what comes is dropped
        return {};
    }
    if (auto space = check_space(place(), {.bytes = request_.bytes, .files = request_.files});
        !space) {
        return space;
    }
    protocol::receive_files package;
    package.package = request_.package;
    auto opened = open_destination(context_, package);
    if (!opened) {
        return opened.error();
    }
    run_ = std::make_unique<run_intake>(std::move(*opened));
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
            steps_.add(std::move(part));
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
        steps_.add_orders(bytes);
        return;
    }
    if (kind != static_cast<char>(protocol::packet_kind::content) ||
        content_.held() > content_queue::most) {
        note(protocol::malformed_packet("stream of content"));
        return;
    }
    const bool can_go_on = content_.empty();
    content_.lend(bytes);
    if (can_go_on) {
        const auto done = work(time_slice().end());
        note(done ? result<>() : done.error());
    }
    content_.keep();
}

// ---- work -----------------------------------------------------------------------------------

result<receive_runs_job::pause> receive_runs_job::work(clock::time_point deadline) {
    for (;;) {
        if (auto read = steps_.read_ahead(); !read) {
            return read.error();
        }
        result<std::optional<pause>> stopped(std::nullopt);
        if (run_ && !entered_) {
            const auto entered = run_->enter();
            if (!entered || !*entered) {
                return entered ? result<pause>(pause::lock) : entered.error();
            }
            entered_ = true;
        } else if (current_) {
            stopped = work_on_content(deadline);
        } else if (!steps_.orders().empty()) {
            auto started = start_order();
            stopped = started ? result<std::optional<pause>>(std::nullopt) : started.error();
        } else {
            stopped = work_on_step(deadline);
        }
        if (!stopped) {
            return stopped.error();
        }
        if (*stopped) {
            return **stopped;
        }
        if (clock::now() >= deadline) {
            return pause::time;
        }
    }
}

result<std::optional<receive_runs_job::pause>>
receive_runs_job::work_on_content(clock::time_point deadline) {
    const auto stepped = current_->step(deadline);
    if (!stepped) {
        return stepped.error();
    }
    if (!*stepped) {
        return {pause::time};
    }
    const auto record = content_.front();
    if (!record) {
        return record.error();
    }
    if (*record == nullptr) {
        return {pause::input};
    }
    const auto taken = current_->take(**record);
    if (!taken) {
        return taken.error();
    }
    if (!*taken) {
        return {pause::input}; // the basis is not that far
    }
    content_.pop();
    if (current_->done()) {
        finish_file();
    }
    return {std::nullopt};
}

result<std::optional<receive_runs_job::pause>>
receive_runs_job::work_on_step(clock::time_point deadline) {
    auto* next = steps_.front();
    if (next == nullptr || ended_) {
        return {pause::input};
    }
    if (auto* begin = std::get_if<protocol::receive_begin>(next)) {
        auto begun = begin_run(std::move(*begin));
        if (!begun) {
            return begun.error();
        }
    } else if (std::holds_alternative<protocol::orders_end>(*next) && !run_) {
        ended_ = true;
    } else if (!run_ ||
               (std::holds_alternative<protocol::orders_end>(*next) && request_.package.empty())) {
        return protocol::malformed_packet("transfer: a step out of order");
    } else {
        auto* marks = std::get_if<protocol::receive_marks>(next);
        const auto done =
            marks != nullptr ? run_->step_marks(*marks, deadline) : run_->step_finish(deadline);
        if (!done) {
            return done.error();
        }
        if (!*done) {
            return {pause::time};
        }
        if (marks == nullptr) {
            const bool end = std::holds_alternative<protocol::orders_end>(*next);
            finish_run();
            ended_ = end;
        }
    }
    steps_.pop();
    return {std::nullopt};
}

result<> receive_runs_job::begin_run(protocol::receive_begin begin) {
    if (run_ || !request_.package.empty()) {
        return protocol::malformed_packet("transfer: a run begins inside another one");
    }
    run_ = std::make_unique<run_intake>(context_, request_.home, std::move(begin));
    entered_ = false;
    return {};
}

void receive_runs_job::finish_run() {
    channel_.part(run_->received());
    totals_.files += run_->received().files;
    totals_.bytes += run_->received().bytes;
    run_.reset();
}

result<> receive_runs_job::start_order() {
    if (!run_) {
        return protocol::malformed_packet("transfer: an order of no run");
    }
    auto order = steps_.take_order();
    if (auto put = run_->put(order); !put) {
        return put;
    }
    const bool looked_at = looked_at_ > 0;
    looked_at_ -= looked_at ? 1 : 0;
    if (order.entry.type != protocol::file_type::regular) {
        finish_order();
        return {};
    }
    std::unique_ptr<basis_signature> basis;
    if (order.basis && looked_at) {
        basis = std::move(ahead_.front());
        ahead_.pop_front();
    } else if (order.basis) {
        auto found = run_->find_basis(order);
        if (!found) {
            return found.error();
        }
        basis = std::move(*found);
    }
    current_ = std::make_unique<content_intake>(run_->target(), std::move(order), std::move(basis));
    return {};
}

void receive_runs_job::finish_file() {
    run_->note(current_->order(), current_->progress());
    if (auto* basis = current_->basis()) {
        basis->tell(channel_);
    }
    acked_.bytes += current_->progress().bytes;
    current_.reset();
    finish_order();
}

// ---- preparation ----------------------------------------------------------------------------

result<> receive_runs_job::look_ahead() {
    if (!run_ || !entered_) {
        return {};
    }
    std::int64_t blocks = 0;
    for (const auto& each : ahead_) {
        blocks += each->expected_blocks();
    }
    for (const auto& window = steps_.orders(); looked_at_ < window.size();) {
        const auto& order = window[looked_at_];
        if (!order.basis || order.entry.type != protocol::file_type::regular) {
            ++looked_at_;
            continue;
        }
        const auto size = order.entry.size / static_cast<std::int64_t>(protocol::block_size);
        if (ahead_.size() >= prepared_ahead ||
            blocks > blocks_ahead - std::min(size, blocks_ahead)) {
            return {};
        }
        auto found = run_->find_basis(order);
        if (!found) {
            return found.error();
        }
        blocks += (*found)->expected_blocks();
        ahead_.push_back(std::move(*found));
        ++looked_at_;
    }
    return {};
}

// True when there is nothing left to prepare now. Signatures go out in the order of orders.
result<bool> receive_runs_job::prepare(clock::time_point deadline) {
    if (auto looked = look_ahead(); !looked) {
        return looked.error();
    }
    std::vector<basis_signature*> all;
    if (current_ && current_->basis() != nullptr) {
        all.push_back(current_->basis());
    }
    for (const auto& each : ahead_) {
        all.push_back(each.get());
    }
    for (auto* basis : all) {
        if (basis->told()) {
            continue;
        }
        if (channel_.congested()) {
            return false;
        }
        if (auto stepped = basis->step(deadline); !stepped) {
            return stepped.error();
        }
        basis->tell(channel_);
        if (!basis->complete() || clock::now() >= deadline) {
            return false;
        }
    }
    return true;
}

// ---- output ---------------------------------------------------------------------------------

void receive_runs_job::acknowledge() {
    auto now = acked_;
    now.content = content_.dealt();
    now.bytes += current_ ? current_->progress().bytes : 0;
    if (now.content != told_.content || now.orders != told_.orders || now.bytes != told_.bytes) {
        channel_.data(ack_packet(now));
        told_ = now;
    }
}

result<> receive_runs_job::check_nothing_is_left() {
    const auto record = content_.front();
    return record && *record == nullptr
               ? result<>()
               : protocol::malformed_packet("transfer: content of no file");
}

void receive_runs_job::note(result<> done) {
    if (done || failed_) {
        return;
    }
    failed_ = done.error();
    const bool full = failed_->kind() == errc::no_space;
    auto need = steps_.outstanding();
    if (current_) {
        ++need.files;
        need.bytes += current_->order().entry.size; // its temporary file goes
    }
    need.bytes = std::max(need.bytes, request_.bytes - acked_.bytes);
    need.files = std::max({need.files, request_.files - acked_.orders, std::int64_t{1}});
    if (full && current_) {
        current_->drop();
    }
    for (const auto& each : ahead_) {
        if (full && each->file() != nullptr) {
            each->file()->drop();
        }
    }
    const bool wrote = current_ || run_;
    release();
    if (full && wrote) {
        failed_ = disk_full(place(), need);
    }
}

void receive_runs_job::release() {
    current_.reset();
    ahead_.clear();
    run_.reset();
}

std::optional<job_wait> receive_runs_job::advance() {
    const time_slice slice;
    auto paused = pause::input;
    bool prepared = true;
    if (!failed_) {
        const auto worked = work(slice.end());
        note(worked ? result<>() : worked.error());
        paused = worked ? *worked : pause::input;
    }
    if (!failed_) {
        // Both ends wait for signatures: they get their share also while content flows.
        const auto until = std::max(slice.end(), clock::now() + std::chrono::milliseconds(5));
        const auto done = prepare(until);
        note(done ? result<>() : done.error());
        prepared = done && *done;
    }
    if (!failed_ && ended_) {
        note(check_nothing_is_left());
    }
    if (failed_) {
        channel_.fail(*failed_);
        return std::nullopt;
    }
    acknowledge();
    if (ended_) {
        channel_.reply(totals_);
        return std::nullopt;
    }
    if (!prepared && channel_.congested()) {
        return time_slice::until_drained();
    }
    if (!prepared || paused == pause::time) {
        return time_slice::let_others_go_first();
    }
    job_wait wait;
    wait.input = true;
    if (paused == pause::lock) {
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
