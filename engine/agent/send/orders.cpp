#include "engine/agent/send/orders.hpp"

#include <fcntl.h>

namespace outrider::agent {
namespace {

// A client that is further ahead than this has lost count, bytes.
constexpr std::size_t most_order_bytes = std::size_t{24} << 20;

constexpr std::string_view output_path = ".guild/output";

} // namespace

void order_stream::begin_run(std::string run_id) {
    bytes_ += sizeof(item) + run_id.size();
    items_.push_back({.is_run = true, .text = std::move(run_id)});
}

result<> order_stream::add(std::string_view packet) {
    bytes_ += sizeof(item) + packet.size();
    if (ended_ || bytes_ > most_order_bytes) {
        return failure(errc::protocol_violation,
                       ended_ ? "an order came after the last one"
                              : "more orders came than a transfer may have waiting");
    }
    items_.push_back({.is_run = false, .text = std::string(packet)});
    return {};
}

result<order_stream::step> order_stream::next() {
    while (!items_.empty()) {
        auto& front = items_.front();
        if (front.is_run) {
            step out{.kind = step::kind_type::run, .run_id = front.text};
            drop_front();
            return out;
        }
        if (!reader_) {
            reader_.emplace(front.text);
        }
        if (reader_->ok() && reader_->at_end()) {
            drop_front();
            continue;
        }
        auto order = read_file_order(*reader_);
        if (!order) {
            return order.error();
        }
        return step{.kind = step::kind_type::order, .order = std::move(*order)};
    }
    return step{.kind = ended_ ? step::kind_type::end : step::kind_type::none};
}

void order_stream::drop_front() {
    reader_.reset();
    bytes_ -= sizeof(item) + items_.front().text.size();
    items_.pop_front();
}

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
