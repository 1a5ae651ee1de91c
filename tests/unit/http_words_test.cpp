#include "transports/http/access_check.hpp"
#include "transports/http/browser_logins.hpp"
#include "transports/http/client_texts.hpp"
#include "transports/http/http_reply.hpp"
#include "transports/http/routes.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

BOOST_AUTO_TEST_SUITE(http_words)

BOOST_AUTO_TEST_CASE(a_target_is_taken_apart_and_decoded) {
    const auto target = read_target("/v1//runs/a%2Fb/output?from=12&follow=1&remote=a%2Cb+c&x");
    BOOST_REQUIRE(target);
    const std::vector<std::string> path{"v1", "runs", "a/b", "output"};
    BOOST_TEST(target->path == path, boost::test_tools::per_element());
    BOOST_TEST(target->number("from").value().value() == 12);
    BOOST_TEST(!target->number("to").value());
    BOOST_TEST(target->text("remote") == "a,b c");
    BOOST_TEST(target->flag("follow"));
    BOOST_TEST(target->flag("x"));
    BOOST_TEST(!target->flag("y"));
    for (const char* wrong : {"", "v1", "*", "/%", "/%2", "/%zz", "/a?b=%", "http://x/"}) {
        BOOST_TEST(!read_target(wrong), wrong);
    }
    for (const char* wrong : {"-1", "1x", "", "99999999999999999999"}) {
        BOOST_TEST(!read_target(std::string("/?n=") + wrong)->number("n"), wrong);
    }
    BOOST_TEST(read_target("/" + percent_encoded("a/b \xff%"))->path.at(0) == "a/b \xff%");
}

BOOST_AUTO_TEST_CASE(a_route_is_found_by_method_and_path) {
    const auto look = [](const char* method, const char* target) {
        return find_route(method, *read_target(target));
    };
    const auto output = std::get<found_route>(look("GET", "/v1/runs/3f/output"));
    BOOST_TEST(output.row->path == "/v1/runs/{id}/output");
    BOOST_TEST(output.id == "3f");
    BOOST_TEST(std::get<found_route>(look("DELETE", "/v1/commands/7")).id == "7");
    BOOST_TEST(std::get<found_route>(look("GET", "/")).row->path == "/");
    BOOST_TEST(std::get<found_route>(look("HEAD", "/v1/runs")).row->path == "/v1/runs");
    BOOST_TEST(std::get<no_route>(look("PUT", "/v1/runs")).allowed == "GET, HEAD");
    BOOST_TEST(std::get<no_route>(look("HEAD", "/v1/commands")).allowed == "POST");
    for (const char* none : {"/v1", "/v1/runs/3f", "/v1/runs/3f/output/more", "/v2/runs"}) {
        BOOST_TEST(std::get<no_route>(look("GET", none)).allowed.empty(), none);
    }
}

BOOST_AUTO_TEST_CASE(the_port_is_for_those_who_know_the_token_and_the_address) {
    const access_check check("secret", 7878);
    const auto status = [&](http_request asked, bool open = false) {
        const auto refused = check.refusal(asked, open, false);
        return refused ? refused->status : 0;
    };
    const http_request good{.host = "127.0.0.1:7878", .authorization = "Bearer secret"};
    BOOST_TEST(status(good) == 0);
    auto asked = good;
    asked.host = "localhost:7878";
    BOOST_TEST(status(asked) == 0);
    for (const char* host :
         {"", "127.0.0.1", "127.0.0.1:78", "evil.example:7878", "127.0.0.1:7878.x"}) {
        asked = good;
        asked.host = host;
        BOOST_TEST(status(asked) == 403, host);
        BOOST_TEST(status(asked, true) == 403, host);
    }
    for (const char* origin : {"null", "http://evil.example", "https://localhost:7878"}) {
        asked = good;
        asked.origin = origin;
        BOOST_TEST(status(asked) == 403, origin);
    }
    asked.origin = "http://localhost:7878";
    BOOST_TEST(status(asked) == 0);
    for (const char* token :
         {"", "Bearer ", "Bearer secre", "Bearer secrets", "secret", "Bearer SECRET"}) {
        asked = good;
        asked.authorization = token;
        BOOST_TEST(status(asked) == 401, token);
        BOOST_TEST(status(asked, true) == 0, token);
    }
}

BOOST_AUTO_TEST_CASE(a_cookie_is_worth_less_than_the_token) {
    const access_check check("secret", 7878);
    const auto status = [&](http_request asked) {
        const auto refused = check.refusal(asked, false, true);
        return refused ? refused->status : 0;
    };
    const std::string own = "http://localhost:7878";
    const http_request look{.method = "GET", .host = "localhost:7878"};
    const http_request change{.method = "POST", .host = "localhost:7878", .origin = own};
    BOOST_TEST(status(look) == 0);
    BOOST_TEST(status(change) == 0);
    for (const char* origin : {"", "http://127.0.0.1:7878", "http://localhost:7879"}) {
        auto asked = change;
        asked.origin = origin;
        BOOST_TEST(status(asked) == 403, origin);
        asked = look;
        asked.upgrade = true;
        asked.origin = origin;
        BOOST_TEST(status(asked) == 403, origin);
    }
    for (const auto& [site, expected] :
         {std::pair("none", 0), {"same-origin", 0}, {"same-site", 403}, {"cross-site", 403}}) {
        auto asked = look;
        asked.fetch_site = site;
        BOOST_TEST(status(asked) == expected, site);
    }
    auto wrong = look;
    wrong.authorization = "Bearer wrong"; // who shows a token is judged by it
    BOOST_TEST(status(wrong) == 401);
}

BOOST_AUTO_TEST_CASE(a_code_works_once_and_not_for_ever) {
    browser_logins logins;
    const browser_logins::time_point start{};
    const auto end = start + browser_logins::code_life;
    const auto code = logins.add_code(start).value();
    BOOST_TEST(!logins.take_code("", start).has_value());
    BOOST_TEST(!logins.take_code(code.substr(1), start).has_value());
    const auto session = logins.take_code(code, start).value();
    BOOST_TEST(session != code);
    BOOST_TEST(!logins.take_code(code, start).has_value());
    const auto late = logins.add_code(start).value();
    BOOST_TEST(!logins.take_code(late, end).has_value());
    BOOST_TEST(logins.knows(session, start));
    BOOST_TEST(!logins.knows(code, start));
    BOOST_TEST(!logins.knows("", start));
}

BOOST_AUTO_TEST_CASE(a_session_lasts_as_long_as_it_is_used) {
    browser_logins logins;
    browser_logins::time_point now{};
    const auto session = logins.take_code(logins.add_code(now).value(), now).value();
    for (int i = 0; i < 3; ++i) {
        now += browser_logins::session_life - std::chrono::seconds(1);
        BOOST_TEST(logins.knows(session, now));
    }
    now += browser_logins::session_life;
    BOOST_TEST(!logins.knows(session, now));
    // Of more than there may be, the oldest goes.
    const auto first = logins.take_code(logins.add_code(now).value(), now).value();
    const auto second = logins.take_code(logins.add_code(now).value(), now).value();
    for (std::size_t i = 1; i < browser_logins::most_sessions; ++i) {
        BOOST_TEST(logins.take_code(logins.add_code(now).value(), now).has_value());
    }
    BOOST_TEST(!logins.knows(first, now));
    BOOST_TEST(logins.knows(second, now));
}

BOOST_AUTO_TEST_CASE(cookies_are_found_by_their_whole_name) {
    const auto found =
        cookies_in("a=1; outrider-1=x; b; outrider-12=no;outrider-1=y=z; outrider-1", "outrider-1");
    const std::vector<std::string_view> expected{"x", "y=z"};
    BOOST_TEST(found == expected, boost::test_tools::per_element());
    BOOST_TEST(cookies_in("", "a").empty());
    BOOST_TEST(cookies_in(";;; ", "a").empty());
}

BOOST_AUTO_TEST_CASE(a_body_follows_by_method_and_status) {
    for (const auto& [method, status, body, length] : {std::tuple("GET", 200, true, true),
                                                       {"HEAD", 200, false, true},
                                                       {"HEAD", 405, false, true},
                                                       {"POST", 404, true, true},
                                                       {"GET", 304, false, true},
                                                       {"GET", 204, false, false},
                                                       {"GET", 101, false, false},
                                                       {"", 431, true, true}}) {
        BOOST_TEST(carries_body(method, status) == body, method << " " << status);
        BOOST_TEST(tells_length(status) == length, status);
    }
}

BOOST_AUTO_TEST_CASE(texts_of_the_engine_are_finished_before_they_leave) {
    const text_names names = names_for(list_command{});
    BOOST_TEST(names.command == "runs list");
    BOOST_TEST(names_for(remote_status_command{}).command == "remote status");
    const std::string raw = "Try '{program} {command} --help'";
    const std::string good = "Try 'outrider runs list --help'";
    BOOST_TEST(std::get<note>(*with_finished_texts(note{.text = raw}, names)).text == good);
    BOOST_TEST(std::get<remote_failed>(*with_finished_texts(remote_failed{.message = raw}, names))
                   .message == good);
    command_ended last;
    last.error = failure(errc::bad_input, raw);
    BOOST_TEST(std::get<command_ended>(*with_finished_texts(last, names)).error->context == good);
    BOOST_TEST(!with_finished_texts(output_bytes{.bytes = raw}, names).has_value());
    BOOST_TEST(!with_finished_texts(command_ended{}, names).has_value());
    BOOST_TEST(
        error_answer(404, "not_found", "see '{program} runs'").body.find("'outrider runs'") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_is_read_whatever_pieces_it_comes_in) {
    const std::string length = "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello";
    const std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    for (const auto& text : {length, chunks}) {
        for (std::size_t piece = 1; piece <= text.size(); ++piece) {
            http_reply reply;
            std::string body;
            for (std::size_t at = 0; at < text.size(); at += piece) {
                BOOST_TEST(!reply.ended());
                BOOST_REQUIRE(reply.feed(std::string_view(text).substr(at, piece),
                                         [&](std::string_view part) { body += part; }));
            }
            BOOST_TEST(reply.ended());
            BOOST_TEST(body == "hello");
            BOOST_TEST(reply.status() == (text == length ? 404 : 200));
        }
    }
    for (const std::string wrong :
         {"SSH-2.0-x\r\n", "HTTP/1.1 OK\r\n", "HTTP/1.1 200 OK\n",
          "HTTP/1.1 200 OK\r\nContent-Length: x\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"}) {
        http_reply reply;
        BOOST_TEST(!reply.feed(wrong, [](std::string_view) {}), wrong);
    }
    http_reply endless;
    BOOST_TEST(!endless.feed(std::string(10000, 'x'), [](std::string_view) {}));
}

BOOST_AUTO_TEST_SUITE_END()
