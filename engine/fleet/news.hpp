#pragma once

#include "engine/api/news.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

BOOST_DEFINE_ENUM_CLASS(news_kind, link, run, progress, command)

/// What a subscriber wants to hear of; an empty list leaves nothing out.
struct news_filter {
    std::vector<std::string> remotes;
    std::vector<std::string> runs; ///< ids; leaves out what is not about a run
    std::vector<news_kind> kinds;
};
BOOST_DESCRIBE_STRUCT(news_filter, (), (remotes, runs, kinds))

[[nodiscard]] news_kind kind_of(const news_body& what);
/// Pure.
[[nodiscard]] bool wants(const news_filter& filter, const news_body& what);

/// The news that wait for one subscriber. Bounded: where it is slow the oldest are dropped, and
/// counted. Owned by the subscriber; destroying it ends the subscription.
class news_subscription {
  public:
    news_subscription(news_filter filter, std::function<void()> arrived, std::size_t limit)
        : filter_(std::move(filter)), arrived_(std::move(arrived)), limit_(limit) {}

    /// The next piece, if one waits.
    [[nodiscard]] std::optional<std::shared_ptr<const news>> take();
    /// How many were dropped since the last call: they stood before what `take` gives next.
    [[nodiscard]] std::int64_t take_missed();
    /// Changes what it wants; what waits already stays.
    void set_filter(news_filter filter) { filter_ = std::move(filter); }

  private:
    friend class news_hub;
    // Gives how many were dropped for it.
    std::int64_t put(const std::shared_ptr<const news>& one);

    news_filter filter_;
    std::function<void()> arrived_;
    std::size_t limit_;
    std::deque<std::shared_ptr<const news>> waiting_;
    std::int64_t missed_ = 0;
};

/// Hands news to all who subscribed. A subscriber never holds it up. A part of
/// `engine_resources`; one thread.
class news_hub {
  public:
    /// `arrived` is called when something waits, from within `publish`: it may only wake somebody.
    [[nodiscard]] std::shared_ptr<news_subscription>
    subscribe(news_filter filter, std::function<void()> arrived, std::size_t limit = 1024);
    /// The end of a run may be told by whoever sees it: it is published once.
    void publish(news_body what);
    [[nodiscard]] std::int64_t published() const { return published_; }
    /// Dropped, of all subscribers.
    [[nodiscard]] std::int64_t missed() const { return missed_; }
    [[nodiscard]] std::size_t subscribers() const;

  private:
    [[nodiscard]] bool was_told(const news_body& what);

    std::vector<std::weak_ptr<news_subscription>> subscriptions_;
    std::deque<std::string> ends_; // of runs that were told last
    std::int64_t published_ = 0;
    std::int64_t missed_ = 0;
};

} // namespace outrider
