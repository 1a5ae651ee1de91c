#include "engine/agent/send/order_sources.hpp"

#include <fcntl.h>

namespace outrider::agent {
namespace {

constexpr std::string_view output_path = ".guild/output";

} // namespace

result<> order_sources::begin_run(const std::string& run_id) {
    in_run_ = true;
    run_ = {};
    directory_.reset();
    auto run = open_run(context_, home_, run_id, false);
    if (run) {
        run_ = std::move(*run);
        return {};
    }
    return run.error().kind() == errc::not_found ? result<>() : result<>(run.error());
}

result<std::optional<outgoing_file>> order_sources::open(const protocol::file_order& order) {
    if (!in_run_) {
        return open_own(order.source);
    }
    const std::string& path = order.entry.path;
    if (!is_safe_path(path) || !order.source.empty()) {
        return failure(errc::bad_input, "'" + (order.source.empty() ? path : order.source) +
                                            "' is not a path in a run");
    }
    const auto entered = enter_directory(path);
    if (!entered || !*entered) {
        return entered ? result<std::optional<outgoing_file>>(std::nullopt) : entered.error();
    }
    return outgoing_file::open(directory_.get(), path.substr(path.rfind('/') + 1), O_NOFOLLOW,
                               path == output_path, run_.path + "/" + path);
}

result<std::optional<outgoing_file>> order_sources::open_own(const std::string& source) const {
    if (!source.starts_with('/') || source.find('\0') != std::string::npos) {
        return failure(errc::bad_input, "'" + source + "' is not an absolute path");
    }
    return outgoing_file::open(AT_FDCWD, source, 0, false, source);
}

// Opens the directory that holds `path`. False: there is none.
result<bool> order_sources::enter_directory(std::string_view path) {
    if (!run_.directory) {
        return false;
    }
    const auto slash = path.rfind('/');
    const auto directory = slash == std::string_view::npos ? "" : path.substr(0, slash);
    if (directory_ && directory_path_ == directory) {
        return true;
    }
    auto opened = parent_beneath(run_.directory.get(), path, false);
    if (opened) {
        directory_ = std::move(opened->parent);
        directory_path_ = directory;
        return true;
    }
    // The name is a safe one, so `bad_input` says that a link or a file took a directory's place.
    const auto kind = opened.error().kind();
    return kind == errc::not_found || kind == errc::bad_input ? result<bool>(false)
                                                              : opened.error();
}

} // namespace outrider::agent
