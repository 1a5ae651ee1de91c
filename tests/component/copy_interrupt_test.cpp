// A follow that a person interrupts ends, in whatever moment that comes: what is being ended at
// that time must not swallow it.
#include "tests/support/copy_scene.hpp"
#include "tests/support/cut_stream.hpp"

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

    /// Follows, after something changed there, until it is interrupted at that point of what the
    /// receiving agent says; false: it did not end.
    bool follow(const std::shared_ptr<stream_cut>& when) {
        write_file(far_run(id) + "/changed", std::to_string(++changes_), 0644);
        when->reading = true;
        when->breaks = false;
        when->happens = [this] { interrupt(); };
        tap.wrap = [&](const std::string& remote, int number, std::unique_ptr<byte_stream> shell) {
            if (remote == "this machine" && number == 1) {
                shell = std::make_unique<cut_stream>(std::move(shell), when);
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
    const auto counted = std::make_shared<stream_cut>();
    std::ignore = scene.follow(counted); // nothing ends it but the watchdog
    BOOST_REQUIRE(counted->passed > 0);
    for (int turns = 0; turns < 40; ++turns) {
        const auto when =
            std::make_shared<stream_cut>(stream_cut{.after = counted->passed, .turns = turns});
        BOOST_TEST(scene.follow(when), "interrupted " << turns << " turns after the last byte");
    }
}

BOOST_AUTO_TEST_SUITE_END()
