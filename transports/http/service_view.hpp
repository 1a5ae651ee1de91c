#pragma once

#include "engine/service/service.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace outrider {

/// What the server shows of the service that it stands before: each reads on the engine's thread.
/// Of an engine that is no service it shows nothing.
struct service_view {
    std::function<std::vector<known_remote>()> remotes = [] { return std::vector<known_remote>(); };
    std::function<std::vector<known_run>(const std::vector<std::string>& of_remotes)> runs =
        [](const auto&) { return std::vector<known_run>(); };
    std::function<std::vector<job_row>()> jobs = [] { return std::vector<job_row>(); };
    std::function<service_counters()> counters = [] { return service_counters(); };
    std::function<lateness_summary()> lateness = [] { return lateness_summary(); };
    /// Null: there are no news.
    std::function<std::shared_ptr<news_subscription>(news_filter, std::function<void()> arrived)>
        subscribe;
};

} // namespace outrider
