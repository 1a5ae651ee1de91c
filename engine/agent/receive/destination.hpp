#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/core/result.hpp"

#include <memory>

namespace outrider::agent {

/// Where a stream of files goes, and what makes it visible. Owned by the job of the request.
/// Destroyed before `publish`, it takes away what is not complete.
class destination {
  public:
    destination() = default;
    destination(const destination&) = delete;
    destination& operator=(const destination&) = delete;
    virtual ~destination() = default;

    /// The open directory that receives the entries.
    [[nodiscard]] virtual int root() const = 0;
    /// The open directory for files that are being written, on the same file system.
    [[nodiscard]] virtual int incoming() const = 0;
    /// Everything is there: makes visible what is not yet.
    [[nodiscard]] virtual result<> publish() = 0;
};

/// Opens a package that is not there yet; nothing of it appears before all of it does.
[[nodiscard]] result<std::unique_ptr<destination>> open_package(const agent_context& context,
                                                                const std::string& package);

} // namespace outrider::agent
