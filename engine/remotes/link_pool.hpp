#pragma once

#include "engine/remotes/link.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace outrider {

/// Everything that makes a difference for reaching a remote, as one key.
[[nodiscard]] std::string link_key(const remote& to);

/// The links of an engine, one for each remote as it is configured, warm for the engine's life.
class link_pool {
  public:
    link_pool(asio::any_io_executor executor, std::vector<std::unique_ptr<transport>> transports);

    /// The link to a remote; fails with `unsupported` if no transport serves its type. Remotes that
    /// differ in anything but their description have links of their own.
    [[nodiscard]] result<link*> find(const remote& to);
    /// Told when a link is made, is lost, or cannot be made, and why.
    using change_listener = std::function<void(const remote& to, bool up, const std::string& why)>;
    void on_change(change_listener told) { told_ = std::move(told); }
    /// The remotes that were asked for so far, and whether their link is up.
    [[nodiscard]] std::vector<std::pair<std::string, bool>> states() const;
    /// Closes all links, then the transports.
    awaitable<void> close();

  private:
    asio::any_io_executor executor_;
    std::vector<std::unique_ptr<transport>> transports_;
    std::map<std::string, std::unique_ptr<link>> links_; // by the remote's configuration
    change_listener told_;
};

} // namespace outrider
