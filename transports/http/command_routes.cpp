#include "transports/http/command_routes.hpp"

#include "engine/api/api_json.hpp"
#include "engine/api/api_names.hpp"
#include "engine/reactor/task_group.hpp"
#include "transports/http/client_texts.hpp"

#include <boost/asio/post.hpp>
#include <boost/json.hpp>

#include <charconv>

namespace outrider {
namespace {

namespace json = boost::json;

std::map<command_id, std::shared_ptr<served_command>>::iterator
find_command(server_state& state, const std::string& id) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    return error == std::errc() && end == id.data() + id.size()
               ? state.commands.find(command_id{number})
               : state.commands.end();
}

http_answer no_such_command(const std::string& id) {
    return error_answer(404, "not_found", "there is no command '" + id + "', or it has ended");
}

// Interrupts the command when its client leaves, whatever way, and forgets it when it has ended.
class attendance {
  public:
    attendance(server_state& state, command_id id, std::shared_ptr<served_command> one,
               std::string kind)
        : state_(state), id_(id), one_(std::move(one)), kind_(std::move(kind)) {
        state_.commands.emplace(id_, one_);
    }
    attendance(const attendance&) = delete;
    attendance& operator=(const attendance&) = delete;
    ~attendance() {
        leave();
        if (one_->ended()) {
            ++state_.ended[{kind_, one_->outcome()}];
            state_.output_sent += one_->output_told();
        }
        state_.commands.erase(id_);
    }

    void leave() {
        one_->leave();
        if (!one_->ended()) {
            state_.engine.interrupt(id_);
        }
    }

  private:
    server_state& state_;
    command_id id_;
    std::shared_ptr<served_command> one_;
    std::string kind_;
};

// Sends what a command tells as it comes; false: the client is gone, or the answer is cut.
awaitable<bool> send_told(http_stream& stream, served_command& one) {
    for (;;) {
        const auto told = co_await one.take();
        if (!told) {
            co_return static_cast<bool>(co_await stream.end());
        }
        if (!co_await stream.chunk(*told)) {
            co_return false;
        }
    }
}

awaitable<bool> send_lines(http_stream& stream, served_command& one) {
    if (!co_await stream.begin("application/x-ndjson")) {
        co_return false;
    }
    co_return co_await send_told(stream, one);
}

// An error is told by its status as long as nothing was sent, and by a missing end after that.
awaitable<bool> send_bytes(http_stream& stream, served_command& one) {
    auto told = co_await one.take();
    if (!told && one.error()) {
        co_return static_cast<bool>(co_await stream.send(error_answer(*one.error())));
    }
    if (!co_await stream.begin("application/octet-stream")) {
        co_return false;
    }
    if (!stream.wants_body()) {
        co_return true;
    }
    for (; told; told = co_await one.take()) {
        if (!co_await stream.chunk(*told)) {
            co_return false;
        }
    }
    if (one.error()) {
        co_return false;
    }
    co_return static_cast<bool>(co_await stream.end());
}

using sender = awaitable<bool> (*)(http_stream& stream, served_command& one);

// Submits a command whose client is at the other end of the connection, and sends what it tells.
awaitable<void> serve_command(server_state& state, http_stream& stream, command_request asked,
                              std::shared_ptr<served_command> one, sender send) {
    if (state.stopping) {
        std::ignore =
            co_await stream.send(error_answer(503, "conflict", "the service is about to end"));
        co_return;
    }
    const auto kind = name_of(asked.what);
    auto own_id = std::make_shared<command_id>();
    auto client = served_command::client_of(one, [&state, own_id] {
        // Not from within what the command tells.
        asio::post(state.executor, [&state, own_id] { state.engine.interrupt(*own_id); });
    });
    const auto submitted =
        state.engine.submit(std::move(asked.what), std::move(asked.context), std::move(client));
    if (!submitted) {
        std::ignore =
            co_await stream.send(error_answer(503, "conflict", submitted.error().context));
        co_return;
    }
    *own_id = *submitted;
    one->begin(*submitted);
    attendance here(state, *submitted, one, kind);
    task_group both(state.executor);
    both.spawn("events", [&]() -> awaitable<void> {
        if (!co_await send(stream, *one)) {
            stream.close_after_answer();
        }
        both.cancel();
    });
    // Whether the client is there is seen by reading from it.
    both.spawn("client", [&]() -> awaitable<void> {
        co_await stream.peer_left();
        here.leave();
    });
    co_await both.join_or_cancel();
}

result<output_range> range_in(const request_target& target) {
    const auto from = target.number("from");
    const auto to = target.number("to");
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    return output_range{.from = from->value_or(0), .to = *to, .follow = target.flag("follow")};
}

} // namespace

awaitable<void> perform_command(server_state& state, route_call call) {
    auto asked = read_command(call.asked.body, state.usual);
    if (!asked) {
        std::ignore = co_await call.stream.send(error_answer(asked.error()));
        co_return;
    }
    auto names = asked->finishes_texts ? std::nullopt : std::optional(names_for(asked->what));
    auto one = std::make_shared<served_command>(state.executor, answer_form::event_lines,
                                                std::move(names));
    co_await serve_command(state, call.stream, std::move(*asked), std::move(one), send_lines);
}

awaitable<void> send_output(server_state& state, route_call call) {
    const auto range = range_in(call.target);
    if (!range) {
        std::ignore = co_await call.stream.send(error_answer(range.error()));
        co_return;
    }
    cat_command what{.remote = call.target.text("remote"), .output = true, .range = *range};
    what.selection.runs = {std::move(call.id)};
    auto one = std::make_shared<served_command>(state.executor, answer_form::output);
    one->decline(); // its client reads bytes and sees no question
    co_await serve_command(state, call.stream, {.what = std::move(what), .context = state.usual},
                           std::move(one), send_bytes);
}

http_answer answer_question(server_state& state, const route_call& call) {
    const auto found = find_command(state, call.id);
    if (found == state.commands.end()) {
        return no_such_command(call.id);
    }
    const auto parsed = parse_api_json(call.asked.body);
    if (!parsed) {
        return error_answer(parsed.error());
    }
    const auto* object = parsed->if_object();
    const auto* number = object != nullptr ? object->if_contains("question") : nullptr;
    const auto* answer = object != nullptr ? object->if_contains("answer") : nullptr;
    if (number == nullptr || !number->is_int64() || answer == nullptr ||
        (!answer->is_null() && !answer->is_string())) {
        return error_answer(
            400, "bad_input",
            "an answer is {\"question\": N, \"answer\": \"yes\", a secret, or null}");
    }
    std::optional<std::string> given;
    if (const auto* text = answer->if_string()) {
        given.emplace(text->data(), text->size());
    }
    if (!found->second->answer(number->get_int64(), std::move(given))) {
        return error_answer(404, "not_found", "the command asks no such question");
    }
    return json_answer(json::object{{"taken", true}});
}

http_answer interrupt_command(server_state& state, const route_call& call) {
    const auto found = find_command(state, call.id);
    if (found == state.commands.end()) {
        return no_such_command(call.id);
    }
    state.engine.interrupt(found->first);
    return json_answer(json::object{{"interrupted", true}}, 202);
}

awaitable<result<performed_command>> perform_alone(server_state& state, command what) {
    struct collected {
        collected(const asio::any_io_executor& executor, text_names called)
            : changed(executor), names(std::move(called)) {}
        notifier changed;
        text_names names;
        performed_command all;
        bool ended = false;
    };
    const auto kind = name_of(what);
    auto shared = std::make_shared<collected>(state.executor, names_for(what));
    const auto submitted = state.engine.submit(
        std::move(what), state.usual,
        {.tell =
             [shared](const event& raw, const std::string&) {
                 const auto finished = with_finished_texts(raw, shared->names);
                 const auto& told = finished ? *finished : raw;
                 if (const auto* last = std::get_if<command_ended>(&told)) {
                     shared->all.error = last->error;
                     shared->ended = true;
                     shared->changed.notify();
                 } else {
                     shared->all.events.push_back(told);
                 }
             },
         .ask = [](const question&, answer_taker give) { give(std::nullopt); }});
    if (!submitted) {
        co_return submitted.error();
    }
    while (!shared->ended) {
        if (!co_await shared->changed.wait()) {
            state.engine.interrupt(*submitted);
            throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
    const auto& error = shared->all.error;
    ++state.ended[{kind, error ? std::string(errc_name(error->kind())) : "done"}];
    co_return std::move(shared->all);
}

} // namespace outrider
