#include "engine/search/parzen_sampler.hpp"

#include "engine/search/parzen_density.hpp"
#include "engine/search/random_trials.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr double good_part = 0.1; ///< of the completed trials are good
constexpr std::size_t most_good = 25;
constexpr int candidates = 24; ///< drawn for each trial

/// Trials that have been, the best first; those that have no objective are behind all others.
struct ranked_trials {
    std::vector<const observed_trial*> good; ///< in their own order
    std::vector<const observed_trial*> bad;
    std::size_t completed = 0;
};

bool counts(const observed_trial& trial) {
    return trial.outcome == trial_outcome::completed && !std::isnan(trial.objective);
}

ranked_trials rank(std::span<const observed_trial> trials, bool maximize) {
    std::vector<std::pair<double, std::size_t>>
        completed; // the older one of two equal ones is first
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (counts(trials[i])) {
            completed.emplace_back(maximize ? -trials[i].objective : trials[i].objective, i);
        }
    }
    ranked_trials out{.completed = completed.size()};
    std::ranges::sort(completed);
    const auto good = std::min(
        static_cast<std::size_t>(std::ceil(good_part * static_cast<double>(completed.size()))),
        most_good);
    std::vector<const observed_trial*> best;
    for (std::size_t i = 0; i < good; ++i) {
        best.push_back(&trials[completed[i].second]);
    }
    for (const auto& trial : trials) {
        const bool is_good = std::ranges::find(best, &trial) != best.end();
        (is_good ? out.good : out.bad).push_back(&trial);
    }
    return out;
}

using dimensions = std::vector<const dimension*>;

// Where trials lie in some dimensions; what was not searched there, or elsewhere, tells nothing.
std::vector<search_point> points_in(const dimensions& all,
                                    const std::vector<const observed_trial*>& trials) {
    std::vector<search_point> out;
    for (const auto* trial : trials) {
        search_point point;
        for (const auto* each : all) {
            const auto found = trial->flags.find(each->flag);
            const auto place =
                found == trial->flags.end() ? std::nullopt : place_of(*each, found->second);
            if (!place) {
                break;
            }
            point.push_back(*place);
        }
        if (point.size() == all.size()) {
            out.push_back(std::move(point));
        }
    }
    return out;
}

/// What chooses one trial.
class suggestion {
  public:
    suggestion(const search_settings& settings, std::span<const observed_trial> trials,
               std::int64_t number)
        : settings_(settings), ranked_(rank(trials, settings.maximize)), number_(number),
          random_(mersenne_twister::as_python((std::uint64_t{settings.seed} << 32U) +
                                              static_cast<std::uint64_t>(number) + 1)) {}

    flag_map make() {
        flag_map out = settings_.space.constant;
        dimensions all;
        for (const auto& each : settings_.space.dimensions) {
            all.push_back(&each);
        }
        choose(all, out);
        // In the order of the choices that switch them on, so that these can be searched
        // themselves.
        for (const auto& each : settings_.space.switches) {
            const auto found = out.find(each.flag);
            if (found == out.end() || found->second != each.value) {
                continue;
            }
            if (each.searched) {
                choose({&*each.searched}, out);
            } else {
                out[each.target] = each.constant;
            }
        }
        return out;
    }

  private:
    void choose(const dimensions& among, flag_map& out) {
        if (among.empty()) {
            return;
        }
        if (is_random_start(settings_, number_) || ranked_.completed == 0) {
            for (const auto* each : among) {
                const auto drawn = draw_value(*each, random_);
                out[each->flag] = number_ == 0 && each->initial ? *each->initial : drawn;
            }
            return;
        }
        const auto good_points = points_in(among, ranked_.good);
        const auto bad_points = points_in(among, ranked_.bad);
        const search_point chosen = best_of(among, good_points, bad_points);
        for (std::size_t i = 0; i < among.size(); ++i) {
            out[among[i]->flag] = value_at(*among[i], chosen[i]);
        }
    }

    search_point best_of(const dimensions& among, const std::vector<search_point>& good_points,
                         const std::vector<search_point>& bad_points) {
        const parzen_density good(among, good_points);
        const parzen_density bad(among, bad_points);
        const bool discrete = std::ranges::all_of(among, [](const auto* each) {
            return each->kind == dimension_kind::categorical ||
                   each->kind == dimension_kind::integer;
        });
        const auto tried = [&](const search_point& point) {
            return std::ranges::find(good_points, point) != good_points.end() ||
                   std::ranges::find(bad_points, point) != bad_points.end();
        };
        search_point best;
        double best_score = -std::numeric_limits<double>::infinity();
        bool best_is_new = false;
        for (int i = 0; i < candidates; ++i) {
            search_point point = good.draw(random_);
            const double score = good.log_at(point) - bad.log_at(point);
            // What was tried says nothing new, if there is something else.
            const bool is_new = discrete && !tried(point);
            if (best.empty() || std::pair(is_new, score) > std::pair(best_is_new, best_score)) {
                best = std::move(point);
                best_score = score;
                best_is_new = is_new;
            }
        }
        return best;
    }

    const search_settings& settings_;
    ranked_trials ranked_;
    std::int64_t number_;
    mersenne_twister random_;
};

} // namespace

bool is_random_start(const search_settings& settings, std::int64_t number) {
    return number < settings.random_starts;
}

flag_map suggest_trial(const search_settings& settings, std::span<const observed_trial> trials,
                       std::int64_t number) {
    return suggestion(settings, trials, number).make();
}

} // namespace outrider
