#pragma once

#include "engine/api/query_events.hpp"
#include "engine/api/scalar_choice.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace outrider {

/// What is kept of the values of one tag while they are read; `scalar_summary` with what it takes
/// to go on. Described, for an index keeps it.
struct scalar_series {
    double first = 0;
    std::int64_t first_step = 0;
    double last = 0;
    std::int64_t last_step = 0;
    double least = std::numeric_limits<double>::quiet_NaN();
    std::int64_t least_step = 0;
    double greatest = std::numeric_limits<double>::quiet_NaN();
    std::int64_t greatest_step = 0;
    double sum = 0;           ///< of those that are numbers
    std::int64_t numbers = 0; ///< how many of them are
    std::int64_t count = 0;

    /// Adds a later value. The first has the least step, the last the greatest; of equal steps the
    /// earlier one is the first, and the later one the last.
    void add(std::int64_t step, double value);
    /// Adds values of a later file.
    void add(const scalar_series& later);
    [[nodiscard]] scalar_summary summary(std::string tag) const;
};
BOOST_DESCRIBE_STRUCT(scalar_series, (),
                      (first, first_step, last, last_step, least, least_step, greatest,
                       greatest_step, sum, numbers, count))

/// The parts of the name of a scalar: "train#loss" is `loss` of `train`.
struct scalar_name {
    std::string_view directory; ///< of its files, relative to the run; empty: of the run itself
    std::string_view tag;
};
[[nodiscard]] scalar_name name_of_scalar(std::string_view tag);

/// The scalar that a person names: its whole name ("train#loss"; '/' for '#' will do), else the
/// first one of that tag in any directory, or, of "tr#loss", in any directory that begins so.
/// Nothing if there is none.
[[nodiscard]] const scalar_summary* find_scalar(std::span<const scalar_summary> scalars,
                                                std::string_view name);

/// A part of a scalar as a number, and the step at which it has that value: of all its values
/// together there is none.
[[nodiscard]] double part_of(const scalar_summary& scalar, scalar_part part);
[[nodiscard]] std::optional<std::int64_t> step_of(const scalar_summary& scalar, scalar_part part);
/// What is chosen of some scalars; nothing if there is no such one.
[[nodiscard]] std::optional<double> chosen_of(std::span<const scalar_summary> scalars,
                                              const scalar_choice& choice);

/// Whether `info` shows a scalar without being asked for all: not one of the system ("sys/…").
[[nodiscard]] bool is_shown_by_default(std::string_view tag);

} // namespace outrider
