#include "transports/http/service_client.hpp"

#include "engine/api/api_json.hpp"
#include "transports/http/build_identity.hpp"
#include "transports/http/service_socket.hpp"

#include <boost/json.hpp>

#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

std::string member_text(const json::object& in, std::string_view name) {
    const auto* found = in.if_contains(name);
    const auto* text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

failure of_another_build(const json::object& facts) {
    const auto version = member_text(facts, "version");
    return {errc::unsupported, "the service runs another version of {program} (" + version + ", " +
                                   member_text(facts, "build").substr(0, 8) + ") than this (" +
                                   program_version() + ", " + build_identity().substr(0, 8) +
                                   "): not used\nTo be rid of it use '{program} serve stop'"};
}

/// The engine of a service, as its commands see it. `run` performs them one after the other on one
/// connection; answers and interrupts take connections of their own.
class service_client final : public engine_access {
  public:
    service_client(std::string place, service_connection connection)
        : place_(std::move(place)), connection_(std::move(connection)) {}

    result<command_id> submit(command what, command_context context,
                              command_client client) override {
        waiting_.push_back({.text = command_text(what, context), .client = std::move(client)});
        return command_id{++last_id_};
    }

    void interrupt() override {
        std::string id;
        {
            const std::scoped_lock alone(shared_);
            id = current_;
            interrupts_ += id.empty() ? 1 : 0;
        }
        if (!id.empty()) {
            tell_service("DELETE", "/v1/commands/" + id);
        }
    }

    void run() override {
        for (; !waiting_.empty(); waiting_.pop_front()) {
            perform(waiting_.front());
        }
    }

  private:
    struct waiting_command {
        std::string text;
        command_client client;
        bool ended = false;
        std::string received; ///< the beginning of a line
        std::optional<failure> broken;
    };

    void perform(waiting_command& one) {
        const auto answered = good_body(connection_.stream(
            "POST", "/v1/commands", one.text, [&](std::string_view piece) { take(one, piece); }));
        {
            const std::scoped_lock alone(shared_);
            current_.clear();
        }
        if (one.ended) {
            return;
        }
        command_ended last;
        if (one.broken) {
            last.error = one.broken;
        } else if (answered) {
            last.error = failure(errc::protocol_violation, "the service did not tell the end");
        } else if (answered.error().kind() == errc::connect_failed) {
            last.error = failure(errc::connect_failed,
                                 "the service has ended before the command did\n"
                                 "Runs go on without it; to see them use '{program} runs'");
        } else {
            last.error = answered.error();
        }
        one.client.tell(last, {});
    }

    void take(waiting_command& one, std::string_view piece) {
        one.received += piece;
        std::size_t begin = 0;
        for (auto end = one.received.find('\n'); end != std::string::npos;
             end = one.received.find('\n', begin)) {
            take_line(one, std::string_view(one.received).substr(begin, end - begin));
            begin = end + 1;
        }
        one.received.erase(0, begin);
    }

    void take_line(waiting_command& one, std::string_view line) {
        constexpr std::string_view first = R"({"event":"command_taken","id":)";
        if (line.starts_with(first)) {
            begin(std::string(line.substr(first.size(), line.size() - first.size() - 1)));
            return;
        }
        auto told = read_event_line(line);
        if (!told) {
            one.broken = failure(errc::protocol_violation, told.error().context);
        } else if (const auto* asked = std::get_if<question>(&told->what);
                   asked != nullptr && told->question_id) {
            ask(one, *asked, *told->question_id);
        } else {
            one.ended = one.ended || std::holds_alternative<command_ended>(told->what);
            one.client.tell(told->what, told->remote);
        }
    }

    // Interrupts that came before the command had a name reach it now.
    void begin(std::string id) {
        int missed = 0;
        {
            const std::scoped_lock alone(shared_);
            current_ = id;
            missed = std::exchange(interrupts_, 0);
        }
        for (; missed > 0; --missed) {
            tell_service("DELETE", "/v1/commands/" + id);
        }
    }

    void ask(waiting_command& one, const question& asked, std::int64_t question_id) {
        const auto target = "/v1/commands/" + current_ + "/answers";
        one.client.ask(asked, [this, target, question_id](std::optional<std::string> given) {
            json::object answer{{"question", question_id}, {"answer", nullptr}};
            if (given) {
                answer["answer"] = *given;
            }
            tell_service("POST", target, api_json_text(std::move(answer)));
        });
    }

    // A service that is gone is noticed where the events are read.
    void tell_service(const std::string& method, const std::string& target,
                      const std::string& body = {}) const {
        if (auto other = service_connection::open(place_)) {
            std::ignore = other->ask(method, target, body);
        }
    }

    std::string place_;
    service_connection connection_;
    std::deque<waiting_command> waiting_;
    std::uint64_t last_id_ = 0;
    std::mutex shared_;   ///< `current_` and `interrupts_`: a signal comes on another thread
    std::string current_; ///< what the service calls the command that goes on
    int interrupts_ = 0;  ///< that came while there was none
};

} // namespace

result<std::string> good_body(result<service_connection::reply> answered) {
    constexpr int first_error = 400;
    if (!answered) {
        return answered.error();
    }
    if (answered->status < first_error) {
        return std::move(answered->body);
    }
    const auto parsed = parse_api_json(answered->body);
    const auto* object = parsed ? parsed->if_object() : nullptr;
    const auto* error = object != nullptr ? object->if_contains("error") : nullptr;
    if (error == nullptr || !error->is_object()) {
        return failure(errc::protocol_violation,
                       "the service answered with status " + std::to_string(answered->status));
    }
    const auto kind = errc_from_name(member_text(error->get_object(), "code"));
    return failure(kind.value_or(errc::internal), member_text(error->get_object(), "message"));
}

result<std::unique_ptr<engine_access>>
find_service(const std::map<std::string, std::string>& environment) {
    const auto place = service_socket(environment);
    auto connection = service_connection::open(place);
    if (!connection) {
        return connection.error();
    }
    const auto facts = good_body(connection->ask("GET", "/v1/service"));
    const auto parsed = facts ? parse_api_json(*facts) : facts.error();
    const auto* object = parsed ? parsed->if_object() : nullptr;
    if (object == nullptr) {
        return failure(errc::not_found, "what listens at " + place + " is no service");
    }
    if (member_text(*object, "build") != build_identity()) {
        return of_another_build(*object);
    }
    return std::make_unique<service_client>(place, std::move(*connection));
}

} // namespace outrider
