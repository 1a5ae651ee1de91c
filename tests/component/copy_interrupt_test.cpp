// A follow that a person interrupts ends, in whatever moment that comes: what is being ended at
// that time must not swallow it.
#include "tests/support/copy_scene.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// When to interrupt: `turns` of the reactor after the byte `after` was read.
struct moment {
    std::size_t after = SIZE_MAX;
    int turns = 0;
    std::function<void()> happens;
    std::size_t passed = 0;
    bool done = false;
};

void count_down(const asio::any_io_executor& executor, std::shared_ptr<moment> when, int turns) {
    if (turns == 0) {
        when->happens();
        return;
    }
    asio::post(executor, [=] { count_down(executor, when, turns - 1); });
}

class timed_stream final : public byte_stream {
  public:
    timed_stream(std::unique_ptr<byte_stream> inner, std::shared_ptr<moment> when)
        : inner_(std::move(inner)), when_(std::move(when)) {}

    awaitable<result<std::size_t>> read_some(std::span<char> into) override {
        auto got = co_await inner_->read_some(into);
        when_->passed += got ? *got : 0;
        if (when_->passed >= when_->after && !std::exchange(when_->done, true)) {
            count_down(co_await asio::this_coro::executor, when_, when_->turns);
        }
        co_return got;
    }
    awaitable<result<>> write(std::string_view bytes) override { return inner_->write(bytes); }
    awaitable<void> close() override { return inner_->close(); }
    [[nodiscard]] std::string diagnostics() const override { return inner_->diagnostics(); }

  private:
    std::unique_ptr<byte_stream> inner_;
    std::shared_ptr<moment> when_;
};

/// A run that runs as long as this test, and its copy.
class followed_scene : public copy_scene {
  public:
    const std::string id = std::string(32, 'a');

    followed_scene() {
        write_run_files(far_run(id), id, std::nullopt);
        write_file(far_run(id) + "/.guild/LOCK", std::to_string(::getpid()), 0644);
        BOOST_REQUIRE(!pull().error);
        running = [this](engine* now) {
            const std::scoped_lock alone(shared_);
            engine_ = now;
        };
    }

    void interrupt() {
        const std::scoped_lock alone(shared_);
        if (engine_ != nullptr) {
            engine_->interrupt();
        }
    }

    /// Follows, after something changed there, until the moment has come; false: it did not end.
    bool follow(const std::shared_ptr<moment>& when) {
        write_file(far_run(id) + "/changed", std::to_string(++changes_), 0644);
        when->happens = [this] { interrupt(); };
        tap.wrap = [&](const std::string& remote, int number, std::unique_ptr<byte_stream> shell) {
            if (remote == "this machine" && number == 1) {
                shell = std::make_unique<timed_stream>(std::move(shell), when);
            }
            return shell;
        };
        bool over = false;
        bool ended = true;
        std::thread watchdog([&] {
            std::unique_lock lock(watched_);
            const auto patience = when->after == SIZE_MAX ? 1500ms : 8000ms;
            if (!ends_.wait_for(lock, patience, [&] { return over; })) {
                ended = false;
                interrupt();
                if (when->after != SIZE_MAX) {
                    interrupt(); // by force
                }
            }
        });
        perform(sync_command{.follow = true});
        {
            const std::scoped_lock lock(watched_);
            over = true;
        }
        ends_.notify_one();
        watchdog.join();
        return ended;
    }

  private:
    std::mutex shared_;
    std::mutex watched_;
    std::condition_variable ends_;
    engine* engine_ = nullptr;
    int changes_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(copies_that_are_interrupted)

BOOST_AUTO_TEST_CASE(a_follow_ends_in_whatever_moment_it_is_interrupted) {
    followed_scene scene;
    const auto counted = std::make_shared<moment>();
    std::ignore = scene.follow(counted); // nothing ends it but the watchdog
    BOOST_REQUIRE(counted->passed > 0);
    for (int turns = 0; turns < 40; ++turns) {
        const auto when =
            std::make_shared<moment>(moment{.after = counted->passed, .turns = turns});
        BOOST_TEST(scene.follow(when), "interrupted " << turns << " turns after the last byte");
    }
}

BOOST_AUTO_TEST_SUITE_END()
