#include "engine/api/api_json.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/run_reactor.hpp"
#include "tests/support/served_engine.hpp"
#include "transports/http/routes.hpp"
#include "transports/http/served_command.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

namespace json = boost::json;

/// A client of the WebSocket, as plain as can be: no extension, short texts.
class news_client {
  public:
    explicit news_client(const std::string& place) : socket_(connect_to_service(place).value()) {
        send("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            head += take(1);
        }
        BOOST_REQUIRE_MESSAGE(head.starts_with("HTTP/1.1 101"), head);
        BOOST_TEST(head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
    }
    /// RFC 6455, 5.2: a final text, masked with zeros.
    void say(const std::string& text) {
        BOOST_REQUIRE(text.size() < 126);
        send(std::string("\x81") + static_cast<char>(0x80 | text.size()) + std::string(4, '\0') +
             text);
    }
    json::value hear() {
        const auto head = take(2);
        BOOST_REQUIRE(head[0] == '\x81');
        std::size_t size = static_cast<unsigned char>(head[1]);
        if (size == 126) {
            const auto wide = take(2);
            size = static_cast<std::size_t>(static_cast<unsigned char>(wide[0])) << 8U |
                   static_cast<unsigned char>(wide[1]);
        }
        return json::parse(take(size));
    }

  private:
    void send(const std::string& bytes) {
        BOOST_REQUIRE(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                      static_cast<ssize_t>(bytes.size()));
    }
    std::string take(std::size_t count) {
        std::string bytes(count, '\0');
        BOOST_REQUIRE(::recv(socket_.get(), bytes.data(), count, MSG_WAITALL) ==
                      static_cast<ssize_t>(count));
        return bytes;
    }

    descriptor socket_;
};

std::string error_code_of(const service_connection::reply& answered) {
    return std::string(json::parse(answered.body).at("error").at("code").as_string().c_str());
}

std::vector<json::value> lines_of(const std::string& body) {
    std::vector<json::value> lines;
    for (std::size_t at = 0; at < body.size();) {
        const auto end = body.find('\n', at);
        lines.push_back(json::parse(body.substr(at, end - at)));
        at = end + 1;
    }
    return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_server)

BOOST_AUTO_TEST_CASE(a_command_streams_its_events_and_names_itself_first) {
    const served_engine it;
    const auto answered = it.ask("POST", "/v1/commands", R"({"command":"list"})");
    BOOST_TEST(answered.status == 200);
    const auto lines = lines_of(answered.body);
    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines[0].at("event").as_string() == "command_taken");
    BOOST_TEST(lines[0].at("id").as_int64() > 0);
    BOOST_TEST(lines[1].at("event").as_string() == "runs_listed");
    BOOST_TEST(lines[1].at("data").at("rows").at(0).at("id").as_string() == it.id);
    BOOST_TEST(lines[2].at("event").as_string() == "command_ended");
    BOOST_TEST(lines[2].at("data").at("error").is_null());
}

BOOST_AUTO_TEST_CASE(a_question_is_answered_by_another_request) {
    const served_engine it;
    for (const bool agreed : {false, true}) {
        auto connection = it.connect();
        std::string all;
        std::string command;
        bool asked = false;
        const auto answered = connection.stream(
            "POST", "/v1/commands",
            R"({"command":"label","arguments":{"text":"good","selection":{"runs":[")" + it.id +
                R"("]}}})",
            [&](std::string_view piece) {
                all += piece;
                if (all.find("\"question\"") == std::string::npos || asked) {
                    return;
                }
                asked = true;
                const auto lines = lines_of(all);
                command = std::to_string(lines[0].at("id").as_int64());
                const auto number = std::to_string(lines.back().at("id").as_int64());
                const auto target = "/v1/commands/" + command + "/answers";
                BOOST_TEST(error_code_of(it.ask("POST", target, "{}")) == "bad_input");
                BOOST_TEST(it.ask("POST", target, R"({"question":99,"answer":"yes"})").status ==
                           404);
                BOOST_TEST(it.ask("POST", target,
                                  R"({"question":)" + number + R"(,"answer":)" +
                                      (agreed ? "\"yes\"}" : "null}"))
                               .status == 200);
            });
        BOOST_REQUIRE(answered);
        BOOST_TEST(asked, all);
        const auto last = lines_of(all).back();
        BOOST_TEST(last.at("data").at("error").is_null() == agreed);
        BOOST_TEST(it.ask("DELETE", "/v1/commands/" + command).status == 404); // it has ended
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_good_request_gets_an_error_that_says_so) {
    const served_engine it({.header = 4096, .body = 10000});
    BOOST_TEST(it.ask("GET", "/nowhere").status == 404);
    BOOST_TEST(it.ask("PUT", "/v1/runs").status == 405);
    BOOST_TEST(it.ask("POST", "/v1/commands", "{").status == 400);
    BOOST_TEST(error_code_of(it.ask("POST", "/v1/commands", R"({"command":"dance"})")) ==
               "bad_input");
    BOOST_TEST(it.ask("POST", "/v1/commands", std::string(10001, ' ')).status == 413);
    BOOST_TEST(it.ask("GET", "/" + std::string(5000, 'x')).status == 431);
    BOOST_TEST(it.ask("GET", "/%zz").status == 400);
    BOOST_TEST(it.ask("GET", "/v1/runs?remote=nowhere").status == 404);
    BOOST_TEST(it.ask("GET", "/v1/runs?limit=x").status == 400);
    BOOST_TEST(it.ask("GET", "/v1/events").status == 426);
    BOOST_TEST(it.ask("GET", "/v1/runs/ffffffff/output").status == 404);
    BOOST_TEST(it.ask("GET", "/healthz").status == 200); // it is still there
}

BOOST_AUTO_TEST_CASE(runs_and_their_output_are_given_by_range) {
    const served_engine it;
    const std::string output = it.scene().far_run(it.id) + "/.guild/output";
    write_file(output, "0123456789\xff");
    const auto runs = json::parse(it.ask("GET", "/v1/runs").body);
    BOOST_TEST(runs.at("total").as_int64() == 1);
    BOOST_TEST(json::parse(it.ask("GET", "/v1/runs?remote=gpu1").body).at("total").as_int64() == 1);
    const auto place = "/v1/runs/" + it.id + "/output";
    BOOST_TEST(it.ask("GET", place).body == "0123456789\xff");
    BOOST_TEST(it.ask("GET", place + "?from=3&to=7").body == "3456");
    BOOST_TEST(it.ask("GET", place + "?from=9&remote=gpu1&follow=1").body == "9\xff");
    BOOST_TEST(it.ask("GET", place + "?from=100").body == "");
    BOOST_TEST(it.ask("GET", place + "?from=7&to=3").status == 400);
}

BOOST_AUTO_TEST_CASE(a_range_of_the_output_is_a_command_like_any_other) {
    const served_engine it;
    write_file(it.scene().far_run(it.id) + "/.guild/output", "0123456789");
    const auto ask = [&](const std::string& more) {
        return lines_of(it.ask("POST", "/v1/commands",
                               R"({"command":"cat","arguments":{"selection":{"runs":[")" + it.id +
                                   R"("]},)" + more + "}}")
                            .body);
    };
    std::string bytes;
    for (const auto& line : ask(R"("output":true,"range":{"from":3,"to":7})")) {
        if (line.at("event").as_string() == "output_bytes") {
            bytes += line.at("data").at("bytes").as_string();
        }
    }
    BOOST_TEST(bytes == "3456");
    for (const std::string wrong :
         {R"("output":true,"range":{"from":7,"to":3})", R"("output":true,"range":{"from":-1})",
          R"("path":"x","range":{})", R"("output":true,"remote":"gpu1,gpu1x","range":{})"}) {
        BOOST_TEST(!ask(wrong).back().at("data").at("error").is_null(), wrong);
    }
    // The path is that command, and counted as such.
    BOOST_TEST(it.ask("GET", "/v1/runs/" + it.id + "/output").body == "0123456789");
    BOOST_TEST(it.ask("GET", "/metrics").body.find("command=\"cat\",outcome=\"done\"} 2") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(texts_for_people_leave_with_the_names_in_their_places) {
    const served_engine it;
    const auto ended = [&](const std::string& more) {
        const auto lines =
            lines_of(it.ask("POST", "/v1/commands",
                            R"({"command":"list","arguments":{"remote":"nowhere"})" + more + "}")
                         .body);
        return std::string(lines.back().at("data").at("error").at("message").as_string());
    };
    BOOST_TEST(ended("").find("'outrider remotes'") != std::string::npos);
    BOOST_TEST(ended(R"(,"finishes_texts":true)").find("'{program} remotes'") != std::string::npos);
    for (const std::string target : {"/v1/runs?remote=nowhere", "/v1/runs/ffff/output"}) {
        const auto body = it.ask("GET", target).body;
        BOOST_TEST(body.find("outrider runs list") + body.find("outrider remotes") !=
                       2 * std::string::npos,
                   body);
        BOOST_TEST(body.find("{program}") == std::string::npos);
        BOOST_TEST(body.find("{command}") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_port_wants_the_token_and_its_own_name) {
    const served_engine it({}, true);
    const auto token = read_file(token_file(it.socket()));
    const auto secret = token.substr(0, token.size() - 1);
    const auto name = "127.0.0.1:" + std::to_string(it.port);
    const auto get = [&](const std::string& path, const std::string& headers) {
        return it
            .say_to_port("GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n")
            .substr(0, 12);
    };
    const std::string host = "Host: " + name + "\r\n";
    const std::string bearer = "Authorization: Bearer " + secret + "\r\n";
    BOOST_TEST(get("/v1/service", host + bearer) == "HTTP/1.1 200");
    BOOST_TEST(get("/v1/service", host) == "HTTP/1.1 401");
    BOOST_TEST(get("/nowhere", host) == "HTTP/1.1 401");
    BOOST_TEST(get("/healthz", host) == "HTTP/1.1 200");
    BOOST_TEST(get("/v1/service", "Host: evil.example\r\n" + bearer) == "HTTP/1.1 403");
    BOOST_TEST(get("/v1/service", host + bearer + "Origin: http://evil.example\r\n") ==
               "HTTP/1.1 403");
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_interrupts_its_command) {
    const served_engine it;
    {
        const auto left_open = it.open_question();
        BOOST_TEST(json::parse(it.ask("GET", "/v1/service").body).at("commands").as_int64() == 1);
    }
    eventually("no command is left", [&] {
        return json::parse(it.ask("GET", "/v1/service").body).at("commands").as_int64() == 0;
    });
    const auto metrics = it.ask("GET", "/metrics").body;
    BOOST_TEST(metrics.find("outrider_commands_total{command=\"label\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_subscriber_hears_what_it_asked_for) {
    served_engine it;
    {
        news_client client(it.socket());
        client.say("{");
        BOOST_TEST(client.hear().at("kind").as_string() == "error");
        client.say(R"({"kinds":["command"]})");
        BOOST_TEST(client.hear().at("kind").as_string() == "subscribed");
        BOOST_TEST(it.ask("GET", "/v1/runs?remote=").status == 200);
        const auto begun = client.hear();
        BOOST_TEST(begun.at("kind").as_string() == "command");
        BOOST_TEST(begun.at("data").at("name").as_string() == "list");
        BOOST_TEST(!begun.at("data").at("ended").as_bool());
        const auto ended = client.hear();
        BOOST_TEST(ended.at("data").at("ended").as_bool());
        BOOST_TEST(ended.at("data").at("failure").as_string() == "");
        BOOST_TEST(ended.at("number").as_int64() > begun.at("number").as_int64());
    }
    it.end();
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_ends_its_command_and_nothing_more) {
    asio::io_context reactor(1);
    const auto one = std::make_shared<served_command>(reactor.get_executor());
    int ended = 0;
    const auto client = served_command::client_of(one, [&] { ++ended; });
    const output_bytes piece{.bytes = std::string(std::size_t{1} << 20, 'x')};
    const auto limit = served_command::most_waiting >> 20U;
    for (std::size_t i = 0; i < limit - 1; ++i) {
        client.tell(piece, {});
    }
    BOOST_TEST(ended == 0);
    for (std::size_t i = 0; i < 10 * limit; ++i) {
        client.tell(piece, {});
    }
    BOOST_TEST(ended == 1);
    client.tell(command_ended{}, {});
    run_reactor(reactor, [&]() -> awaitable<void> {
        const auto lines = (co_await one->take()).value();
        BOOST_TEST(lines.size() < served_command::most_waiting + (std::size_t{2} << 20));
        const auto last = read_event_line(lines.substr(lines.rfind('\n', lines.size() - 2) + 1));
        BOOST_REQUIRE(last);
        const auto& error = std::get<command_ended>(last->what).error;
        BOOST_REQUIRE(error);
        BOOST_TEST(error->context.find("was not read") != std::string::npos);
        BOOST_TEST(!(co_await one->take()).has_value());
    });
}

BOOST_AUTO_TEST_CASE(the_description_names_every_route_and_no_other) {
    const served_engine it;
    const auto described = json::parse(it.ask("GET", "/v1/openapi.json").body);
    BOOST_TEST(described.at("openapi").as_string().starts_with("3.1"));
    std::size_t operations = 0;
    for (const auto& path : described.at("paths").as_object()) {
        operations += path.value().as_object().size();
    }
    BOOST_TEST(operations == every_route().size());
    for (const auto& row : every_route()) {
        const auto* path = described.at("paths").as_object().if_contains(row.path);
        BOOST_REQUIRE_MESSAGE(path != nullptr, row.path);
        std::string method = row.method;
        for (char& each : method) {
            each = static_cast<char>(std::tolower(each));
        }
        BOOST_TEST(path->as_object().contains(method), row.path);
    }
}

BOOST_AUTO_TEST_CASE(every_answer_is_as_it_is_described) {
    served_engine it;
    const auto described = json::parse(it.ask("GET", "/v1/openapi.json").body);
    const auto& known = described.at("components").at("schemas").as_object();
    const auto check = [&](const std::string& method, const std::string& path,
                           const std::string& target, const std::string& body, int status) {
        BOOST_TEST_CONTEXT(method << " " << target) {
            const auto answered = it.ask(method.c_str(), target, body);
            BOOST_TEST(answered.status == status, answered.body);
            std::string lower = method;
            for (char& each : lower) {
                each = static_cast<char>(std::tolower(each));
            }
            const auto& responses = described.at("paths").at(path).at(lower).at("responses");
            const auto* response = responses.as_object().if_contains(std::to_string(status));
            BOOST_REQUIRE(response != nullptr);
            if (response->as_object().contains("$ref")) {
                response = &described.at("components").at("responses").at("error");
            }
            const auto* contents = response->as_object().if_contains("content");
            if (contents == nullptr) {
                BOOST_TEST(answered.body == "");
                return;
            }
            const auto& content = *contents->as_object().begin();
            const auto& schema = content.value().at("schema").as_object();
            if (content.key() == "application/json") {
                BOOST_TEST(schema_problems(json::parse(answered.body), schema, known) == "");
            } else if (content.key() == "application/x-ndjson") {
                for (const auto& line : lines_of(answered.body)) {
                    BOOST_TEST(schema_problems(line, schema, known) == "");
                }
            }
        }
    };
    const std::string command = "/v1/commands/{id}";
    check("GET", "/", "/", "", 200);
    check("GET", "/healthz", "/healthz", "", 200);
    check("GET", "/login", "/login?code=x", "", 404);
    check("POST", "/v1/logins", "/v1/logins", "", 409);
    check("GET", "/metrics", "/metrics", "", 200);
    check("GET", "/v1/openapi.json", "/v1/openapi.json", "", 200);
    check("GET", "/v1/service", "/v1/service", "", 200);
    check("POST", "/v1/commands", "/v1/commands", R"({"command":"list"})", 200);
    check("POST", "/v1/commands", "/v1/commands", "{}", 400);
    check("DELETE", command, "/v1/commands/99", "", 404);
    check("POST", command + "/answers", "/v1/commands/99/answers", "{}", 404);
    check("GET", "/v1/remotes", "/v1/remotes", "", 200);
    check("GET", "/v1/runs", "/v1/runs", "", 200);
    check("GET", "/v1/runs", "/v1/runs?limit=2", "", 200);
    check("GET", "/v1/runs", "/v1/runs?remote=nowhere", "", 404);
    check("GET", "/v1/runs/{id}/output", "/v1/runs/" + it.id + "/output", "", 200);
    check("GET", "/v1/events", "/v1/events", "", 426);
    check("POST", "/v1/service/stop", "/v1/service/stop", "7", 400);
    check("POST", "/v1/service/stop", "/v1/service/stop", "", 202);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_it_and_its_socket) {
    served_engine it;
    BOOST_TEST(it.ask("POST", "/v1/service/stop", "[]").status == 400);
    // A question that nobody answers holds it up for no longer than that takes to say.
    const auto open = it.open_question();
    BOOST_TEST(it.ask("POST", "/v1/service/stop", R"({"timeout_seconds":600})").status == 202);
    eventually("nobody listens",
               [&] { return look_at_socket(it.socket()) == socket_state::absent; });
    it.end();
    BOOST_TEST((take_socket(it.socket()).has_value()));
}

BOOST_AUTO_TEST_SUITE_END()
