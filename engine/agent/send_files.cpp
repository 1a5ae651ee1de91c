#include "engine/agent/file_entry.hpp"
#include "engine/agent/jobs.hpp"
#include "engine/agent/run_place.hpp"
#include "engine/agent/time_slice.hpp"
#include "engine/protocol/content_hash.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace outrider::agent {
namespace {

// Files up to this size are read as a whole before their first byte is sent, and again if they
// changed meanwhile; bytes.
constexpr std::int64_t whole_file_size = std::int64_t{1} << 20;
// How often a small file that changes is read before it is sent as it is.
constexpr int reading_attempts = 3;

bool same_state(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
           a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
           a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

/// Reads up to `size` bytes at `offset`; fewer only at the end of the file.
result<std::string> read_block(int file, std::int64_t offset, std::size_t size) {
    std::string block(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const auto got = ::pread(file, block.data() + have, size - have,
                                 offset + static_cast<std::int64_t>(have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errno_failure(errno, "read");
        }
        if (got == 0) {
            break;
        }
        have += static_cast<std::size_t>(got);
    }
    block.resize(have);
    return block;
}

class send_files_job final : public job {
  public:
    send_files_job(const agent_context& context, protocol::send_files request,
                   reply_channel channel)
        : channel_(channel), paths_(std::move(request.paths)) {
        auto run = open_run(context, request.home, request.run_id, false);
        if (run) {
            run_ = std::move(*run);
        } else {
            failed_ = run.error();
        }
    }

    std::optional<job_wait> advance() override {
        const time_slice slice;
        while (!failed_ && (file_ || next_ < paths_.size())) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            if (file_) {
                send_block();
            } else {
                begin(paths_[next_++]);
            }
        }
        if (failed_) {
            channel_.fail(*failed_);
        } else {
            channel_.reply(totals_);
        }
        return std::nullopt;
    }

    void cancel() override { failed_ = failure(errc::cancelled, "the transfer was cancelled"); }

  private:
    void begin(const std::string& path) {
        auto where = parent_beneath(run_.directory.get(), path, false);
        struct stat found{};
        if (!where ||
            ::fstatat(where->parent.get(), where->name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
            if (!where && !is_safe_path(path)) {
                failed_ = where.error();
            } else {
                totals_.missing.push_back(path);
            }
            return;
        }
        protocol::file_head head{make_entry(path, found)};
        switch (head.entry.type) {
        case protocol::file_type::regular:
            begin_file(*where, path);
            return;
        case protocol::file_type::link:
            head.entry.target = link_target(where->parent.get(), where->name);
            break;
        case protocol::file_type::directory:
            break;
        case protocol::file_type::other:
            totals_.missing.push_back(path);
            return;
        }
        channel_.part(head);
        ++totals_.files;
    }

    void begin_file(const place& where, const std::string& path) {
        // Not blocking: what was a file a moment ago may be a FIFO now.
        file_ = descriptor(::openat(where.parent.get(), where.name.c_str(),
                                    O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
        if (!file_ || ::fstat(file_.get(), &state_) != 0 || !S_ISREG(state_.st_mode)) {
            const int why = errno;
            if (!file_ && why != ENOENT && why != ELOOP) {
                failed_ = errno_failure(why, "read " + run_.path + "/" + path);
            }
            file_ = descriptor();
            totals_.missing.push_back(path);
            return;
        }
        path_ = path;
        sent_ = 0;
        hash_.reset();
        if (state_.st_size <= whole_file_size) {
            send_whole();
            return;
        }
        channel_.part(protocol::file_head{make_entry(path_, state_)});
    }

    void send_whole() {
        std::string content;
        bool live = true;
        for (int attempt = 0; attempt < reading_attempts && live; ++attempt) {
            auto block = read_block(file_.get(), 0, static_cast<std::size_t>(state_.st_size));
            struct stat after{};
            if (!block || ::fstat(file_.get(), &after) != 0) {
                failed_ = block ? errno_failure(errno, "read " + path_) : block.error();
                return;
            }
            content = std::move(*block);
            live = !same_state(state_, after) ||
                   content.size() != static_cast<std::size_t>(state_.st_size);
            if (live && attempt + 1 < reading_attempts && after.st_size <= whole_file_size) {
                state_ = after;
            }
        }
        channel_.part(protocol::file_head{make_entry(path_, state_)});
        for (std::string_view rest = content; !rest.empty();) {
            const auto piece = rest.substr(0, protocol::data_payload);
            channel_.data(piece);
            rest.remove_prefix(piece.size());
        }
        hash_.update(content);
        sent_ = static_cast<std::int64_t>(content.size());
        end(live);
    }

    void send_block() {
        const auto want = std::min<std::int64_t>(state_.st_size - sent_, protocol::data_payload);
        auto block = read_block(file_.get(), sent_, static_cast<std::size_t>(want));
        if (!block) {
            failed_ = failure(block.error().code, path_ + ": " + block.error().context);
            return;
        }
        if (!block->empty()) {
            channel_.data(*block);
            hash_.update(*block);
            sent_ += static_cast<std::int64_t>(block->size());
        }
        if (sent_ == state_.st_size || block->size() < static_cast<std::size_t>(want)) {
            struct stat after{};
            end(::fstat(file_.get(), &after) != 0 || !same_state(state_, after));
        }
    }

    void end(bool live) {
        channel_.part(protocol::file_end{sent_, hash_.hex(), live});
        ++totals_.files;
        totals_.bytes += sent_;
        file_ = descriptor();
    }

    reply_channel channel_;
    std::vector<std::string> paths_;
    std::size_t next_ = 0; // in paths_
    run_place run_;
    // The file that is being sent.
    descriptor file_;
    std::string path_;
    struct stat state_{};
    std::int64_t sent_ = 0;
    protocol::content_hash hash_;
    protocol::send_reply totals_;
    std::optional<failure> failed_;
};

} // namespace

std::unique_ptr<job> make_send_files_job(const agent_context& context, protocol::send_files request,
                                         reply_channel channel) {
    return std::make_unique<send_files_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
