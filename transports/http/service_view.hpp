#pragma once

#include "engine/service/service.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// The news that wait for one subscriber; it ends with its owner.
struct news_feed {
    std::function<std::optional<std::shared_ptr<const news>>()> take;
    std::function<std::int64_t()> take_missed; ///< dropped before what `take` gives next
    std::function<void(news_filter)> set_filter;
};

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
    std::function<news_feed(std::function<void()> arrived)> subscribe;
};

/// That of a service, which must live as long.
[[nodiscard]] inline service_view view_of(service& of) {
    const auto subscribe = [&of](std::function<void()> arrived) {
        auto all = of.news().subscribe({}, std::move(arrived));
        return news_feed{
            .take = [all] { return all->take(); },
            .take_missed = [all] { return all->take_missed(); },
            .set_filter = [all](news_filter wanted) { all->set_filter(std::move(wanted)); }};
    };
    return {.remotes = [&of] { return of.remotes(); },
            .runs = [&of](const auto& of_remotes) { return of.runs(of_remotes); },
            .jobs = [&of] { return of.jobs(); },
            .counters = [&of] { return of.counters(); },
            .lateness = [&of] { return of.lateness(); },
            .subscribe = subscribe};
}

} // namespace outrider
