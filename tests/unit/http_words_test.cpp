#include "transports/http/access_check.hpp"
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
    BOOST_TEST((output.row->to == route::output));
    BOOST_TEST(output.id == "3f");
    BOOST_TEST(
        (std::get<found_route>(look("DELETE", "/v1/commands/7")).row->to == route::interrupt));
    BOOST_TEST(std::get<no_route>(look("PUT", "/v1/runs")).allowed == "GET");
    for (const char* none : {"/", "/v1", "/v1/runs/3f", "/v1/runs/3f/output/more", "/v2/runs"}) {
        BOOST_TEST(std::get<no_route>(look("GET", none)).allowed.empty(), none);
    }
}

BOOST_AUTO_TEST_CASE(the_port_is_for_those_who_know_the_token_and_the_address) {
    const access_check check("secret", 7878);
    const auto status = [&](http_request asked, bool open = false) {
        const auto refused = check.refusal(asked, open);
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
