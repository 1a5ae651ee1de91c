#include "tests/support/served_engine.hpp"
#include "transports/http/routes.hpp"

#include <boost/json.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// The head of the first answer in `all`, which is taken away.
std::string take_head(std::string& all) {
    const auto end = all.find("\r\n\r\n");
    BOOST_REQUIRE_MESSAGE(end != std::string::npos, all);
    auto head = all.substr(0, end + 2);
    all.erase(0, end + 4);
    return head;
}

std::string header(const std::string& head, const std::string& name) {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) {
        return {};
    }
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string request(const std::string& method, const std::string& target,
                    const std::string& more = {}) {
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

/// One after which the server closes.
std::string last_request(const std::string& method, const std::string& target) {
    return request(method, target, "Connection: close\r\n");
}

std::string target_of(const route_row& row, const std::string& run_id) {
    std::string target(row.path);
    if (const auto at = target.find("{id}"); at != std::string::npos) {
        target.replace(at, 4, run_id);
    }
    return target;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_framing)

// What is sent behind such a head would be read as the answer to the next request.
BOOST_AUTO_TEST_CASE(no_answer_to_head_has_a_body_on_any_route) {
    const served_engine it;
    std::set<std::string_view> asked;
    for (const auto& row : every_route()) {
        const auto target = target_of(row, it.id);
        BOOST_TEST_CONTEXT(target) {
            auto all = it.say(request("HEAD", target) + last_request("GET", "/healthz"));
            const auto head = take_head(all);
            const bool has_get = asked.contains(row.path) || std::string(row.method) == "GET";
            BOOST_TEST(head.starts_with("HTTP/1.1 405") == !has_get);
            BOOST_TEST(header(take_head(all), "Content-Length") == "3"); // the next answer
            BOOST_TEST(all == "ok\n");
        }
        asked.insert(row.path);
    }
}

BOOST_AUTO_TEST_CASE(head_is_answered_with_the_head_of_get) {
    const served_engine it;
    write_file(it.scene().far_run(it.id) + "/.guild/output", "0123456789");
    for (const std::string target : {"/healthz", "/v1/openapi.json", "/v1/runs", "/nowhere",
                                     "/v1/runs?limit=x", "/v1/runs/ffff/output"}) {
        auto looked = it.say(last_request("HEAD", target));
        auto got = it.say(last_request("GET", target));
        BOOST_TEST(take_head(looked) == take_head(got));
        BOOST_TEST(looked == "");
        BOOST_TEST(got != "");
    }
    auto output = it.say(last_request("HEAD", "/v1/runs/" + it.id + "/output?follow=1"));
    BOOST_TEST(take_head(output).starts_with("HTTP/1.1 200"));
    BOOST_TEST(output == "");
}

BOOST_AUTO_TEST_CASE(a_method_that_a_path_does_not_take_is_told_which_it_takes) {
    const served_engine it;
    for (const auto& row : every_route()) {
        const auto target = target_of(row, it.id);
        auto all = it.say(request("PATCH", target) + last_request("GET", "/healthz"));
        const auto head = take_head(all);
        BOOST_TEST(head.starts_with("HTTP/1.1 405"));
        const auto allowed = header(head, "Allow");
        BOOST_TEST(allowed.find(row.method) != std::string::npos, target);
        BOOST_TEST((allowed.find("GET") == std::string::npos) ==
                   (allowed.find("HEAD") == std::string::npos));
        all.erase(0, std::stoul(header(head, "Content-Length")));
        BOOST_TEST(take_head(all).starts_with("HTTP/1.1 200"));
    }
}

BOOST_AUTO_TEST_CASE(a_client_without_chunks_gets_the_bytes_and_the_end_of_the_connection) {
    const served_engine it;
    write_file(it.scene().far_run(it.id) + "/.guild/output", "0123456789");
    auto all =
        it.say("GET /v1/runs/" + it.id + "/output HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" +
               request("GET", "/healthz"));
    const auto head = take_head(all);
    BOOST_TEST(header(head, "Transfer-Encoding") == "");
    BOOST_TEST(header(head, "Connection") == "close");
    BOOST_TEST(all == "0123456789");
}

BOOST_AUTO_TEST_CASE(no_answer_is_kept_or_told_to_other_sites) {
    const served_engine it;
    for (const std::string target : {"/", "/v1/runs", "/nowhere", "/login?code=x"}) {
        auto all = it.say(last_request("GET", target));
        const auto head = take_head(all);
        BOOST_TEST(header(head, "Cache-Control") == "no-store", target);
        BOOST_TEST(header(head, "Referrer-Policy") == "no-referrer", target);
        BOOST_TEST(header(head, "X-Content-Type-Options") == "nosniff", target);
    }
}

BOOST_AUTO_TEST_SUITE_END()
