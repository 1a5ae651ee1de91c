#include "engine/api/api_json.hpp"

#include "engine/api/api_names.hpp"
#include "engine/api/wire_text.hpp"
#include "engine/json/described_json.hpp"

#include <boost/json.hpp>
#include <boost/mp11.hpp>

namespace outrider {
namespace {

namespace json = boost::json;
namespace mp11 = boost::mp11;

failure bad(std::string what) {
    return {errc::bad_input, std::move(what)};
}

// The last event holds a failure, whose code is no described type.
json::value to_json(const command_ended& ended) {
    return {{"error", ended.error ? json::value(failure_json(*ended.error)) : json::value(nullptr)},
            {"exit_status", protocol::to_json(ended.exit_status)}};
}

bool from_json(const json::value& in, failure& out) {
    const auto* object = in.if_object();
    const auto* code = object != nullptr ? object->if_contains("code") : nullptr;
    const auto* message = object != nullptr ? object->if_contains("message") : nullptr;
    std::string name;
    if (code == nullptr || message == nullptr || !protocol::from_json(*code, name) ||
        !protocol::from_json(*message, out.context)) {
        return false;
    }
    const auto known = errc_from_name(name);
    if (known) {
        out.code = make_error_code(*known);
    }
    return known.has_value();
}

bool from_json(const json::value& in, command_ended& out) {
    const auto* object = in.if_object();
    if (object == nullptr) {
        return false;
    }
    const auto* error = object->if_contains("error");
    const auto* status = object->if_contains("exit_status");
    return (error == nullptr || error->is_null() || from_json(*error, out.error.emplace())) &&
           (status == nullptr || protocol::from_json(*status, out.exit_status));
}

template <class One>
json::value json_of(const One& one) {
    if constexpr (std::is_same_v<One, command_ended>) {
        return to_json(one);
    } else {
        return protocol::to_json(one);
    }
}

template <class One>
bool read_json(const json::value& in, One& out) {
    if constexpr (std::is_same_v<One, command_ended>) {
        return from_json(in, out);
    } else {
        return protocol::from_json(in, out);
    }
}

// Reads the alternative of `Variant` that `is_named` names.
template <class Variant, class IsNamed>
result<Variant> read_alternative(const std::string& kind, const std::string& name,
                                 const json::value& in, IsNamed is_named) {
    std::optional<Variant> found;
    bool good = true;
    mp11::mp_for_each<mp11::mp_transform<mp11::mp_identity, Variant>>(
        [&]<class One>(mp11::mp_identity<One>) {
            if (!found && is_named(mp11::mp_identity<One>())) {
                One one;
                good = read_json(in, one);
                found.emplace(std::move(one));
            }
        });
    if (!found) {
        return bad("there is no " + kind + " '" + name + "'");
    }
    if (!good) {
        return bad("a member of the " + kind + " '" + name + "' has the wrong type");
    }
    return std::move(*found);
}

// The text of a member; empty where it is missing or none.
std::string text_of(const json::object& in, std::string_view name) {
    const auto* found = in.if_contains(name);
    const auto* text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

const json::value& member_of(const json::object& in, std::string_view name) {
    static const json::value nothing = json::object();
    const auto* found = in.if_contains(name);
    return found != nullptr ? *found : nothing;
}

} // namespace

json::object failure_json(const failure& why) {
    // A code that is not ours says by its text alone what went wrong.
    const bool ours = why.code.category() == outrider_category();
    return {{"code", errc_name(why.kind())},
            {"message", why.context.empty() && !ours ? why.code.message() : why.context}};
}

std::string api_json_text(json::value value) {
    make_wire(value);
    return json::serialize(value);
}

result<json::value> parse_api_json(std::string_view text) {
    if (text.size() > most_api_json) {
        return bad("more JSON than can be taken");
    }
    json::parse_options options;
    options.max_depth = 32;
    boost::system::error_code ec;
    auto value = json::parse({text.data(), text.size()}, ec, {}, options);
    if (ec) {
        return bad("this is not JSON: " + ec.message());
    }
    if (!unmake_wire(value)) {
        return bad("a string begins as a data URI and is none");
    }
    return value;
}

std::string command_text(const command& what, const command_context& context) {
    return api_json_text(
        {{"command", name_of(what)},
         {"arguments", std::visit([](const auto& one) { return json_of(one); }, what)},
         {"context", protocol::to_json(context)},
         {"finishes_texts", true}});
}

result<command_request> read_command(std::string_view text, command_context usual) {
    const auto parsed = parse_api_json(text);
    if (!parsed) {
        return parsed.error();
    }
    const auto* object = parsed->if_object();
    if (object == nullptr || !object->contains("command")) {
        return bad("a command is an object with the member 'command'");
    }
    const auto name = text_of(*object, "command");
    auto what = read_alternative<command>(
        "command", name, member_of(*object, "arguments"),
        [&]<class One>(mp11::mp_identity<One>) { return command_name<One>() == name; });
    if (!what) {
        return what.error();
    }
    command_request asked{.what = std::move(*what), .context = std::move(usual)};
    if (!protocol::from_json(member_of(*object, "context"), asked.context)) {
        return bad("a member of the context has the wrong type");
    }
    if (!asked.context.directory.starts_with('/')) {
        return bad("the directory of the context is no absolute path");
    }
    if (const auto* own = object->if_contains("finishes_texts");
        own != nullptr && !protocol::from_json(*own, asked.finishes_texts)) {
        return bad("'finishes_texts' is true or false");
    }
    return asked;
}

std::string event_line(const event& what, const std::string& remote,
                       std::optional<std::int64_t> question_id) {
    json::object line{{"event", name_of(what)}};
    if (question_id) {
        line["id"] = *question_id;
    }
    line["remote"] = remote;
    line["data"] = std::visit([](const auto& one) { return json_of(one); }, what);
    return api_json_text(std::move(line)) + '\n';
}

result<told_event> read_event_line(std::string_view line) {
    const auto parsed = parse_api_json(line);
    if (!parsed) {
        return parsed.error();
    }
    const auto* object = parsed->if_object();
    if (object == nullptr) {
        return bad("an event is an object");
    }
    const auto name = text_of(*object, "event");
    auto what = read_alternative<event>(
        "event", name, member_of(*object, "data"),
        [&]<class One>(mp11::mp_identity<One>) { return event_name<One>() == name; });
    if (!what) {
        return what.error();
    }
    told_event told{.what = std::move(*what), .remote = text_of(*object, "remote")};
    if (const auto* id = object->if_contains("id");
        id != nullptr && !protocol::from_json(*id, told.question_id)) {
        return bad("the id of a question is a whole number");
    }
    return told;
}

} // namespace outrider
