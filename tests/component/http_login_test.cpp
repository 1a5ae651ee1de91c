#include "tests/support/served_engine.hpp"

#include <boost/json.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

namespace json = boost::json;

/// A browser, as far as it matters: it sends Host and whatever a test adds.
class browser {
  public:
    explicit browser(const served_engine& it)
        : it_(it), host_("127.0.0.1:" + std::to_string(it.port)) {}

    [[nodiscard]] std::string ask(const std::string& method, const std::string& target,
                                  const std::string& headers = {}) const {
        return it_.say_to_port(method + " " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\n" +
                               headers + "\r\n");
    }
    [[nodiscard]] int status(const std::string& method, const std::string& target,
                             const std::string& headers = {}) const {
        return std::stoi(ask(method, target, headers).substr(9, 3));
    }
    /// Follows a new link: the value of the cookie, as "Cookie: …\r\n".
    [[nodiscard]] std::string log_in() const {
        const auto answered = ask("GET", link());
        const auto at = answered.find("Set-Cookie: ") + 12;
        return "Cookie: a=b; " + answered.substr(at, answered.find(';', at) - at) + "; c=d\r\n";
    }
    /// The path of a new link.
    [[nodiscard]] std::string link() const {
        const auto made = json::parse(it_.ask("POST", "/v1/logins").body);
        const std::string url(made.at("url").as_string());
        BOOST_REQUIRE(url.starts_with("http://" + host_ + "/login?code="));
        return url.substr(url.find("/login"));
    }
    [[nodiscard]] std::string origin() const { return "Origin: http://" + host_ + "\r\n"; }

  private:
    const served_engine& it_;
    std::string host_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(http_login)

BOOST_AUTO_TEST_CASE(a_link_lets_one_browser_in_and_leads_to_the_page) {
    const served_engine it({}, true);
    const browser one(it);
    const auto link = one.link();
    BOOST_TEST(one.status("HEAD", link) == 303); // which does not spend it
    const auto answered = one.ask("GET", link);
    BOOST_TEST(answered.starts_with("HTTP/1.1 303"));
    BOOST_TEST(answered.find("\r\nLocation: /\r\n") != std::string::npos);
    for (const char* part : {"; HttpOnly", "; SameSite=Strict", "; Path=/", "no-referrer"}) {
        BOOST_TEST(answered.find(part) != std::string::npos, part);
    }
    const auto token = read_file(token_file(it.socket()));
    BOOST_TEST(answered.find(token.substr(0, token.size() - 1)) == std::string::npos);
    BOOST_TEST(answered.find(link.substr(link.find('=') + 1)) == std::string::npos);
    BOOST_TEST(one.status("GET", link) == 403); // it was used
    BOOST_TEST(one.status("GET", "/login") == 403);
    BOOST_TEST(one.status("GET", "/login?code=" + token.substr(0, token.size() - 1)) == 403);
}

BOOST_AUTO_TEST_CASE(a_browser_that_is_logged_in_may_look_and_from_our_own_page_also_change) {
    const served_engine it({}, true);
    const browser one(it);
    const auto cookie = one.log_in();
    BOOST_TEST(one.status("GET", "/") == 401);
    BOOST_TEST(one.status("GET", "/", cookie) == 200);
    BOOST_TEST(one.status("GET", "/v1/runs", cookie) == 200);
    BOOST_TEST(one.status("GET", "/v1/runs", cookie + "Sec-Fetch-Site: none\r\n") == 200);
    BOOST_TEST(one.status("GET", "/v1/runs", cookie + "Sec-Fetch-Site: same-site\r\n") == 403);
    // 404: there is no such command; it was looked for.
    const std::string change = "/v1/commands/99";
    BOOST_TEST(one.status("DELETE", change, cookie + one.origin()) == 404);
    BOOST_TEST(one.status("DELETE", change, cookie) == 403);
    for (const std::string other : {"null", "http://evil.example", "http://127.0.0.1:1"}) {
        BOOST_TEST(one.status("DELETE", change, cookie + "Origin: " + other + "\r\n") == 403);
    }
    // The same machine under another name is another origin to a browser.
    BOOST_TEST(
        one.status("DELETE", change,
                   cookie + "Origin: http://localhost:" + std::to_string(it.port) + "\r\n") == 403);
    const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    BOOST_TEST(one.status("GET", "/v1/events", cookie + upgrade) == 403);
    BOOST_TEST(one.status("GET", "/v1/events", cookie + upgrade + one.origin()) == 101);
    BOOST_TEST(one.status("GET", "/v1/runs", cookie + "Authorization: Bearer x\r\n") == 401);
    BOOST_TEST(one.status("GET", "/v1/runs", "Cookie: outrider-1=x\r\n") == 401);
}

BOOST_AUTO_TEST_CASE(without_a_port_there_is_nothing_to_log_in_to) {
    const served_engine it;
    const auto refused = it.ask("POST", "/v1/logins");
    BOOST_TEST(refused.status == 409);
    BOOST_TEST(refused.body.find("outrider serve --listen") != std::string::npos);
    BOOST_TEST(it.ask("GET", "/login?code=x").status == 404);
    BOOST_TEST(json::parse(it.ask("GET", "/v1/service").body).at("address").is_null());
}

BOOST_AUTO_TEST_SUITE_END()
