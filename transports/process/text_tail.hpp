#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace outrider {

/// Keeps the last 4 KiB of a text that may be endless.
class text_tail {
  public:
    static constexpr std::size_t limit = 4096;
    void append(std::string_view bytes);
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

/// Drains a descriptor (a child's standard error) into a tail for as long as somebody holds it, so
/// that the writer never blocks. Runs on completion handlers: it has no coroutine to be joined.
class drained_tail : public std::enable_shared_from_this<drained_tail> {
  public:
    explicit drained_tail(boost::asio::posix::stream_descriptor source);
    /// Begins to drain; once, after the object is held by a shared pointer.
    void start();
    /// What came so far, including what is readable at this moment.
    [[nodiscard]] const std::string& text();

  private:
    void take();
    boost::asio::posix::stream_descriptor source_;
    text_tail tail_;
};

} // namespace outrider
