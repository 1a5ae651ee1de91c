#include "engine/remotes/agent_bootstrap.hpp"

#include "engine/json/described_json.hpp"
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
using namespace outrider::testing;
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

/// Breaks after so many written bytes.
class breaking_stream final : public byte_stream {
  public:
    breaking_stream(std::unique_ptr<byte_stream> inner, std::size_t limit)
        : inner_(std::move(inner)), left_(limit) {}

    awaitable<result<std::size_t>> read_some(std::span<char> into) override {
        if (left_ == 0) {
            co_return failure(errc::connect_failed, "the wire broke");
        }
        co_return co_await inner_->read_some(into);
    }
    awaitable<result<>> write(std::string_view bytes) override {
        const auto piece = bytes.substr(0, left_);
        left_ -= piece.size();
        auto sent = co_await inner_->write(piece);
        if (piece.size() < bytes.size()) {
            co_return failure(errc::connect_failed, "the wire broke");
        }
        co_return sent;
    }
    awaitable<void> close() override { return inner_->close(); }
    [[nodiscard]] std::string diagnostics() const override { return inner_->diagnostics(); }

  private:
    std::unique_ptr<byte_stream> inner_;
    std::size_t left_;
};

struct outcome {
    std::optional<failure> error;
    std::string build;       // of the agent that greeted
    std::size_t written = 0; // bytes, script and agent
};

awaitable<outcome> greet(machine& there) {
    auto shell =
        shell_stream::start(co_await asio::this_coro::executor, there.login, there.environment);
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
            co_return outcome{
                got ? failure(errc::connect_failed, "the agent ended: " + (*agent)->diagnostics())
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

BOOST_AUTO_TEST_CASE(without_gzip_there_the_agent_travels_as_it_is) {
    machine there;
    fs::create_directory(there.place / "bin");
    for (const char* tool :
         {"uname", "id", "ls", "mkdir", "cat", "head", "chmod", "mv", "rm", "rmdir", "find"}) {
        fs::create_symlink(fs::exists(fs::path("/usr/bin") / tool) ? fs::path("/usr/bin") / tool
                                                                   : fs::path("/bin") / tool,
                           fs::path(there.place / "bin") / tool);
    }
    there.environment["PATH"] = there.place / "bin";
    const auto out = greet_once(there);
    CHECK_GREETS(out);
    BOOST_TEST(out.written > native_image().size);
}

BOOST_AUTO_TEST_CASE(the_agent_gets_the_locale_and_umask_of_the_account) {
    for (const std::string locale : {"", "de_DE.UTF-8"}) {
        machine there;
        const std::string hash(native_image().hash);
        there.write("home/.cache/outrider/agents/" + hash + "/outrider-agent",
                    "#!/bin/sh\necho \"<${LC_ALL-none} $(umask) $1>\"\nread x\n", 0755);
        if (!locale.empty()) {
            there.environment["LC_ALL"] = locale;
        }
        there.login = {"/bin/sh", "-c", "umask 027; exec /bin/sh"};
        asio::io_context context;
        std::string said;
        auto body = [&]() -> awaitable<void> {
            auto shell = shell_stream::start(co_await asio::this_coro::executor, there.login,
                                             there.environment);
            auto agent = co_await start_agent(std::move(shell), "gpu1", there.options);
            BOOST_REQUIRE(agent.has_value());
            while (said.find('\n') == std::string::npos) {
                std::array<char, 100> block;
                const auto got = (co_await (*agent)->read_some(block)).value();
                BOOST_REQUIRE(got > 0U);
                said.append(block.data(), got);
            }
        };
        asio::co_spawn(context, body, [](std::exception_ptr error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
        context.run();
        BOOST_TEST(said == "<" + (locale.empty() ? "none" : locale) + " 0027 serve>\n");
    }
}

BOOST_AUTO_TEST_CASE(a_home_that_cannot_be_written_falls_back_to_a_shared_directory) {
    machine there;
    fs::remove_all(there.place / "home");
    there.write("home", "not a directory");
    const auto out = greet_once(there);
    CHECK_GREETS(out);
    BOOST_TEST(agents_in(there.shared()) == 1U);
    struct stat found{};
    BOOST_REQUIRE(::stat(there.shared().c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 0777) == 0700U);
}

BOOST_AUTO_TEST_CASE(a_shared_directory_that_others_can_change_is_never_used) {
    for (const bool link : {false, true}) {
        machine there;
        fs::remove_all(there.place / "home");
        there.write("home", "not a directory");
        if (link) {
            fs::create_directory(there.place / "elsewhere");
            ::chmod((there.place / "elsewhere").c_str(), 0700);
            fs::create_directory_symlink(there.place / "elsewhere", there.shared());
        } else {
            fs::create_directory(there.shared());
            ::chmod(there.shared().c_str(), 0777);
        }
        // An agent that somebody else put there is not executed either.
        const std::string hash(native_image().hash);
        const auto planted = fs::path(there.shared()) / "agents" / hash / "outrider-agent";
        fs::create_directories(planted.parent_path());
        std::ofstream(planted) << "#!/bin/sh\necho planted\n";
        ::chmod(planted.c_str(), 0755);
        const auto out = greet_once(there);
        BOOST_REQUIRE(out.error.has_value());
        BOOST_TEST((out.error->kind() == errc::agent_unusable));
        BOOST_TEST(text_of(out).find("no directory on gpu1 may hold and execute the agent") == 0U);
        BOOST_TEST(text_of(out).find(there.shared() + ": it is not ours alone") !=
                       std::string::npos,
                   text_of(out));
        BOOST_TEST(text_of(out).find("Not a directory") != std::string::npos, text_of(out));
    }
}

BOOST_AUTO_TEST_CASE(a_noexec_home_and_a_full_disk_fall_back_and_are_named) {
    struct {
        const char* options;
        unsigned long flags;
        const char* reason;
    } const cases[] = {{"size=8m", MS_NOEXEC, "Permission denied (mounted noexec?)"},
                       {"size=100k", 0, "No space left on device"},
                       {"size=8m", MS_RDONLY, "Read-only file system"}};
    for (const auto& row : cases) {
        machine there;
        const auto home = there.place / "home";
        if (::mount("tmpfs", home.c_str(), "tmpfs", row.flags, row.options) != 0) {
            BOOST_TEST_MESSAGE("skipped: this account may not mount");
            return;
        }
        auto out = greet_once(there);
        CHECK_GREETS(out);
        BOOST_TEST(agents_in(there.shared()) == 1U);
        BOOST_TEST(agents_in(home) == 0U);
        fs::remove_all(there.place / "shared");
        there.options.shared_directories = {};
        out = greet_once(there);
        ::umount(home.c_str());
        BOOST_REQUIRE(out.error.has_value());
        BOOST_TEST((out.error->kind() == errc::agent_unusable));
        BOOST_TEST(text_of(out).find(there.cache() + ": " + row.reason) != std::string::npos,
                   text_of(out));
    }
}

BOOST_AUTO_TEST_CASE(a_wire_that_breaks_during_the_upload_leaves_no_agent_and_hinders_nobody) {
    machine there;
    asio::io_context context;
    std::optional<failure> error;
    auto body = [&]() -> awaitable<void> {
        auto shell =
            shell_stream::start(co_await asio::this_coro::executor, there.login, there.environment);
        auto agent = co_await start_agent(
            std::make_unique<breaking_stream>(std::move(shell), 100'000), "gpu1", there.options);
        BOOST_REQUIRE(agent.has_error());
        error = agent.error();
    };
    asio::co_spawn(context, body, [](std::exception_ptr thrown) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    });
    context.run();
    BOOST_TEST((error->kind() == errc::connect_failed), error->context);
    const std::string hash(native_image().hash);
    BOOST_TEST(!fs::exists(there.cache() + "/agents/" + hash + "/outrider-agent"));
    const auto out = greet_once(there);
    CHECK_GREETS(out);
}

BOOST_AUTO_TEST_CASE(a_damaged_upload_leaves_nothing_behind) {
    machine there;
    const auto whole = native_image();
    auto half = whole;
    half.gzip = whole.gzip.substr(0, whole.gzip.size() / 2);
    const agent_image images[] = {half};
    there.options.images = images;
    const auto out = greet_once(there);
    BOOST_REQUIRE(out.error.has_value());
    BOOST_TEST((out.error->kind() == errc::agent_unusable), text_of(out));
    BOOST_TEST(agents_in(there.place.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(an_image_that_is_not_what_its_hash_says_is_not_installed) {
    machine there;
    auto wrong = native_image();
    wrong.hash = "00000000000000000000000000000000";
    const agent_image images[] = {wrong};
    there.options.images = images;
    const auto out = greet_once(there);
    BOOST_REQUIRE(out.error.has_value());
    BOOST_TEST((out.error->kind() == errc::agent_unusable), text_of(out));
    BOOST_TEST(agents_in(there.place.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(machines_of_an_unknown_kind_are_refused_by_name) {
    for (const std::string kind : {"Linux sparc64", "Darwin arm64", ""}) {
        machine there;
        there.write("bin/uname", "#!/bin/sh\necho '" + kind + "'\n", 0755);
        there.environment["PATH"] = (there.place / "bin") + ":/usr/bin:/bin";
        const auto out = greet_once(there);
        BOOST_REQUIRE(out.error.has_value());
        BOOST_TEST((out.error->kind() == errc::unsupported), text_of(out));
        BOOST_TEST(text_of(out).find("'" + kind + "'") != std::string::npos, text_of(out));
    }
}

BOOST_AUTO_TEST_CASE(an_account_that_refuses_is_quoted) {
    machine there;
    there.login = {"/bin/sh", "-c", "echo 'This account is currently not available.'; exit 1"};
    auto out = greet_once(there);
    BOOST_REQUIRE(out.error.has_value());
    BOOST_TEST((out.error->kind() == errc::agent_unusable));
    BOOST_TEST(text_of(out).find("This account is currently not available.") != std::string::npos,
               text_of(out));
    there.login = {"/bin/sh", "-c", "exit 1"};
    out = greet_once(there);
    BOOST_TEST(out.error.has_value());
    BOOST_TEST((out.error->kind() == errc::agent_unusable));
}

BOOST_AUTO_TEST_CASE(a_silent_shell_and_an_endless_one_are_given_up) {
    machine there;
    there.options.patience = std::chrono::milliseconds(200);
    there.login = {"/bin/sleep", "100"};
    auto out = greet_once(there);
    BOOST_REQUIRE(out.error.has_value());
    BOOST_TEST((out.error->kind() == errc::timed_out), text_of(out));
    there.options.patience = std::chrono::seconds(20);
    there.login = {"/usr/bin/yes"};
    out = greet_once(there);
    BOOST_REQUIRE(out.error.has_value());
    BOOST_TEST((out.error->kind() == errc::agent_unusable), text_of(out));
}

BOOST_AUTO_TEST_CASE(the_two_newest_agents_stay_and_old_leftovers_go) {
    machine there;
    const std::string agents = "home/.cache/outrider/agents/";
    const auto now = fs::file_time_type::clock::now();
    for (int age = 1; age <= 3; ++age) {
        const std::string hash(32, static_cast<char>('0' + age));
        there.write(agents + hash + "/outrider-agent", "old", 0755);
        fs::last_write_time(there.place / (agents + hash), now - std::chrono::hours(age));
    }
    const std::string fresh(32, '1');
    there.write(agents + fresh + "/.tmp.old", "half an agent");
    there.write(agents + fresh + "/.tmp.new", "half an agent");
    fs::last_write_time(there.place / (agents + fresh + "/.tmp.old"), now - std::chrono::hours(2));
    fs::last_write_time(there.place / (agents + fresh), now - std::chrono::hours(1));
    const auto out = greet_once(there);
    CHECK_GREETS(out);
    BOOST_TEST(fs::exists(there.place / (agents + fresh + "/outrider-agent")));
    BOOST_TEST(!fs::exists(there.place / (agents + std::string(32, '2'))));
    BOOST_TEST(!fs::exists(there.place / (agents + std::string(32, '3'))));
    BOOST_TEST(fs::exists(there.place / (agents + fresh + "/.tmp.new")));
    BOOST_TEST(!fs::exists(there.place / (agents + fresh + "/.tmp.old")));
}

BOOST_AUTO_TEST_CASE(an_old_agent_that_still_runs_stays) {
    machine there;
    const std::string agents = "home/.cache/outrider/agents/";
    const std::string used(32, '3');
    const auto now = fs::file_time_type::clock::now();
    for (const auto& hash : {std::string(32, '1'), std::string(32, '2'), used}) {
        there.write(agents + hash + "/outrider-agent", "old", 0755);
    }
    const auto executable = there.place / (agents + used + "/outrider-agent");
    fs::remove(executable);
    fs::copy_file("/bin/sleep", executable);
    fs::last_write_time(there.place / (agents + used), now - std::chrono::hours(1));
    asio::io_context context;
    const auto supervisor =
        shell_stream::start(context.get_executor(), {executable, "100"}, there.environment);
    const auto out = greet_once(there);
    CHECK_GREETS(out);
    BOOST_TEST(fs::exists(executable));
}

BOOST_AUTO_TEST_CASE(an_empty_agent_left_by_a_crash_is_replaced) {
    machine there;
    const std::string hash(native_image().hash);
    there.write("home/.cache/outrider/agents/" + hash + "/outrider-agent", "", 0755);
    const auto out = greet_once(there);
    CHECK_GREETS(out);
}

BOOST_AUTO_TEST_CASE(a_home_may_have_any_name) {
    machine there;
    const auto home = there.place / "a b\\'\"$(touch x)`*";
    fs::create_directory(home);
    there.environment["HOME"] = home;
    for (int contact = 0; contact < 2; ++contact) {
        const auto out = greet_once(there);
        CHECK_GREETS(out);
    }
    BOOST_TEST(agents_in(home) == 1U);
}

BOOST_AUTO_TEST_CASE(a_machine_that_is_lost_during_the_upload_is_worth_a_retry) {
    machine there;
    // The account's `mv` takes everything of it along, after it has answered.
    there.write("bin/mv", "#!/bin/sh\nkill -9 0\n", 0755);
    there.environment["PATH"] = (there.place / "bin") + ":/usr/bin:/bin";
    const auto out = greet_once(there);
    BOOST_REQUIRE(out.error.has_value());
    BOOST_TEST((out.error->kind() == errc::connect_failed), text_of(out));
}

BOOST_AUTO_TEST_SUITE_END()
