// Standing jobs of a service, with real runs, programs and an HTTP server.
#include "engine/core/descriptor.hpp"
#include "engine/service/standing_jobs.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/in_reactor.hpp"
#include "tests/support/service_scene.hpp"
#include "tests/support/temporary_directory.hpp"
#include "transports/outside_messenger.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A service whose user wants to know of ends: `told` collects a line for each.
struct told_user {
    service_scene scene;
    agent_process other{scene.far.cache};

    told_user() {
        write(scene.place() / "tell",
              "#!/bin/sh\nprintf '%s|%s|%s|%s|%s\\n' \"$OUTRIDER_NOTIFICATION\" "
              "\"$OUTRIDER_REPEATED\" \"$OUTRIDER_RUN\" \"$OUTRIDER_STATE\" \"$OUTRIDER_LABEL\" "
              ">> \"$1\"\n");
        fs::permissions(scene.place() / "tell", fs::perms::owner_all);
    }
    void start(const std::string& id, const std::string& label = "") {
        auto what = scene.far.start(id, "exec sleep 1000");
        what.attributes["label"] = label;
        other.call(what);
    }
    void stop(const std::string& id) {
        other.call(protocol::stop_run{.home = scene.far.home.native(), .run_id = id});
    }
    [[nodiscard]] notify_command by_program() const {
        notify_command what;
        what.remote = "gpu1";
        what.program = {scene.place() / "tell", scene.place() / "told file"};
        return what;
    }
    [[nodiscard]] std::string told() const { return content(scene.place() / "told file"); }
    awaitable<job_row> add(notify_command what) {
        const auto done = co_await scene.perform(std::move(what));
        if (done.error) {
            throw std::runtime_error(done.error->context);
        }
        co_return done.find<job_added>()->job;
    }
    [[nodiscard]] std::vector<job_row> jobs() { return scene.with().jobs->list(); }
    awaitable<void> until_told(std::int64_t count) {
        co_await scene.until("it is told", [this, count] {
            return !jobs().empty() && jobs().front().told >= count;
        });
    }
};

int lines_in(const std::string& text) {
    return static_cast<int>(std::ranges::count(text, '\n'));
}

/// A receiver of webhooks: answers with these statuses one after the other, then with 200.
class receiver {
  public:
    explicit receiver(std::vector<int> statuses) : statuses_(std::move(statuses)) {
        socket_ = descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        BOOST_REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        BOOST_REQUIRE(::listen(socket_.get(), 8) == 0);
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    receiver(const receiver&) = delete;
    receiver& operator=(const receiver&) = delete;
    ~receiver() {
        ::shutdown(socket_.get(), SHUT_RDWR);
        thread_.join();
    }

    std::uint16_t port = 0;
    [[nodiscard]] std::vector<std::string> requests() {
        const std::lock_guard guard(mutex_);
        return requests_;
    }

  private:
    void serve() {
        for (;;) {
            const descriptor client(::accept(socket_.get(), nullptr, nullptr));
            if (!client) {
                return;
            }
            std::string text;
            char bytes[4096];
            // The body is JSON, which ends with its last brace.
            while (!text.ends_with("}}")) {
                const auto got = ::read(client.get(), bytes, sizeof bytes);
                if (got <= 0) {
                    break;
                }
                text.append(bytes, static_cast<std::size_t>(got));
            }
            const std::lock_guard guard(mutex_);
            requests_.push_back(text);
            const auto index = requests_.size() - 1;
            const int status = index < statuses_.size() ? statuses_[index] : 200;
            const auto answer = "HTTP/1.1 " + std::to_string(status) +
                                " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            std::ignore = ::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
        }
    }

    std::vector<int> statuses_;
    descriptor socket_;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

boost::json::value body_of(const std::string& request) {
    return boost::json::parse(request.substr(request.find("\r\n\r\n") + 4));
}

std::string key_of(const std::string& request) {
    const auto at = request.find("Idempotency-Key: ") + 17;
    return request.substr(at, request.find('\r', at) - at);
}

} // namespace

BOOST_AUTO_TEST_SUITE(jobs_of_a_service)

BOOST_AUTO_TEST_CASE(every_end_is_told_once_with_its_facts) {
    told_user it;
    it.scene.far.make_run("old", {{"started", "1"}, {"exit_status", "0"}});
    it.start("first", "it's; $(touch " + (it.scene.place() / "hacked").native() + ") `id`\n");
    it.scene.serve([&]() -> awaitable<void> {
        std::ignore = co_await it.add(it.by_program());
        it.stop("first");
        co_await it.until_told(1);
        it.start("second");
        it.stop("second");
        co_await it.until_told(2);
    });
    const auto told = it.told();
    BOOST_TEST(lines_in(told) == 2);
    BOOST_TEST(told.find("|0|first|terminated|it's; $(touch ") != told.npos);
    BOOST_TEST(told.find("|0|second|terminated|\n") != told.npos);
    BOOST_TEST(!fs::exists(it.scene.place() / "hacked"));
}

BOOST_AUTO_TEST_CASE(named_runs_are_told_and_the_job_is_over) {
    told_user it;
    it.start("first");
    it.start("second");
    it.scene.serve([&]() -> awaitable<void> {
        auto what = it.by_program();
        what.selection.runs = {"first"};
        const auto job = co_await it.add(what);
        BOOST_TEST(job.runs == std::vector<std::string>{"first"}, boost::test_tools::per_element());
        it.stop("second");
        it.stop("first");
        co_await it.scene.until("the job is over", [&] { return it.jobs().empty(); });
        const auto late = co_await it.scene.perform(what);
        BOOST_REQUIRE(late.error.has_value());
        BOOST_TEST((late.error->kind() == errc::conflict));
    });
    BOOST_TEST(lines_in(it.told()) == 1);
    BOOST_TEST(it.told().find("|first|") != std::string::npos);
    BOOST_TEST(fs::is_empty(it.scene.place() / "state/jobs"));
}

BOOST_AUTO_TEST_CASE(ends_while_the_service_is_down_are_told_at_its_next_start) {
    told_user it;
    it.start("before");
    it.start("running");
    std::string id;
    it.scene.serve([&]() -> awaitable<void> {
        id = (co_await it.add(it.by_program())).id;
        it.stop("before");
        co_await it.until_told(1);
    });
    it.stop("running");
    it.start("meanwhile");
    it.stop("meanwhile");
    it.start("still");
    it.scene.serve([&]() -> awaitable<void> {
        co_await it.until_told(3);
        BOOST_TEST(it.jobs().front().id == id);
        it.stop("still");
        co_await it.until_told(4);
    });
    it.scene.serve([&]() -> awaitable<void> {
        // Nobody asked for the machine: the job alone has it watched.
        co_await it.scene.until("it is watched", [&] {
            const auto& known = it.scene.with().machines->memory.machines();
            return !known.empty() && known.begin()->second.watched;
        });
        BOOST_TEST(it.jobs().front().told == 4);
    });
    for (const auto* run : {"before", "running", "meanwhile", "still"}) {
        BOOST_TEST(it.told().find(std::string("|0|") + run + "|terminated|") != std::string::npos);
    }
    BOOST_TEST(lines_in(it.told()) == 4);
}

BOOST_AUTO_TEST_CASE(a_webhook_that_is_busy_is_tried_again_with_the_same_id) {
    told_user it;
    receiver there({503, 503});
    it.start("run", "caf\xc3\xa9");
    it.scene.serve([&]() -> awaitable<void> {
        notify_command what;
        what.remote = "gpu1";
        what.webhook = "http://127.0.0.1:" + std::to_string(there.port) + "/hook?x=1";
        std::ignore = co_await it.add(what);
        it.stop("run");
        co_await it.until_told(1);
        BOOST_TEST(it.jobs().front().trouble == "");
    });
    const auto requests = there.requests();
    BOOST_REQUIRE(requests.size() == 3);
    for (const auto& each : requests) {
        BOOST_TEST(each.starts_with("POST /hook?x=1 HTTP/1.1\r\n"));
        BOOST_TEST(key_of(each) == key_of(requests.front()));
        BOOST_TEST(body_of(each).at("notification").as_string() == key_of(each));
        BOOST_TEST(body_of(each).at("run").at("id").as_string() == "run");
        BOOST_TEST(body_of(each).at("run").at("label").as_string() == "caf\xc3\xa9");
    }
    BOOST_TEST(!body_of(requests[0]).at("repeated").as_bool());
    BOOST_TEST(body_of(requests[2]).at("repeated").as_bool());
}

BOOST_AUTO_TEST_CASE(what_a_webhook_refuses_is_given_up_and_said) {
    told_user it;
    receiver there({410});
    it.start("run");
    it.start("next");
    it.scene.serve([&]() -> awaitable<void> {
        notify_command what;
        what.remote = "gpu1";
        what.webhook = "http://127.0.0.1:" + std::to_string(there.port) + "/";
        std::ignore = co_await it.add(what);
        it.stop("run");
        co_await it.scene.until("it is given up", [&] { return it.jobs().front().failed == 1; });
        BOOST_TEST(it.jobs().front().trouble.find("410") != std::string::npos);
        it.stop("next");
        co_await it.until_told(1);
    });
}

BOOST_AUTO_TEST_CASE(a_link_that_is_lost_delays_and_loses_nothing) {
    told_user it;
    it.start("run");
    it.scene.serve([&]() -> awaitable<void> {
        std::ignore = co_await it.add(it.by_program());
        co_await it.scene.until("it is watched", [&] {
            return it.scene.with().machines->memory.machines().begin()->second.watched;
        });
        it.scene.open = false;
        it.scene.kill_agent();
        co_await it.scene.until("the link is lost", [&] {
            return !it.scene.with().machines->memory.machines().begin()->second.watched;
        });
        it.stop("run");
        BOOST_TEST(it.told() == "");
        it.scene.open = true;
        co_await it.until_told(1);
    });
    BOOST_TEST(lines_in(it.told()) == 1);
}

BOOST_AUTO_TEST_CASE(jobs_are_found_by_prefix_and_name_and_removed_for_good) {
    told_user it;
    it.start("run");
    it.scene.serve([&]() -> awaitable<void> {
        auto what = it.by_program();
        what.name = "mine";
        const auto first = co_await it.add(what);
        what.name = "other";
        const auto second = co_await it.add(what);
        auto done = co_await it.scene.perform(jobs_command{.remove = {"nothing"}});
        BOOST_TEST((done.error->kind() == errc::not_found));
        done = co_await it.scene.perform(jobs_command{.remove = {"mine", first.id, "nothing"}});
        BOOST_TEST((done.error->kind() == errc::not_found));
        BOOST_TEST(it.jobs().size() == 2);
        done = co_await it.scene.perform(jobs_command{.remove = {"mine", first.id}});
        BOOST_TEST(!done.error.has_value());
        BOOST_REQUIRE(it.jobs().size() == 1);
        BOOST_TEST(it.jobs().front().id == second.id);
    });
    it.scene.serve([&]() -> awaitable<void> {
        BOOST_TEST(it.jobs().size() == 1);
        co_return;
    });
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_when_it_is_added) {
    told_user it;
    it.scene.serve([&]() -> awaitable<void> {
        std::vector<notify_command> bad(4, it.by_program());
        bad[0].program.clear();
        bad[1].webhook = "http://h/";
        bad[2].selection.filter.expressions = {"loss < 1"};
        bad[3].program.clear();
        bad[3].webhook = "file:///etc/passwd";
        for (const auto& each : bad) {
            const auto done = co_await it.scene.perform(each);
            BOOST_REQUIRE(done.error.has_value());
            BOOST_TEST((done.error->kind() == errc::bad_input));
        }
        BOOST_TEST(it.jobs().empty());
    });
}

BOOST_AUTO_TEST_CASE(standing_copies_go_on_after_a_restart_and_end_with_the_runs) {
    told_user it;
    it.start("0123456789abcdef0123456789abcdef");
    const std::string id = "0123456789abcdef0123456789abcdef";
    const auto copy = it.scene.place() / "near/runs" / id;
    it.scene.serve([&]() -> awaitable<void> {
        pull_command pull;
        pull.remote = "gpu1";
        const auto pulled = co_await it.scene.perform(pull);
        BOOST_TEST(!pulled.error.has_value());
        const auto done = co_await it.scene.perform(sync_command{.follow = true, .standing = true});
        BOOST_REQUIRE(done.find<job_added>() != nullptr);
        write(it.scene.far.run(id).directory / "first", "1");
        co_await it.scene.until("it is copied", [&] { return fs::exists(copy / "first"); });
    });
    write(it.scene.far.run(id).directory / "second", "2");
    it.scene.serve([&]() -> awaitable<void> {
        co_await it.scene.until("it is copied", [&] { return fs::exists(copy / "second"); });
        it.stop(id);
        co_await it.scene.until("the job is over", [&] { return it.jobs().empty(); });
    });
    BOOST_TEST(fs::exists(copy / ".guild/attrs/exit_status"));
}

/// The jobs of a service, without the service.
struct bare_jobs {
    explicit bare_jobs(const asio::any_io_executor& executor)
        : links(executor, {}), machines(executor, news, std::chrono::hours(1)),
          jobs(executor, place.path() / "jobs",
               {.commands = nobody,
                .links = links,
                .machines = machines,
                .sender = make_messenger()}) {}

    struct idle_queue final : command_queue {
        result<command_id> submit(command, command_context, command_client) override {
            return failure(errc::conflict, "nobody takes commands here");
        }
        void interrupt(command_id) override {}
        void interrupt() override {}
    };

    temporary_directory place;
    idle_queue nobody;
    link_pool links;
    news_hub news;
    known_machines machines;
    standing_jobs jobs;
};

BOOST_AUTO_TEST_CASE(a_job_that_is_recorded_while_the_service_ends_waits_for_the_next) {
    in_reactor([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        bare_jobs it(executor);
        std::optional<result<job_row>> added;
        task_group adding(executor);
        adding.spawn("add", [&]() -> awaitable<void> {
            added = co_await it.jobs.add({.kind = job_kind::sync});
        });
        // The file is written on another thread: its end arrives at a later turn.
        co_await asio::post(executor, asio::use_awaitable);
        BOOST_TEST(!added.has_value());
        co_await it.jobs.close();
        co_await adding.join();
        BOOST_REQUIRE(added && added->has_value());
        BOOST_TEST(it.jobs.list().empty());
        BOOST_TEST(fs::exists(it.place.path() / "jobs" / ((*added)->id + ".json")));
        const auto late = co_await it.jobs.add({.kind = job_kind::sync});
        BOOST_TEST((late.error().kind() == errc::cancelled));
    });
}

BOOST_AUTO_TEST_CASE(a_command_outlives_the_service_that_it_uses) {
    told_user it;
    std::optional<std::string> id;
    bool over = false;
    it.scene.serve([&]() -> awaitable<void> {
        const auto tell = [&](const event& said, const std::string&) {
            if (const auto* added = std::get_if<job_added>(&said)) {
                id = added->job.id;
            }
            over = over || std::holds_alternative<command_ended>(said);
        };
        const auto ask = [](const question&, answer_taker give) { give(std::nullopt); };
        std::ignore = it.scene.commands().submit(sync_command{.follow = true, .standing = true},
                                                 it.scene.context(), {.tell = tell, .ask = ask});
        const auto executor = co_await asio::this_coro::executor;
        for (int turn = 0; turn < 3; ++turn) { // by then it has begun, and its job is being written
            co_await asio::post(executor, asio::use_awaitable);
        }
    });
    BOOST_TEST(over);
    // Whether it was recorded is a race; that it was told is none.
    const auto jobs = it.scene.place() / "state/jobs";
    BOOST_TEST((!id || fs::exists(jobs / (*id + ".json"))));
}

BOOST_AUTO_TEST_SUITE_END()
