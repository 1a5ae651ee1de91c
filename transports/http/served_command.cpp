#include "transports/http/served_command.hpp"

#include "engine/api/api_json.hpp"
#include "transports/http/client_texts.hpp"

#include <utility>

namespace outrider {
namespace {

failure slow_client() {
    return {errc::io_failed, "what the command tells was not read for too long: " +
                                 std::to_string(served_command::most_waiting >> 20U) +
                                 " MiB wait\nWith '--no-service' it waits for its reader"};
}

} // namespace

command_client served_command::client_of(const std::shared_ptr<served_command>& self,
                                         std::function<void()> too_slow) {
    self->too_slow_ = std::move(too_slow);
    return {
        .tell = [self](const event& what, const std::string& remote) { self->tell(what, remote); },
        .ask = [self](const question& asked,
                      answer_taker give) { self->ask(asked, std::move(give)); },
        .behind = [self] { return !self->left_ && self->waiting_.size() > enough_waiting; },
        .on_caught_up =
            [self](std::function<void()> resume) { self->held_.push_back(std::move(resume)); }};
}

void served_command::tell(const event& what, const std::string& remote) {
    if (const auto* output = std::get_if<output_bytes>(&what)) {
        output_told_ += static_cast<std::int64_t>(output->bytes.size());
        begun_ = form_ == answer_form::output;
    }
    if (const auto* last = std::get_if<command_ended>(&what)) {
        auto told = *last;
        if (overflowed_) {
            told.error = slow_client();
        }
        outcome_ = told.error ? std::string(errc_name(told.error->kind())) : "done";
        error_ = told.error;
        ended_ = true;
        if (!left_) {
            waiting_ += formed(told, remote);
        }
        changed_.notify();
        return;
    }
    if (left_ || overflowed_) {
        return;
    }
    waiting_ += formed(what, remote);
    changed_.notify();
    if (waiting_.size() > most_waiting) {
        overflowed_ = true;
        too_slow_();
    }
}

std::string served_command::formed(const event& what, const std::string& remote) const {
    if (form_ == answer_form::output) {
        const auto* output = std::get_if<output_bytes>(&what);
        return output != nullptr ? output->bytes : std::string();
    }
    const auto finished = names_ ? with_finished_texts(what, *names_) : std::nullopt;
    return event_line(finished ? *finished : what, remote);
}

void served_command::ask(const question& asked, answer_taker give) {
    if (declining_) {
        give(std::nullopt);
        return;
    }
    const auto id = ++last_question_;
    questions_.emplace(id, std::move(give));
    add_line(event_line(asked, {}, id));
}

void served_command::begin(command_id id) {
    if (form_ == answer_form::event_lines) {
        add_line("{\"event\":\"command_taken\",\"id\":" +
                 std::to_string(static_cast<std::uint64_t>(id)) + "}\n");
    }
}

void served_command::add_line(std::string line) {
    waiting_ += line;
    changed_.notify();
}

awaitable<std::optional<std::string>> served_command::take() {
    while (waiting_.empty() && !ended_ && !begun_) {
        if (!co_await changed_.wait()) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
    if (waiting_.empty() && !begun_) {
        co_return std::nullopt;
    }
    begun_ = false; // what comes next is told by its bytes
    auto bytes = std::exchange(waiting_, {});
    caught_up();
    co_return bytes;
}

void served_command::caught_up() {
    for (auto& resume : std::exchange(held_, {})) {
        resume();
    }
}

bool served_command::answer(std::int64_t question_id, std::optional<std::string> given) {
    const auto found = questions_.extract(question_id);
    if (found.empty()) {
        return false;
    }
    found.mapped()(std::move(given));
    return true;
}

void served_command::leave() {
    left_ = true;
    waiting_.clear();
    caught_up();
    decline();
}

void served_command::decline() {
    declining_ = true;
    for (auto& [id, give] : std::exchange(questions_, {})) {
        give(std::nullopt);
    }
}

} // namespace outrider
