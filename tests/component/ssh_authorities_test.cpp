// Machines that are known by a certificate authority (`@cert-authority`), and revoked keys.
#include "tests/support/in_reactor.hpp"
#include "tests/support/shell.hpp"
#include "tests/support/ssh_server.hpp"
#include "transports/ssh/ssh_transport.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A server whose host key is certified.
class certified_server {
  public:
    certified_server() {
        make_key(authority());
        run_program({"ssh-keygen", "-q", "-s", authority(), "-I", "box", "-h", "-n", "127.0.0.1",
                     server.directory() / "host_key.pub"});
        std::ofstream(server.directory() / "sshd_config", std::ios::app)
            << "HostCertificate " << (server.directory() / "host_key-cert.pub") << '\n';
        server.kill();
        server.start();
    }

    [[nodiscard]] std::string authority() const { return server.directory() / "authority"; }
    /// "MARK * TYPE KEY\n" of a public key file.
    [[nodiscard]] static std::string line(const std::string& mark, const std::string& key) {
        return mark + " * " + read_file(key);
    }
    /// "NAME TYPE KEY\n" of a key that is not the server's.
    [[nodiscard]] std::string wrong_key_line() const {
        const std::string other = server.directory() / "other";
        make_key(other);
        return "[127.0.0.1]:" + std::to_string(server.port()) + ' ' + read_file(other + ".pub");
    }

    /// Connects with these records: empty if that works, else the failure.
    [[nodiscard]] failure refusal(const std::string& records,
                                  host_key_policy policy = host_key_policy::strict) const {
        auto there = server.remote_named("gpu1");
        there.known_hosts = server.directory() / "records";
        there.host_keys = policy;
        write_file(*there.known_hosts, records);
        failure out;
        in_reactor([&]() -> awaitable<void> {
            const auto wire = make_ssh_transport();
            auto link = co_await wire->connect(remote_of(there), context_in(server.home()));
            if (link) {
                co_await (*link)->close();
            } else {
                out = link.error();
            }
            co_await wire->close();
        });
        return out;
    }

    ssh_server server;
};

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_authorities)

BOOST_AUTO_TEST_CASE(a_certificate_of_a_recorded_authority_is_believed) {
    const certified_server box;
    const auto records = certified_server::line("@cert-authority", box.authority() + ".pub");
    BOOST_TEST(box.refusal(records).context == "");
    // Also where the plain key on record is an older one.
    BOOST_TEST(box.refusal(records + box.wrong_key_line()).context == "");
    // The plain key does as well.
    BOOST_TEST(box.refusal(records + box.server.known_hosts_text()).context == "");
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused_with_the_cure) {
    const certified_server box;
    const std::string other = box.server.directory() / "other";
    make_key(other);
    const auto records = certified_server::line("@cert-authority", other + ".pub");
    const auto why = box.refusal(records);
    BOOST_CHECK(why.kind() == errc::host_key_unknown);
    BOOST_TEST(why.context.starts_with("gpu1: host key: ssh says: "), why.context);
    BOOST_TEST(why.context.find("the certificate authority of hosts in " +
                                (box.server.directory() / "records") + " line 1") !=
               std::string::npos);
    BOOST_TEST(why.context.find("connect once by `ssh ") != std::string::npos);
    const auto changed = box.refusal(records + box.wrong_key_line());
    BOOST_CHECK(changed.kind() == errc::host_key_changed);
    // A machine without a certificate of that authority may be new, as any other.
    BOOST_TEST(box.refusal(records, host_key_policy::accept_new).context == "");
    BOOST_TEST(read_file(box.server.directory() / "records").size() > records.size());
}

BOOST_AUTO_TEST_CASE(what_is_revoked_is_refused_whoever_signed_it) {
    const certified_server box;
    const auto authority = certified_server::line("@cert-authority", box.authority() + ".pub");
    const auto host_key = box.server.directory() / "host_key.pub";
    for (const auto& records :
         {certified_server::line("@revoked", host_key) + box.server.known_hosts_text(),
          authority + certified_server::line("@revoked", box.authority() + ".pub"),
          authority + certified_server::line("@revoked", host_key) +
              box.server.known_hosts_text()}) {
        const auto why = box.refusal(records);
        BOOST_TEST_CONTEXT(why.context) {
            BOOST_CHECK(why.kind() == errc::host_key_changed);
            BOOST_TEST(why.context.find("revoked") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
