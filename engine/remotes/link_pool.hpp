#pragma once

#include "engine/remotes/link.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace outrider {

/// A remote without what makes no difference to its link: texts, and what commands do there once it
/// is reached (environments, `init`). Every other key matters, also one that is added later.
[[nodiscard]] remote link_part(const remote& to);
/// `link_part` as one key: remotes that differ in it have links of their own.
[[nodiscard]] std::string link_key(const remote& to);

/// The links of an engine, one for each `link_key`, warm for the engine's life.
class link_pool {
  public:
    link_pool(asio::any_io_executor executor, std::vector<std::unique_ptr<transport>> transports);

    /// The types of remotes that the transports serve.
    [[nodiscard]] const remote_types& types() const { return types_; }
    /// The link to a remote; fails with `unsupported` if no transport serves its type. It knows the
    /// remote's `link_part` only: the rest is of the command that asks, and may change meanwhile.
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
    remote_types types_;
    std::map<std::string, std::unique_ptr<link>> links_; // by link_key
    change_listener told_;
};

} // namespace outrider
