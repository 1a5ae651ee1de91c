/// Does a search that learns find better trials than random search? `bench_search [SEEDS] [TRIALS]`
/// minimizes standard test functions with both, from the same seeds, and prints for each function
/// the median over seeds of the best value after TRIALS, its quartiles, and in how many seeds the
/// sampler was better.
#include "engine/search/parzen_sampler.hpp"
#include "engine/search/random_trials.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>

using namespace outrider;

namespace {

using place = std::vector<double>;

/// A function with its search space. Flags are named so that their order is that of the numbers.
struct problem {
    const char* name;
    search_space space;
    std::function<double(const flag_map&)> value;
    double least; ///< at its minimum
};

dimension number(std::string flag, double low, double high,
                 dimension_kind kind = dimension_kind::real) {
    return {.flag = std::move(flag), .kind = kind, .low = low, .high = high};
}

search_space box(int dimensions, double low, double high) {
    search_space out;
    for (int i = 0; i < dimensions; ++i) {
        out.dimensions.push_back(number("x" + std::to_string(i), low, high));
    }
    return out;
}

place numbers_of(const flag_map& flags) {
    place out;
    for (const auto& [name, value] : flags) {
        out.push_back(value.is_int64() ? static_cast<double>(value.get_int64())
                                       : value.get_double());
    }
    return out;
}

double branin(const place& x) {
    constexpr double pi = std::numbers::pi;
    const double a = x[1] - (5.1 / (4 * pi * pi) * x[0] * x[0]) + (5 / pi * x[0]) - 6;
    return (a * a) + (10 * (1 - (1 / (8 * pi))) * std::cos(x[0])) + 10;
}

double hartmann6(const place& x) {
    constexpr std::array alpha{1.0, 1.2, 3.0, 3.2};
    constexpr std::array<std::array<double, 6>, 4> a{{{10, 3, 17, 3.5, 1.7, 8},
                                                      {0.05, 10, 17, 0.1, 8, 14},
                                                      {3, 3.5, 1.7, 10, 17, 8},
                                                      {17, 8, 0.05, 10, 0.1, 14}}};
    constexpr std::array<std::array<double, 6>, 4> p{
        {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
         {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
         {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
         {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}}};
    double out = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < 6; ++j) {
            sum += a[i][j] * (x[j] - p[i][j]) * (x[j] - p[i][j]);
        }
        out -= alpha[i] * std::exp(-sum);
    }
    return out;
}

double rosenbrock(const place& x) {
    double out = 0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
        const double a = x[i + 1] - (x[i] * x[i]);
        out += (100 * a * a) + ((1 - x[i]) * (1 - x[i]));
    }
    return out;
}

double ackley(const place& x) {
    double squares = 0;
    double waves = 0;
    for (const double each : x) {
        squares += each * each;
        waves += std::cos(2 * std::numbers::pi * each);
    }
    const auto n = static_cast<double>(x.size());
    return (-20 * std::exp(-0.2 * std::sqrt(squares / n))) - std::exp(waves / n) + 20 +
           std::numbers::e;
}

double rastrigin(const place& x) {
    double out = 10 * static_cast<double>(x.size());
    for (const double each : x) {
        out += (each * each) - (10 * std::cos(2 * std::numbers::pi * each));
    }
    return out;
}

double sphere(const place& x) {
    double out = 0;
    for (const double each : x) {
        out += (each - 1) * (each - 1);
    }
    return out;
}

// The shape of a training run: a rate on a log scale, whole layers, an optimizer, of which one has
// a momentum of its own.
double training(const flag_map& flags) {
    const std::string_view kind = flags.at("optimizer").get_string();
    const double rate = std::log10(flags.at("rate").get_double());
    const auto layers = static_cast<double>(flags.at("layers").get_int64());
    double out = (0.3 * (rate + 3) * (rate + 3)) + (0.05 * (layers - 6) * (layers - 6));
    if (kind == "sgd") {
        const double momentum = flags.at("momentum").get_double();
        out += 4 * (momentum - 0.9) * (momentum - 0.9);
    } else {
        out += kind == "adam" ? 0.2 : 1;
    }
    return out;
}

std::vector<problem> problems() {
    std::vector<problem> out;
    const auto plain = [&](const char* name, search_space space, double (*value)(const place&),
                           double least = 0) {
        out.push_back({name, std::move(space),
                       [value](const flag_map& flags) { return value(numbers_of(flags)); }, least});
    };
    search_space two;
    two.dimensions = {number("x0", -5, 10), number("x1", 0, 15)};
    plain("Branin, 2 dimensions", two, branin, 0.397887);
    plain("Hartmann, 6", box(6, 0, 1), hartmann6, -3.32237);
    plain("Rosenbrock, 4", box(4, -2, 2), rosenbrock);
    plain("Ackley, 5", box(5, -32.768, 32.768), ackley);
    plain("Rastrigin, 3", box(3, -5.12, 5.12), rastrigin);
    plain("sphere, 10", box(10, -5, 5), sphere);
    search_space mixed;
    mixed.dimensions = {number("layers", 1, 20, dimension_kind::integer),
                        {.flag = "optimizer",
                         .kind = dimension_kind::categorical,
                         .choices = {"adam", "sgd", "rmsprop", "adagrad"}},
                        number("rate", 1e-7, 1, dimension_kind::logarithmic)};
    mixed.switches = {{.flag = "optimizer",
                       .value = "sgd",
                       .target = "momentum",
                       .searched = number("momentum", 0, 1)}};
    out.push_back({"training, 3 and 1 at times", mixed, training, 0});
    return out;
}

double best_of_search(const problem& of, std::uint32_t seed, int trials, std::int64_t starts) {
    search_settings settings{.space = of.space, .random_starts = starts, .seed = seed};
    std::vector<observed_trial> seen;
    double best = INFINITY;
    for (int i = 0; i < trials; ++i) {
        auto flags = suggest_trial(settings, seen, i);
        const double value = of.value(flags);
        best = std::min(best, value);
        seen.push_back({.flags = std::move(flags), .objective = value});
    }
    return best;
}

std::string shown(std::vector<double> values) {
    std::ranges::sort(values);
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "%.4g (%.4g to %.4g)", values[values.size() / 2],
                  values[values.size() / 4], values[values.size() * 3 / 4]);
    return text.data();
}

} // namespace

int main(int argc, char** argv) {
    const int seeds = argc > 1 ? std::atoi(argv[1]) : 31;
    const int trials = argc > 2 ? std::atoi(argv[2]) : 100;
    std::printf(
        "| function | least | random | sampler | better in |\n| --- | --- | --- | --- | --- |\n");
    for (const auto& each : problems()) {
        std::vector<double> random;
        std::vector<double> learned;
        int better = 0;
        for (int seed = 1; seed <= seeds; ++seed) {
            const auto number = static_cast<std::uint32_t>(seed);
            // As many random starts as trials: a random search with the same draws and switches.
            random.push_back(best_of_search(each, number, trials, trials));
            learned.push_back(best_of_search(each, number, trials, 10));
            better += learned.back() < random.back() ? 1 : 0;
        }
        std::printf("| %s | %.4g | %s | %s | %d of %d |\n", each.name, each.least,
                    shown(random).c_str(), shown(learned).c_str(), better, seeds);
    }
    const problem one = problems()[1];
    std::vector<observed_trial> many;
    for (auto& flags : random_trials(one.space, 10'000, 1)) {
        const double value = one.value(flags);
        many.push_back({.flags = std::move(flags), .objective = value});
    }
    const auto before = std::chrono::steady_clock::now();
    const auto next = suggest_trial({.space = one.space}, many, 10'000);
    const std::chrono::duration<double, std::milli> took =
        std::chrono::steady_clock::now() - before;
    std::printf("\none suggestion after 10,000 trials: %.1f ms (%zu flags)\n", took.count(),
                next.size());
}
