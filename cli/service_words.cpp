#include "cli/service_words.hpp"

#include "cli/exit_codes.hpp"
#include "cli/render/json_output.hpp"
#include "cli/render/renderer.hpp"
#include "cli/render/times.hpp"
#include "transports/http/service_client.hpp"
#include "transports/http/service_socket.hpp"

#include <boost/json.hpp>

#include <cerrno>
#include <ostream>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace outrider::cli {
namespace {

namespace json = boost::json;

int fail(const failure& why, const service_talk& with) {
    if (with.asked.json) {
        with.out << json::serialize(json::object{{"schema_version", json_schema_version},
                                                 {"error", json_error(why, with.asked)}})
                 << '\n'
                 << std::flush;
    } else {
        with.err << error_text(why, with.asked) << std::flush;
    }
    return failed_exit_code;
}

result<service_connection> reach(const service_talk& with) {
    auto connection = service_connection::open(service_socket(with.environment));
    if (!connection && connection.error().kind() == errc::not_found) {
        return failure(errc::not_found,
                       "no service is running\nTo start one use '{program} serve --detach'");
    }
    return connection;
}

result<json::object> object_of(const result<std::string>& body) {
    if (!body) {
        return body.error();
    }
    boost::system::error_code bad;
    auto object = json::parse(*body, bad);
    if (bad || !object.is_object()) {
        return failure(errc::protocol_violation, "what listens there is no service");
    }
    return std::move(object.get_object());
}

result<json::object> facts_of(service_connection& service) {
    return object_of(good_body(service.ask("GET", "/v1/service")));
}

std::string text_in(const json::object& facts, std::string_view name) {
    const auto* found = facts.if_contains(name);
    const auto* text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::int64_t number_in(const json::object& facts, std::string_view name) {
    const auto* found = facts.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

// Waits until a process has ended; false: it has not in that time.
bool wait_for_end(pid_t pid, int timeout_ms) {
    const descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        return errno == ESRCH;
    }
    pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
    return ::poll(&ended, 1, timeout_ms) == 1;
}

// A line with a link for one browser; nothing if the service listens on no port.
result<std::string> login_line(service_connection& service, const json::object& facts) {
    if (text_in(facts, "address").empty()) {
        return std::string();
    }
    const auto made = object_of(good_body(service.ask("POST", "/v1/logins")));
    if (!made) {
        return made.error();
    }
    constexpr std::int64_t minute = 60;
    return "browser:  " + text_in(*made, "url") + " (works once, for " +
           std::to_string(number_in(*made, "seconds") / minute) + " minutes)\n";
}

} // namespace

int tell_service_status(const service_talk& with) {
    auto service = reach(with);
    auto facts = service ? facts_of(*service) : service.error();
    if (!facts) {
        return fail(facts.error(), with);
    }
    if (with.asked.json) {
        (*facts)["schema_version"] = json_schema_version;
        (*facts)["socket"] = service_socket(with.environment);
        with.out << json::serialize(*facts) << '\n' << std::flush;
        return succeeded_exit_code;
    }
    const auto login = login_line(*service, *facts);
    if (!login) {
        return fail(login.error(), with);
    }
    constexpr std::size_t short_build = 8;
    with.out << "pid:      " << number_in(*facts, "pid") << '\n'
             << "version:  " << text_in(*facts, "version") << " ("
             << text_in(*facts, "build").substr(0, short_build) << ")\n"
             << "since:    " << local_time(number_in(*facts, "since_us")) << '\n'
             << "socket:   " << service_socket(with.environment) << '\n'
             << "commands: " << number_in(*facts, "commands") << '\n'
             << "links:    " << number_in(*facts, "links_up") << " up of "
             << number_in(*facts, "links_known") << '\n'
             << *login << std::flush;
    return succeeded_exit_code;
}

int stop_service(const service_talk& with) {
    auto service = reach(with);
    const auto facts = service ? facts_of(*service) : service.error();
    if (!facts) {
        return fail(facts.error(), with);
    }
    const auto timeout = static_cast<std::int64_t>(with.asked.own.serve.timeout);
    const auto pid = static_cast<pid_t>(number_in(*facts, "pid"));
    const auto stopped = good_body(service->ask(
        "POST", "/v1/service/stop", json::serialize(json::object{{"timeout_seconds", timeout}})));
    if (!stopped) {
        return fail(stopped.error(), with);
    }
    // Forcing takes a moment as well, and so does closing the links.
    constexpr int margin_ms = 10'000;
    constexpr int ms = 1000;
    if (!wait_for_end(pid, static_cast<int>(timeout) * ms + margin_ms)) {
        return fail({errc::timed_out,
                     "the service (pid " + std::to_string(pid) + ") has not ended in time"},
                    with);
    }
    if (!with.asked.quiet) {
        with.err << "Service stopped (pid " << pid << ")\n" << std::flush;
    }
    return succeeded_exit_code;
}

} // namespace outrider::cli
