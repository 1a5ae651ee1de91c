// Posting to webhooks over TLS: whom it trusts. Real servers on loopback with certificates made
// here.
#include "tests/support/in_reactor.hpp"
#include "tests/support/temporary_directory.hpp"
#include "transports/http/webhook.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <thread>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

using asio::ip::tcp;
namespace ssl = asio::ssl;

/// A key and a certificate that it has signed itself, for `localhost`.
class identity {
  public:
    identity() : key_(::EVP_EC_gen("P-256")), certificate_(::X509_new()) {
        constexpr long day = 86400;
        ::X509_set_version(certificate_, 2);
        ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate_), 1);
        ::X509_gmtime_adj(::X509_getm_notBefore(certificate_), -day);
        ::X509_gmtime_adj(::X509_getm_notAfter(certificate_), day);
        ::X509_set_pubkey(certificate_, key_);
        auto* name = ::X509_get_subject_name(certificate_);
        ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
        ::X509_set_issuer_name(certificate_, name);
        add(NID_basic_constraints, "critical,CA:TRUE");
        add(NID_subject_alt_name, "DNS:localhost");
        ::X509_sign(certificate_, key_, ::EVP_sha256());
    }
    identity(const identity&) = delete;
    identity& operator=(const identity&) = delete;
    ~identity() {
        ::X509_free(certificate_);
        ::EVP_PKEY_free(key_);
    }

    void use_in(ssl::context& context) const {
        ::SSL_CTX_use_certificate(context.native_handle(), certificate_);
        ::SSL_CTX_use_PrivateKey(context.native_handle(), key_);
    }
    void write_certificate(const std::string& path) const {
        auto* file = std::fopen(path.c_str(), "w");
        BOOST_REQUIRE(file != nullptr);
        ::PEM_write_X509(file, certificate_);
        std::fclose(file);
    }

  private:
    void add(int kind, const char* value) {
        auto* extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
        BOOST_REQUIRE(extension != nullptr);
        ::X509_add_ext(certificate_, extension, -1);
        ::X509_EXTENSION_free(extension);
    }

    EVP_PKEY* key_;
    X509* certificate_;
};

/// Serves one connection with that identity, on a thread of its own.
class secure_server {
  public:
    explicit secure_server(const identity& as)
        : context_(ssl::context::tls_server), acceptor_(reactor_, {tcp::v4(), 0}) {
        as.use_in(context_);
        thread_ = std::thread([this] { serve(); });
    }
    secure_server(const secure_server&) = delete;
    secure_server& operator=(const secure_server&) = delete;
    ~secure_server() { thread_.join(); }

    [[nodiscard]] std::string url(const std::string& host) {
        return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
    }
    [[nodiscard]] bool served() {
        thread_.join();
        thread_ = std::thread([] {});
        return served_;
    }

  private:
    void serve() {
        boost::system::error_code failed;
        ssl::stream<tcp::socket> stream(acceptor_.accept(), context_);
        stream.handshake(ssl::stream_base::server, failed);
        asio::streambuf request;
        if (!failed) {
            asio::read_until(stream, request, "\r\n\r\n", failed);
        }
        if (!failed) {
            served_ = true;
            const std::string answer = "HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n";
            asio::write(stream, asio::buffer(answer), failed);
        }
    }

    asio::io_context reactor_;
    ssl::context context_;
    tcp::acceptor acceptor_;
    std::thread thread_;
    bool served_ = false;
};

/// The one that this test program trusts: read once, so it is set before anything is posted.
const identity& trusted() {
    static const temporary_directory place;
    static const identity one;
    static const bool known = [] {
        one.write_certificate(place / "trusted.pem");
        return ::setenv("SSL_CERT_FILE", (place / "trusted.pem").c_str(), 1) == 0;
    }();
    BOOST_REQUIRE(known);
    return one;
}

result<int> post(const std::string& url) {
    std::ignore = trusted();
    result<int> status = 0;
    in_reactor([&]() -> awaitable<void> {
        status = co_await post_to_webhook({.url = url, .body = "{}", .idempotency_key = "k"});
    });
    return status;
}

void check_refused(const std::string& url, errc kind) {
    const auto status = post(url);
    BOOST_REQUIRE(!status.has_value());
    BOOST_TEST((status.error().kind() == kind), status.error().context);
}

} // namespace

BOOST_AUTO_TEST_SUITE(secure_webhooks)

BOOST_AUTO_TEST_CASE(a_host_with_a_trusted_certificate_of_its_name_is_told) {
    secure_server there(trusted());
    const auto status = post(there.url("localhost"));
    BOOST_REQUIRE_MESSAGE(status.has_value(), status.error().context);
    BOOST_TEST(*status == 202);
    BOOST_TEST(there.served());
}

BOOST_AUTO_TEST_CASE(a_trusted_certificate_of_another_name_is_refused_before_anything_is_said) {
    secure_server there(trusted());
    check_refused(there.url("127.0.0.1"), errc::authentication_failed);
    BOOST_TEST(!there.served());
}

BOOST_AUTO_TEST_CASE(a_certificate_that_nobody_trusts_is_refused_before_anything_is_said) {
    const identity stranger;
    secure_server there(stranger);
    check_refused(there.url("localhost"), errc::authentication_failed);
    BOOST_TEST(!there.served());
}

BOOST_AUTO_TEST_CASE(where_nothing_answers_it_is_said) {
    std::uint16_t closed = 0;
    {
        asio::io_context reactor;
        closed = tcp::acceptor(reactor, {tcp::v4(), 0}).local_endpoint().port();
    }
    const auto port = std::to_string(closed);
    check_refused("http://127.0.0.1:" + port + "/", errc::connect_failed);
    check_refused("https://127.0.0.1:" + port + "/", errc::connect_failed);
    check_refused("http://no-such-host.invalid/", errc::resolve_failed);
}

BOOST_AUTO_TEST_SUITE_END()
