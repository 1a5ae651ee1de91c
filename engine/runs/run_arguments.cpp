#include "engine/runs/run_arguments.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string_view>

namespace outrider {
namespace {

// Digits alone, without sign or space; a number too large for the type is beyond every listing.
std::optional<std::size_t> number(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) {
        return std::nullopt;
    }
    std::size_t value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() ? value : std::numeric_limits<std::size_t>::max();
}

struct index_range {
    std::size_t first = 1; ///< from 1
    std::size_t last = 0;  ///< included
};

std::optional<index_range> range(std::string_view text, std::size_t count) {
    const auto colon = text.find(':');
    if (colon == text.npos) {
        return std::nullopt;
    }
    const auto start = text.substr(0, colon);
    const auto end = text.substr(colon + 1);
    const auto first = start.empty() ? std::optional<std::size_t>(1) : number(start);
    const auto last = end.empty() ? std::optional<std::size_t>(count) : number(end);
    if (!first || !last) {
        return std::nullopt;
    }
    return index_range{std::max<std::size_t>(*first, 1), std::min(*last, count)};
}

failure no_such_run(const std::string& argument) {
    return {errc::not_found,
            "could not find a run matching '" + argument +
                "'\nTry '{program} runs list' for a list or '{program} {command} --help' for more "
                "information."};
}

failure several_runs(const std::string& argument, std::span<const std::string> ids,
                     const std::vector<std::size_t>& found) {
    constexpr std::size_t short_id = 8;
    // A prefix as long as a short id would show lines that are all the same.
    const std::size_t shown = argument.size() < short_id ? short_id : std::string::npos;
    std::string text = "'" + argument + "' matches multiple runs:";
    for (const std::size_t index : found) {
        text += "\n  " + ids[index].substr(0, shown);
    }
    return {errc::ambiguous, std::move(text)};
}

result<std::size_t> by_id(const std::string& argument, std::span<const std::string> ids) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] == argument) {
            return i;
        }
        if (!argument.empty() && ids[i].starts_with(argument)) {
            found.push_back(i);
        }
    }
    if (found.empty()) {
        return no_such_run(argument);
    }
    if (found.size() > 1) {
        return several_runs(argument, ids, found);
    }
    return found.front();
}

} // namespace

result<std::vector<std::size_t>> select_runs(std::span<const std::string> ids,
                                             std::span<const std::string> arguments) {
    std::vector<std::size_t> chosen;
    for (const auto& argument : arguments) {
        if (const auto span = range(argument, ids.size())) {
            for (std::size_t index = span->first; index <= span->last; ++index) {
                chosen.push_back(index - 1);
            }
        } else if (const auto index = number(argument);
                   index && *index >= 1 && *index <= ids.size()) {
            chosen.push_back(*index - 1);
        } else {
            const auto found = by_id(argument, ids);
            if (!found) {
                return found.error();
            }
            chosen.push_back(*found);
        }
    }
    return chosen;
}

std::vector<std::size_t> each_once(const std::vector<std::size_t>& chosen) {
    std::set<std::size_t> seen;
    std::vector<std::size_t> out;
    std::ranges::copy_if(chosen, std::back_inserter(out),
                         [&](std::size_t index) { return seen.insert(index).second; });
    return out;
}

bool is_run_index(const std::string& argument) {
    // A number of eight digits or more is the start of an id, not a place that anybody counted to.
    constexpr std::size_t most_digits = 7;
    return range(argument, 0).has_value() ||
           (number(argument).has_value() && argument.size() <= most_digits);
}

} // namespace outrider
