// What `ssh -G` says of one host does for others, and never says something else than it would of
// them.
#include "engine/reactor/task_group.hpp"
#include "tests/support/in_reactor.hpp"
#include "tests/support/temporary_directory.hpp"
#include "transports/ssh/user_config.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace outrider;
using namespace outrider::testing;
using namespace outrider::ssh;

namespace {

/// A home with an ssh configuration, and an `ssh` that counts how often it is asked.
class asked_home {
  public:
    explicit asked_home(const std::string& config) {
        directory_.write(".ssh/config", "Include " + included() + "\n" + config);
        write_file(directory_ / "ssh",
                   "#!/bin/sh\necho >>'" + (directory_ / "asked") +
                       "'\nPATH=${PATH#*:}\nexec ssh \"$@\"\n",
                   0700);
        environment_["HOME"] = directory_.path();
        environment_["PATH"] = directory_.path().string() + ":/usr/local/bin:/usr/bin:/bin";
    }

    awaitable<user_config> lookup(user_config_source& source, const std::string& host) const {
        const ssh_remote to{.name = host, .host = host};
        co_return (co_await source.lookup(to, environment_)).value();
    }

    [[nodiscard]] std::ptrdiff_t asked() const {
        const auto lines = read_file(directory_ / "asked");
        return std::count(lines.begin(), lines.end(), '\n');
    }

    /// A file that the configuration includes, once it is there.
    [[nodiscard]] std::string included() const { return directory_ / "included"; }

  private:
    temporary_directory directory_;
    std::map<std::string, std::string> environment_;
};

/// Looks all hosts up at the same time, and each by itself; returns how often `ssh` ran for all.
std::ptrdiff_t ask_for_all(const asked_home& home, const std::vector<std::string>& hosts) {
    std::ptrdiff_t asked = 0;
    in_reactor([&]() -> awaitable<void> {
        user_config_source source;
        std::map<std::string, user_config> together;
        task_group lookups(co_await asio::this_coro::executor);
        for (const auto& host : hosts) {
            lookups.spawn(host, [&, host]() -> awaitable<void> {
                together[host] = co_await home.lookup(source, host);
            });
        }
        co_await lookups.join();
        asked = home.asked();
        for (const auto& host : hosts) {
            user_config_source alone;
            const auto own = co_await home.lookup(alone, host);
            BOOST_TEST((together[host] == own), host);
        }
    });
    return asked;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ssh_answers)

BOOST_AUTO_TEST_CASE(ssh_is_asked_once_for_all_that_its_configuration_does_not_tell_apart) {
    const asked_home home("Host *\n  User ann\n  Port 2222\n");
    BOOST_TEST(ask_for_all(home, {"gpu1", "gpu2", "10.0.0.7", "other.lab"}) == 1);
}

BOOST_AUTO_TEST_CASE(hosts_in_blocks_of_their_own_get_what_is_theirs) {
    const asked_home home("Host gpu1\n  HostName 10.0.0.1\n"
                          "Host gpu*\n  ProxyJump gate\n  User ann\n"
                          "Host *.lab !bad.lab\n  ProxyCommand nc %h %p\n");
    write_file(home.included(), "Host gpu4\n  Port 4\nHost *\n  ConnectTimeout 9\n");
    // gpu2 stands for gpu3; gate for plain; a.lab for b.lab.
    BOOST_TEST(ask_for_all(home, {"gpu1", "gpu2", "gpu3", "gpu4", "gate", "plain", "a.lab", "b.lab",
                                  "bad.lab"}) == 7);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_foreseen_is_asked_for_each_host) {
    const asked_home home("Match exec \"test %h = gpu2\"\n  User ann\nHost x\n  HostName %h.lab\n");
    BOOST_TEST(ask_for_all(home, {"gpu1", "gpu2", "x"}) == 3);
}

BOOST_AUTO_TEST_CASE(names_that_ssh_rewrites_are_asked_for_themselves) {
    const asked_home home("Host b\n  HostName a\nHost c\n  ProxyJump d\n");
    BOOST_TEST(ask_for_all(home, {"GPU1", "127.1", "a", "b", "c", "d", "127.0.0.1"}) == 7);
}

BOOST_AUTO_TEST_SUITE_END()
