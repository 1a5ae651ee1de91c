#include "engine/commands/package_upload.hpp"

#include "engine/protocol/content_hash.hpp"

#include <sys/stat.h>

#include <fstream>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto question_limit = 30s;
constexpr auto upload_silence = 60s; // for the answer after the last byte

protocol::file_head head_of(const source_file& file) {
    protocol::file_head head;
    head.entry.path = file.path;
    head.entry.size = file.size;
    head.entry.mode = file.mode;
    struct stat info{};
    if (::stat(file.absolute.c_str(), &info) == 0) {
        head.entry.mtime_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    }
    return head;
}

awaitable<result<>> send_source(exchange& sending, const source_file& file) {
    if (auto sent = co_await sending.part(head_of(file)); !sent) {
        co_return sent;
    }
    std::ifstream in(file.absolute, std::ios::binary);
    protocol::content_hash hash;
    protocol::file_end end;
    std::string block(protocol::data_payload, '\0');
    while (in) {
        // Source files are small and were read a moment ago: they come from the page cache.
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto got = static_cast<std::size_t>(in.gcount());
        if (got == 0) {
            break;
        }
        hash.update({block.data(), got});
        end.size += static_cast<std::int64_t>(got);
        if (auto sent = co_await sending.data(block.substr(0, got)); !sent) {
            co_return sent;
        }
    }
    if (end.size != file.size) {
        co_return failure(errc::conflict, file.absolute + ": the file changed while the package "
                                                          "was being built; run again");
    }
    end.hash = hash.hex();
    co_return co_await sending.part(end);
}

awaitable<result<>> send_package(agent_client& agent, std::string package,
                                 const std::vector<source_file>& files) {
    protocol::receive_files request;
    request.package = std::move(package);
    for (const auto& file : files) {
        request.bytes += file.size;
    }
    exchange sending(agent, request);
    for (const auto& file : files) {
        if (auto sent = co_await send_source(sending, file); !sent) {
            co_return sent;
        }
    }
    if (auto sent = co_await sending.part(protocol::files_end{}); !sent) {
        co_return sent;
    }
    auto ignore_parts = [](const message_part&) -> result<> { return {}; };
    auto received =
        co_await with_deadline(sending.finish<protocol::receive_reply>(ignore_parts),
                               upload_silence, agent.name() + ": the package was not confirmed");
    if (!received) {
        co_return received.error();
    }
    co_return result<>();
}

} // namespace

awaitable<result<>> ensure_package(command_session& session, const target& at, std::string package,
                                   const std::vector<source_file>& files) {
    auto control = co_await session.agent(at);
    if (!control) {
        co_return control.error();
    }
    auto found = co_await (*control)->call(protocol::find_package{package}, question_limit);
    if (!found || found->present) {
        co_return found ? result<>() : result<>(found.error());
    }
    auto bulk = co_await session.bulk_agent(at);
    if (!bulk) {
        co_return bulk.error();
    }
    co_return co_await send_package(**bulk, std::move(package), files);
}

} // namespace outrider
