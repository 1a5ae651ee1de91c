#pragma once

#include "engine/search/mersenne_twister.hpp"
#include "engine/search/search_space.hpp"

#include <vector>

namespace outrider {

/// A place in some dimensions: numbers as they are spread (logarithms on a log scale), the index of
/// a choice.
using search_point = std::vector<double>;

/// Where a value lies in its dimension; nothing if it is none of its values.
[[nodiscard]] std::optional<double> place_of(const dimension& in, const boost::json::value& value);
/// The value of a place.
[[nodiscard]] boost::json::value value_at(const dimension& in, double place);

/// How dense points lie in some dimensions: a Parzen estimator, a mixture of one kernel for each
/// point and a flat prior. A kernel is the product of a normal distribution that is cut at the
/// bounds for each number, and of a bar chart for each choice. Widths follow Scott's rule, as in
/// Optuna's multivariate sampler; the newest 25 points count in full, older ones less.
class parzen_density {
  public:
    /// `points` from the oldest to the newest. The dimensions have to outlive it.
    parzen_density(const std::vector<const dimension*>& dimensions,
                   std::vector<search_point> points);

    [[nodiscard]] search_point draw(mersenne_twister& random) const;
    [[nodiscard]] double log_at(const search_point& point) const;

  private:
    /// One dimension, for all kernels.
    struct axis {
        const dimension* of = nullptr;
        double low = 0; ///< where kernels are cut: half a step outside for integers
        double high = 0;
        double width = 0;             ///< σ of the kernels of points
        std::vector<double> log_mass; ///< of each kernel within the bounds, and its scale
        double hit = 0;               ///< probability of the choice that a kernel is about
        double miss = 0;              ///< of each other one
    };
    void add_axis(const dimension& of, std::size_t number);
    [[nodiscard]] double mean(std::size_t kernel, std::size_t number) const;
    [[nodiscard]] double sigma(std::size_t kernel, std::size_t number) const;
    [[nodiscard]] double log_kernel(std::size_t kernel, std::size_t number, double place) const;
    [[nodiscard]] double draw_number(std::size_t kernel, std::size_t number,
                                     mersenne_twister& random) const;
    [[nodiscard]] double draw_choice(std::size_t kernel, std::size_t number,
                                     mersenne_twister& random) const;

    std::vector<search_point> points_;
    std::vector<axis> axes_;
    std::vector<double> weights_; ///< of kernels, the prior's last; sum 1
    std::vector<double> log_weights_;
};

} // namespace outrider
