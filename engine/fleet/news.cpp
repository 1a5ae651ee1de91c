#include "engine/fleet/news.hpp"

#include "engine/core/wall_clock.hpp"

#include <algorithm>

namespace outrider {
namespace {

std::string remote_of(const news_body& what) {
    return std::visit([]<class Body>(const Body& each) -> std::string { return each.remote; },
                      what);
}

bool holds(const std::vector<std::string>& list, const std::string& one) {
    return list.empty() || std::ranges::find(list, one) != list.end();
}

} // namespace

news_kind kind_of(const news_body& what) {
    static constexpr news_kind kinds[] = {news_kind::link, news_kind::run, news_kind::progress,
                                          news_kind::command};
    static_assert(std::variant_size_v<news_body> == std::size(kinds));
    return kinds[what.index()];
}

bool wants(const news_filter& filter, const news_body& what) {
    if (!filter.kinds.empty() &&
        std::ranges::find(filter.kinds, kind_of(what)) == filter.kinds.end()) {
        return false;
    }
    const auto* run = std::get_if<run_news>(&what);
    if (!filter.runs.empty() && (run == nullptr || !holds(filter.runs, run->run.id))) {
        return false;
    }
    return holds(filter.remotes, remote_of(what));
}

std::optional<std::shared_ptr<const news>> news_subscription::take() {
    if (waiting_.empty()) {
        return std::nullopt;
    }
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
}

std::int64_t news_subscription::take_missed() {
    return std::exchange(missed_, 0);
}

std::int64_t news_subscription::put(const std::shared_ptr<const news>& one) {
    std::int64_t dropped = 0;
    for (; waiting_.size() >= limit_ && !waiting_.empty(); ++dropped) {
        waiting_.pop_front();
    }
    missed_ += dropped;
    waiting_.push_back(one);
    if (arrived_) {
        arrived_();
    }
    return dropped;
}

std::shared_ptr<news_subscription>
news_hub::subscribe(news_filter filter, std::function<void()> arrived, std::size_t limit) {
    auto one = std::make_shared<news_subscription>(std::move(filter), std::move(arrived), limit);
    subscriptions_.push_back(one);
    return one;
}

bool news_hub::was_told(const news_body& what) {
    // A command and a watch see the same end at about the same time.
    constexpr std::size_t most_ends = 256;
    const auto* told = std::get_if<run_news>(&what);
    if (told == nullptr || told->change != run_change::ended) {
        return false;
    }
    const auto end = told->remote + "\n" + told->run.id + "\n" +
                     std::to_string(told->run.started_us.value_or(0));
    if (std::ranges::find(ends_, end) != ends_.end()) {
        return true;
    }
    ends_.push_back(end);
    if (ends_.size() > most_ends) {
        ends_.pop_front();
    }
    return false;
}

void news_hub::publish(news_body what) {
    if (was_told(what)) {
        return;
    }
    ++published_;
    std::erase_if(subscriptions_, [](const auto& each) { return each.expired(); });
    const auto one = std::make_shared<const news>(
        news{.number = published_, .time_us = wall_clock_us(), .what = std::move(what)});
    for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
        const auto subscriber = subscriptions_[i].lock();
        if (subscriber && wants(subscriber->filter_, one->what)) {
            missed_ += subscriber->put(one);
        }
    }
}

std::size_t news_hub::subscribers() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(subscriptions_, [](const auto& each) { return !each.expired(); }));
}

} // namespace outrider
