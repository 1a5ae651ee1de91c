#include "engine/commands/starting/package_upload.hpp"

#include "engine/reactor/both.hpp"
#include "engine/sync/transfer.hpp"

#include <sys/stat.h>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto question_limit = 30s;

// What the receiver compares with what it gets: the package is named after the content that was
// hashed, so a file that changes until it is sent is a failure.
result<protocol::file_order> order_of(const source_file& file) {
    struct stat info{};
    if (::stat(file.absolute.c_str(), &info) != 0) {
        return errno_failure(errno, "read " + file.absolute);
    }
    protocol::file_order order;
    order.entry.path = file.path;
    order.entry.size = file.size;
    order.entry.mode = file.mode;
    order.entry.mtime_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    order.source = file.absolute;
    return order;
}

result<transfer_request> request_of(std::string package, const std::vector<source_file>& files) {
    transfer_request request;
    request.receive.package = std::move(package);
    request.receive.files = static_cast<std::int64_t>(files.size());
    auto& section = request.runs.emplace_back();
    for (const auto& file : files) {
        auto order = order_of(file);
        if (!order) {
            return order.error();
        }
        request.receive.bytes += file.size;
        section.files.push_back({.order = std::move(*order), .is_new = true});
    }
    return request;
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
    auto request = request_of(std::move(package), files);
    if (!request) {
        co_return request.error();
    }
    auto here = co_await session.find_target({});
    if (!here) {
        co_return here.error();
    }
    auto [from, to] = co_await both(session.agent(*here), session.bulk_agent(at));
    if (!from || !to) {
        co_return from ? to.error() : from.error();
    }
    transfer_observer unobserved{[](const auto&) {}, [](const auto&) {}, [](const auto&) {}};
    auto sent = co_await transfer({.from = std::move(*from), .to = std::move(*to)},
                                  std::move(*request), std::move(unobserved), session.transfers());
    co_return sent ? result<>() : result<>(sent.error());
}

} // namespace outrider
