#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/reactor/awaitable.hpp"
#include "transports/process/child_process.hpp"
#include "transports/process/text_tail.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace outrider::ssh {

/// The child that a ProxyCommand is. Its standard input and output are one end of a socket pair;
/// the other end is what SSH is spoken on. Held by the connection, and ended with it.
class proxy_process {
  public:
    /// Runs the command by `/bin/sh`, as OpenSSH does.
    [[nodiscard]] static result<std::pair<descriptor, std::shared_ptr<proxy_process>>>
    start(const asio::any_io_executor& executor, const std::string& command,
          const std::map<std::string, std::string>& environment, const std::string& label);

    /// What it wrote to standard error, for the texts of failures.
    [[nodiscard]] std::string diagnostics() const { return errors_->text(); }

  private:
    proxy_process(child_process child, std::shared_ptr<drained_tail> errors)
        : child_(std::move(child)), errors_(std::move(errors)) {}
    child_process child_;
    std::shared_ptr<drained_tail> errors_;
};

} // namespace outrider::ssh
