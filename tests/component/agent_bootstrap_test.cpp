#include "engine/remotes/agent_bootstrap.hpp"

#include "engine/protocol/described_json.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/reactor/deadline.hpp"
#include "tests/support/shell_stream.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <optional>

using namespace outrider;
using namespace outrider::tests;
namespace fs = std::filesystem;

namespace {

/// The machine at the far end: an account with a home, a login shell and directories for everybody.
struct machine {
    temporary_directory place;
    std::map<std::string, std::string> environment;
    std::vector<std::string> login{"/bin/sh", "-c", "exec /bin/sh"};
    bootstrap_options options;

    machine() {
        environment = {{"HOME", place / "home"},
                       {"PATH", "/usr/local/bin:/usr/bin:/bin"},
                       // Under sshd bash reads ~/.bashrc for commands too.
                       {"SSH_CLIENT", "127.0.0.1 1 22"},
                       {"SHLVL", "0"}};
        fs::create_directory(place / "home");
        fs::create_directory(place / "shared");
        options.shared_directories = {place / "shared"};
        options.patience = std::chrono::seconds(20);
    }
    [[nodiscard]] std::string cache() const { return place / "home/.cache/outrider"; }
    [[nodiscard]] std::string shared() const {
        return place / "shared/outrider-" + std::to_string(::getuid());
    }
    void write(const std::string& name, const std::string& content, mode_t mode = 0644) const {
        fs::create_directories(fs::path(place / name).parent_path());
        std::ofstream(place / name) << content;
        ::chmod((place / name).c_str(), mode);
    }
};

struct outcome {
    std::optional<failure> error;
    std::string build;       // of the agent that greeted
    std::size_t written = 0; // bytes, script and agent
};

awaitable<outcome> greet(machine& there) {
    auto shell = shell_stream::start(co_await asio::this_coro::executor, there.login,
                                     there.environment);
    const auto* wire = shell.get();
    auto agent = co_await start_agent(std::move(shell), "gpu1", there.options);
    if (!agent) {
        co_return outcome{agent.error(), {}, 0};
    }
    outcome out{{}, {}, wire->written()};
    protocol::frame_reader frames;
    for (;;) {
        auto next = frames.next();
        if (!next) {
            co_return outcome{next.error(), {}, 0};
        }
        if (*next) {
            auto greeting = protocol::decode<protocol::hello>((*next)->payload);
            if (!greeting) {
                co_return outcome{greeting.error(), {}, 0};
            }
            out.build = greeting->build;
            co_return out;
        }
        std::array<char, 4096> block;
        auto got = co_await with_deadline((*agent)->read_some(block), std::chrono::seconds(20),
                                          "the agent does not greet");
        if (!got || *got == 0) {
            co_return outcome{got ? failure(errc::connect_failed,
                                            "the agent ended: " + (*agent)->diagnostics())
                                  : got.error(),
                              {},
                              0};
        }
        frames.feed({block.data(), *got});
    }
}

/// Runs so many clients at once against one machine.
std::vector<outcome> greet_all(machine& there, std::size_t clients) {
    asio::io_context context;
    std::vector<outcome> out(clients);
    for (std::size_t i = 0; i < clients; ++i) {
        asio::co_spawn(context, greet(there), [&out, i](std::exception_ptr error, outcome value) {
            if (error) {
                value.error = failure(errc::internal, "an exception");
            }
            out[i] = std::move(value);
        });
    }
    context.run();
    return out;
}

outcome greet_once(machine& there) {
    return greet_all(there, 1).front();
}

const agent_image& native_image() {
    utsname names{};
    ::uname(&names);
    for (const auto& image : agent_images()) {
        if (image.architecture == names.machine) {
            return image;
        }
    }
    throw std::runtime_error("no agent for this machine");
}

std::string text_of(const outcome& out) {
    return out.error ? out.error->context : "no error";
}

std::size_t agents_in(const std::string& cache) {
    std::error_code ignored;
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(cache, ignored)) {
        count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
}

#define CHECK_GREETS(out)                                                                          \
    BOOST_TEST(!(out).error, text_of(out));                                                        \
    BOOST_TEST((out).build == native_image().hash)

} // namespace

BOOST_AUTO_TEST_SUITE(agent_bootstrap)

BOOST_AUTO_TEST_CASE(an_agent_is_sent_once_and_found_afterwards) {
    machine there;
    const auto first = greet_once(there);
    CHECK_GREETS(first);
    BOOST_TEST(first.written > native_image().gzip.size());
    BOOST_TEST(agents_in(there.cache()) == 1U);
    const auto second = greet_once(there);
    CHECK_GREETS(second);
    BOOST_TEST(second.written < 10'000U);
}

BOOST_AUTO_TEST_CASE(login_shells_of_every_kind_and_their_noise_are_passed_over) {
    const std::vector<std::vector<std::string>> shells{
        {"/bin/sh", "-c", "exec /bin/sh"},
        {"/bin/bash", "-c", "exec /bin/sh"},
        {"/bin/bash", "-lc", "exec /bin/sh"},
        {"/usr/bin/dash", "-c", "exec /bin/sh"},
        {"/usr/bin/bash", "-c", "exec /bin/bash --posix"},
        {"/usr/bin/fish", "-c", "exec /bin/sh"},
        {"/usr/bin/tcsh", "-c", "exec /bin/sh"},
        {"/usr/bin/zsh", "-c", "exec /bin/sh"}};
    for (const auto& shell : shells) {
        if (!fs::exists(shell[0])) {
            BOOST_TEST_MESSAGE("skipped: there is no " << shell[0]);
            continue;
        }
        machine there;
        there.login = shell;
        const std::string noise = "echo Welcome to the cluster; printf 'no line end: $ '\n";
        for (const char* name : {"home/.bashrc", "home/.bash_profile", "home/.zshenv",
                                 "home/.config/fish/config.fish"}) {
            there.write(name, noise);
        }
        there.write("home/.cshrc", "echo Welcome\nprintf 'a prompt> '\n");
        for (int contact = 0; contact < 2; ++contact) {
            const auto out = greet_once(there);
            BOOST_TEST_CONTEXT(shell[0] << " contact " << contact) {
                CHECK_GREETS(out);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(two_clients_at_once_install_one_whole_agent) {
    machine there;
    for (const auto& out : greet_all(there, 5)) {
        CHECK_GREETS(out);
    }
    BOOST_TEST(agents_in(there.cache()) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
