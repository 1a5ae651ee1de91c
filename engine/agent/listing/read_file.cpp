#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace outrider::agent {
namespace {

class read_file_job final : public job {
  public:
    read_file_job(const agent_context& context, const protocol::read_file& request,
                  reply_channel channel)
        : channel_(channel) {
        if (auto opened = open(context, request); !opened) {
            failed_ = opened.error();
        }
    }

    std::optional<job_wait> advance() override {
        const time_slice slice;
        while (!failed_) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            if (!send_block()) {
                break;
            }
        }
        if (failed_) {
            channel_.fail(*failed_);
        } else {
            channel_.reply(content_);
        }
        return std::nullopt;
    }

    void cancel() override { failed_ = failure(errc::cancelled, "the request was cancelled"); }

  private:
    result<> open(const agent_context& context, const protocol::read_file& request) {
        auto run = open_run(context, request.home, request.run_id, false);
        if (!run) {
            return run.error();
        }
        if (!is_safe_path(request.path)) {
            return failure(errc::bad_input, "'" + request.path + "' is not a path in a run");
        }
        content_.path = run->path + "/" + request.path;
        // Not blocking: a FIFO has no end that it could wait for.
        file_ = descriptor(::openat(run->directory.get(), request.path.c_str(),
                                    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (!file_) {
            return errno == ENOENT || errno == ENOTDIR
                       ? failure(errc::not_found, content_.path + " does not exist")
                       : errno_failure(errno, "read " + content_.path);
        }
        struct stat found{};
        if (::fstat(file_.get(), &found) != 0) {
            return errno_failure(errno, "read " + content_.path);
        }
        if (!S_ISREG(found.st_mode)) {
            return failure(errc::bad_input,
                           content_.path + (S_ISDIR(found.st_mode) ? " is a directory"
                                                                   : " is not a regular file"));
        }
        // A file that keeps growing has an end all the same; files of /proc do not know their size.
        left_ = found.st_size > 0 ? found.st_size : std::numeric_limits<std::int64_t>::max();
        return {};
    }

    // Returns whether there may be more.
    bool send_block() {
        std::array<char, protocol::data_payload> block;
        const auto want = static_cast<std::size_t>(
            std::min<std::int64_t>(left_, static_cast<std::int64_t>(block.size())));
        const auto got = want == 0 ? 0 : ::read(file_.get(), block.data(), want);
        if (got < 0 && errno == EINTR) {
            return true;
        }
        if (got < 0) {
            failed_ = errno_failure(errno, "read " + content_.path);
            return false;
        }
        if (got == 0) {
            return false;
        }
        channel_.data({block.data(), static_cast<std::size_t>(got)});
        content_.size += got;
        left_ -= got;
        return true;
    }

    reply_channel channel_;
    descriptor file_;
    protocol::file_content content_;
    std::int64_t left_ = 0; // bytes to send at most
    std::optional<failure> failed_;
};

} // namespace

std::unique_ptr<job> make_read_file_job(const agent_context& context, protocol::read_file request,
                                        reply_channel channel) {
    return std::make_unique<read_file_job>(context, request, channel);
}

} // namespace outrider::agent
