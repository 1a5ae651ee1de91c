#include "engine/remotes/agent_bootstrap.hpp"

#include "engine/reactor/deadline.hpp"
#include "engine/remotes/bootstrap_script.hpp"
#include "engine/remotes/byte_stream.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace outrider {
namespace {

/// A stream of which something was read too much: hands that out first, then goes on. Owns the
/// inner stream.
class resumed_stream final : public byte_stream {
  public:
    resumed_stream(std::unique_ptr<byte_stream> inner, std::string head)
        : inner_(std::move(inner)), head_(std::move(head)) {}

    awaitable<result<std::size_t>> read_some(std::span<char> into) override;
    awaitable<result<>> write(std::string_view bytes) override { return inner_->write(bytes); }
    awaitable<void> close() override { return inner_->close(); }
    [[nodiscard]] std::string diagnostics() const override { return inner_->diagnostics(); }

  private:
    std::unique_ptr<byte_stream> inner_;
    std::string head_;
};

awaitable<result<std::size_t>> resumed_stream::read_some(std::span<char> into) {
    if (head_.empty() || into.empty()) {
        co_return co_await inner_->read_some(into);
    }
    const auto count = std::min(head_.size(), into.size());
    std::copy_n(head_.data(), count, into.data());
    head_.erase(0, count);
    co_return count;
}

// What a login shell may print before our first line, bytes.
constexpr std::size_t most_noise = std::size_t{1} << 20;
// A line of the script's is shorter than this, bytes.
constexpr std::size_t longest_line = 8192;
// One block of an upload, bytes: each makes progress within the patience.
constexpr std::size_t upload_block = std::size_t{32} << 10;
// The script tries at most this many directories; a far end that asks for more is not the script.
constexpr int most_uploads = 16;

std::string random_nonce() {
    std::random_device source;
    std::string out;
    for (int i = 0; i < 4; ++i) {
        out += fmt::format("{:08x}", source());
    }
    return out;
}

std::string inflate_all(const agent_image& image) {
    std::string out(image.size, '\0');
    z_stream stream{};
    // 16 on top of the window size: the gzip form.
    if (::inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) {
        return {};
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(image.gzip.data()));
    stream.avail_in = static_cast<uInt>(image.gzip.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int ended = ::inflate(&stream, Z_FINISH);
    ::inflateEnd(&stream);
    return ended == Z_STREAM_END ? out : std::string{};
}

std::string last_line(std::string_view text) {
    const auto end = text.find_last_not_of(" \r\n\t");
    if (end == std::string_view::npos) {
        return {};
    }
    text = text.substr(0, end + 1);
    const auto start = text.find_last_of("\r\n");
    return std::string(text.substr(start == std::string_view::npos ? 0 : start + 1).substr(0, 300));
}

/// One conversation with a far shell; lives as long as `start_agent` runs.
class bootstrap {
  public:
    bootstrap(std::unique_ptr<byte_stream> shell, std::string remote_name,
              bootstrap_options options)
        : shell_(std::move(shell)), name_(std::move(remote_name)), options_(std::move(options)),
          nonce_(random_nonce()) {}

    awaitable<result<std::unique_ptr<byte_stream>>> run() {
        const auto script = bootstrap_script(nonce_, options_.images, options_.shared_directories);
        if (auto sent = co_await write(script); !sent) {
            co_return sent.error();
        }
        for (int uploads = 0; uploads < most_uploads;) {
            auto line = co_await read_line();
            if (!line) {
                co_return line.error();
            }
            const auto space = line->find(' ');
            const auto word = line->substr(0, space);
            const auto rest = space == std::string::npos ? std::string{} : line->substr(space + 1);
            if (word == "agent") {
                co_return std::make_unique<resumed_stream>(std::move(shell_), std::move(buffer_));
            }
            if (word == "bad") {
                refusals_.push_back(rest);
                continue;
            }
            if (word != "need") {
                co_return word == "none" ? no_directory() : unknown_machine(rest);
            }
            ++uploads;
            if (auto sent = co_await upload(rest); !sent) {
                co_return sent.error();
            }
        }
        co_return failure(
            errc::protocol_violation,
            fmt::format("{}: the shell there asks for the agent again and again", name_));
    }

  private:
    awaitable<result<>> write(std::string_view bytes) {
        auto sent = co_await with_deadline(
            shell_->write(bytes), options_.patience,
            fmt::format("{}: the shell there takes no input for {} s", name_, seconds()));
        // A shell that ended has said why, which is worth more than a broken pipe.
        if (!sent && sent.error().kind() != errc::timed_out) {
            auto line = co_await read_line();
            if (!line) {
                co_return line.error();
            }
        }
        co_return sent;
    }

    // The next line of the script's, without the nonce.
    awaitable<result<std::string>> read_line() {
        return with_deadline(
            read_until_line(), options_.patience,
            fmt::format("{}: the login shell there gave no answer for {} s (does a start-up file "
                        "wait for input?)",
                        name_, seconds()));
    }

    awaitable<result<std::string>> read_until_line() {
        std::array<char, 16 * 1024> block;
        for (;;) {
            if (auto line = take_line()) {
                answered_ = true;
                co_return std::move(*line);
            }
            if (buffer_.size() > most_noise) {
                co_return failure(errc::agent_unusable,
                                  fmt::format("{}: the login shell there prints without end; make "
                                              "its start-up files quiet for commands",
                                              name_));
            }
            auto got = co_await shell_->read_some(block);
            if (!got) {
                co_return got.error();
            }
            if (*got == 0) {
                co_return ended();
            }
            buffer_.append(block.data(), *got);
        }
    }

    std::optional<std::string> take_line() {
        // Noise need not end with a line feed, so the nonce may stand anywhere.
        const auto at = buffer_.find(nonce_ + " ");
        const auto end = at == std::string::npos ? at : buffer_.find('\n', at);
        if (end == std::string::npos || end - at > longest_line) {
            return std::nullopt;
        }
        if (!answered_ && options_.observed) {
            constexpr std::size_t shown_noise = 200;
            options_.observed(
                {.noise_bytes = at, .noise = buffer_.substr(0, std::min(at, shown_noise))});
        }
        const auto start = at + nonce_.size() + 1;
        std::string line = buffer_.substr(start, end - start);
        buffer_.erase(0, end + 1);
        return line;
    }

    awaitable<result<>> upload(const std::string& wanted) {
        const auto space = wanted.find(' ');
        const auto architecture = wanted.substr(0, space);
        const auto image = std::find_if(
            options_.images.begin(), options_.images.end(),
            [&](const agent_image& candidate) { return candidate.architecture == architecture; });
        if (image == options_.images.end() || space == std::string::npos) {
            co_return failure(errc::protocol_violation,
                              fmt::format("{}: the shell there asks for '{}'", name_, wanted));
        }
        std::string inflated;
        std::string_view bytes = image->gzip;
        if (wanted.substr(space + 1) == "raw") {
            inflated = inflate_all(*image);
            bytes = inflated;
        }
        if (options_.tell) {
            options_.tell(
                fmt::format("sending the agent to {} ({} KiB)", name_, bytes.size() / 1024));
        }
        while (!bytes.empty()) {
            const auto block = bytes.substr(0, upload_block);
            if (auto sent = co_await write(block); !sent) {
                co_return sent;
            }
            bytes.remove_prefix(block.size());
        }
        co_return result<>();
    }

    failure ended() const {
        auto said = last_line(shell_->diagnostics());
        if (said.empty()) {
            said = last_line(buffer_);
        }
        if (answered_) { // it did work, so this is the machine or the wire: worth a retry
            return {errc::connect_failed,
                    fmt::format("{}: the shell there ended while it prepared the agent{}{}", name_,
                                said.empty() ? "" : ": ", said)};
        }
        return {errc::agent_unusable,
                fmt::format("{}: the login shell there ended without starting the agent{}{} (try "
                            "'ssh HOST /bin/sh' by hand)",
                            name_, said.empty() ? "" : ": ", said)};
    }

    failure no_directory() const {
        std::string why;
        for (const auto& refusal : refusals_) {
            why += (why.empty() ? "" : "; ") + refusal;
        }
        return {errc::agent_unusable,
                fmt::format("no directory on {} may hold and execute the agent: {} (make room or "
                            "rights in one of them, or set XDG_CACHE_HOME there)",
                            name_, why)};
    }

    failure unknown_machine(const std::string& kind) const {
        std::string known;
        for (const auto& image : options_.images) {
            known += (known.empty() ? "Linux " : " or ") + std::string(image.architecture);
        }
        return {errc::unsupported,
                fmt::format("{}: no agent runs on this kind of machine: it says '{}', agents exist "
                            "for {}",
                            name_, kind, known)};
    }

    double seconds() const { return static_cast<double>(options_.patience.count()) / 1000; }

    std::unique_ptr<byte_stream> shell_;
    std::string name_;
    bootstrap_options options_;
    std::string nonce_;
    std::string buffer_;                // read and not yet taken
    bool answered_ = false;             // a line of the script came
    std::vector<std::string> refusals_; // DIRECTORY: WHY
};

} // namespace

awaitable<result<std::unique_ptr<byte_stream>>> start_agent(std::unique_ptr<byte_stream> shell,
                                                            std::string remote_name,
                                                            bootstrap_options options) {
    bootstrap conversation(std::move(shell), std::move(remote_name), std::move(options));
    co_return co_await conversation.run();
}

} // namespace outrider
