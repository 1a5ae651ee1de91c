#include "engine/agent/receive/transfer_intake.hpp"

namespace outrider::agent {

transfer_intake::transfer_intake(const agent_context& context, std::string home,
                                 reply_channel channel)
    : context_(context), home_(std::move(home)), channel_(channel) {}

void transfer_intake::open_package(std::unique_ptr<run_intake> package) {
    is_package_ = true;
    entered_ = true;
    run_ = std::move(package);
}

result<transfer_intake::pause> transfer_intake::work(clock::time_point deadline) {
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

result<std::optional<transfer_intake::pause>>
transfer_intake::work_on_content(clock::time_point deadline) {
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

result<std::optional<transfer_intake::pause>>
transfer_intake::work_on_step(clock::time_point deadline) {
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
    } else if (!run_ || (std::holds_alternative<protocol::orders_end>(*next) && !is_package_)) {
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
            if (!end) {
                channel_.part(run_->received());
            }
            finish_run();
            ended_ = end;
        }
    }
    steps_.pop();
    return {std::nullopt};
}

result<> transfer_intake::begin_run(protocol::receive_begin begin) {
    if (run_ || is_package_) {
        return protocol::malformed_packet("transfer: a run begins inside another one");
    }
    run_ = std::make_unique<run_intake>(context_, home_, std::move(begin));
    entered_ = false;
    return {};
}

void transfer_intake::finish_run() {
    totals_.files += run_->received().files;
    totals_.bytes += run_->received().bytes;
    run_.reset();
}

result<> transfer_intake::start_order() {
    if (!run_) {
        return protocol::malformed_packet("transfer: an order of no run");
    }
    auto order = steps_.take_order();
    if (auto put = run_->put(order); !put) {
        return put;
    }
    auto basis = ahead_.take(*run_, order);
    if (!basis) {
        return basis.error();
    }
    if (order.entry.type != protocol::file_type::regular) {
        ++done_.orders;
        return {};
    }
    current_ =
        std::make_unique<content_intake>(run_->target(), std::move(order), std::move(*basis));
    return {};
}

void transfer_intake::finish_file() {
    run_->note(current_->order(), current_->progress());
    if (auto* basis = current_->basis()) {
        basis->tell(channel_);
    }
    done_.bytes += current_->progress().bytes;
    current_.reset();
    ++done_.orders;
}

result<bool> transfer_intake::prepare(clock::time_point deadline) {
    if (!run_ || !entered_) {
        return true;
    }
    if (auto looked = ahead_.look(*run_, steps_.orders()); !looked) {
        return looked.error();
    }
    return ahead_.prepare(current_ ? current_->basis() : nullptr, channel_, deadline);
}

protocol::transfer_ack transfer_intake::progress() const {
    auto now = done_;
    now.content = content_.dealt();
    now.bytes += current_ ? current_->progress().bytes : 0;
    return now;
}

space_need transfer_intake::outstanding() const {
    auto need = steps_.outstanding();
    if (current_) {
        ++need.files;
        need.bytes += current_->order().entry.size;
    }
    return need;
}

result<> transfer_intake::check_nothing_is_left() {
    const auto record = content_.front();
    return record && *record == nullptr
               ? result<>()
               : protocol::malformed_packet("transfer: content of no file");
}

void transfer_intake::abandon(bool drop) {
    if (current_ && drop) {
        current_->drop();
    }
    current_.reset();
    ahead_.abandon(drop);
    run_.reset();
}

} // namespace outrider::agent
