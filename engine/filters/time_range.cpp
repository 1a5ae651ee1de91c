#include "engine/filters/time_range.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace outrider {
namespace {

constexpr std::int64_t second_us = 1'000'000;

enum class unit { second, minute, hour, day, week, month, year };

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        at = std::min(text.find_first_not_of(" \t", at), text.size());
        const auto end = std::min(text.find_first_of(" \t", at), text.size());
        if (end > at) {
            std::string word(text.substr(at, end - at));
            std::ranges::transform(word, word.begin(),
                                   [](unsigned char c) { return std::tolower(c); });
            out.push_back(std::move(word));
        }
        at = end;
    }
    return out;
}

std::optional<unit> unit_of(std::string word) {
    if (word.size() > 1 && word.ends_with('s')) {
        word.pop_back();
    }
    static constexpr std::pair<std::string_view, unit> names[] = {
        {"minute", unit::minute}, {"min", unit::minute}, {"hour", unit::hour},
        {"hr", unit::hour},       {"day", unit::day},    {"week", unit::week},
        {"month", unit::month},   {"year", unit::year}};
    for (const auto& [name, meaning] : names) {
        if (word == name) {
            return meaning;
        }
    }
    return std::nullopt;
}

std::optional<int> whole(std::string_view text) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = read.ec == std::errc() && read.ptr == text.data() + text.size();
    constexpr int most = 100'000; // far more units than anybody looks back
    return good && value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

std::tm local(std::int64_t time_us) {
    const std::time_t seconds = time_us / second_us;
    std::tm out{};
    ::localtime_r(&seconds, &out);
    return out;
}

// Fields beyond their bounds carry over, as `mktime` does.
std::int64_t time_of(std::tm when) {
    when.tm_isdst = -1;
    return static_cast<std::int64_t>(::mktime(&when)) * second_us;
}

// The begin of the unit that holds this time.
std::tm begin_of(std::tm when, unit of) {
    const int monday_first = (when.tm_wday + 6) % 7;
    when.tm_sec = of > unit::second ? 0 : when.tm_sec;
    when.tm_min = of > unit::minute ? 0 : when.tm_min;
    when.tm_hour = of > unit::hour ? 0 : when.tm_hour;
    if (of == unit::week) {
        when.tm_mday -= monday_first;
    }
    if (of >= unit::month) {
        when.tm_mday = 1;
    }
    if (of == unit::year) {
        when.tm_mon = 0;
    }
    return when;
}

std::tm add(std::tm when, unit of, int count) {
    switch (of) {
    case unit::second:
        when.tm_sec += count;
        break;
    case unit::minute:
        when.tm_min += count;
        break;
    case unit::hour:
        when.tm_hour += count;
        break;
    case unit::day:
        when.tm_mday += count;
        break;
    case unit::week:
        when.tm_mday += 7 * count;
        break;
    case unit::month:
        when.tm_mon += count;
        break;
    case unit::year:
        when.tm_year += count;
        break;
    }
    return when;
}

time_range calendar_unit(const std::tm& when, unit of) {
    const std::tm begin = begin_of(when, of);
    return {.begin = time_of(begin), .end = time_of(add(begin, of, 1))};
}

/// A time that a person wrote, and how exact it is.
struct written_time {
    std::tm begin{};
    unit precision = unit::day;
};

bool read_date(const std::string& word, std::tm& into) {
    int numbers[3] = {};
    char rest = 0;
    int count =
        std::sscanf(word.c_str(), "%4d-%2d-%2d%c", &numbers[0], &numbers[1], &numbers[2], &rest);
    if (count == 3) {
        into.tm_year = numbers[0] < 100 ? numbers[0] + 100 : numbers[0] - 1900;
    } else {
        count = std::sscanf(word.c_str(), "%2d-%2d%c", &numbers[1], &numbers[2], &rest);
        if (count != 2) {
            return false;
        }
    }
    into.tm_mon = numbers[1] - 1;
    into.tm_mday = numbers[2];
    return numbers[1] >= 1 && numbers[1] <= 12 && numbers[2] >= 1 && numbers[2] <= 31;
}

std::optional<unit> read_time(const std::string& word, std::tm& into) {
    int second = 0;
    char rest = 0;
    const int count =
        std::sscanf(word.c_str(), "%2d:%2d:%2d%c", &into.tm_hour, &into.tm_min, &second, &rest);
    const bool good = (count == 2 || count == 3) && into.tm_hour >= 0 && into.tm_hour < 24 &&
                      into.tm_min >= 0 && into.tm_min < 60 && second >= 0 && second < 60;
    // `%2d` stops before what it does not take.
    const auto digits = std::ranges::count(word, ':');
    if (!good || digits != count - 1 || !std::isdigit(static_cast<unsigned char>(word.back()))) {
        return std::nullopt;
    }
    into.tm_sec = second;
    return count == 3 ? unit::second : unit::minute;
}

class range_reader {
  public:
    range_reader(std::string_view text, std::int64_t now_us)
        : text_(text), words_(words_of(text)), now_(local(now_us)) {}

    result<time_range> run() {
        if (auto found = named()) {
            return *found;
        }
        if (auto found = counted()) {
            return *found;
        }
        if (auto found = bounded()) {
            return *found;
        }
        if (const auto one = time(0, words_.size())) {
            return time_range{.begin = time_of(one->begin),
                              .end = time_of(add(one->begin, one->precision, 1))};
        }
        return failure(errc::bad_input, "invalid RANGE: " + mistake() +
                                            "\nTry '{program} {command} --help' for help "
                                            "specifying time ranges.");
    }

  private:
    // The first word that means nothing, or that what is there does not fit together.
    std::string mistake() const {
        static constexpr std::string_view keywords[] = {
            "after", "before", "between", "and", "last", "this", "today", "yesterday", "ago"};
        for (const auto& word : words_) {
            std::tm ignored{};
            if (std::ranges::find(keywords, word) == std::end(keywords) && !unit_of(word) &&
                !whole(word) && !read_date(word, ignored) && !read_time(word, ignored)) {
                return "unexpected '" + word + "'";
            }
        }
        return words_.empty() ? "it is empty" : "'" + std::string(text_) + "' is incomplete";
    }

    // "today", "yesterday", "this UNIT", "last week"
    std::optional<time_range> named() const {
        if (words_.size() == 1 && words_[0] == "today") {
            return calendar_unit(now_, unit::day);
        }
        if (words_.size() == 1 && words_[0] == "yesterday") {
            return calendar_unit(add(now_, unit::day, -1), unit::day);
        }
        const auto of = words_.size() == 2 ? unit_of(words_[1]) : std::nullopt;
        if (of && words_[0] == "this") {
            return calendar_unit(now_, *of);
        }
        // Weeks, months and years are those of the calendar; an hour is the last sixty minutes.
        if (of && words_[0] == "last" && *of >= unit::week) {
            const std::tm begin = begin_of(now_, *of);
            return time_range{.begin = time_of(add(begin, *of, -1)), .end = time_of(begin)};
        }
        return std::nullopt;
    }

    // "last [N] UNIT", "N UNIT ago"
    std::optional<time_range> counted() const {
        if (words_.size() >= 2 && words_.size() <= 3 && words_[0] == "last") {
            const auto count = words_.size() == 3 ? whole(words_[1]) : std::optional(1);
            const auto of = unit_of(words_.back());
            if (count && of) {
                const std::int64_t begin = time_of(add(now_, *of, -*count));
                // No end: the clock of another machine may be ahead of this one.
                return time_range{.begin = begin};
            }
        }
        if (words_.size() == 3 && words_[2] == "ago") {
            const auto count = whole(words_[0]);
            const auto of = unit_of(words_[1]);
            if (count && of) {
                const std::tm then = add(now_, *of, -*count);
                return calendar_unit(local(time_of(then)), *of);
            }
        }
        return std::nullopt;
    }

    // "after T", "before T", "between T and T"
    std::optional<time_range> bounded() const {
        if (words_.size() < 2) {
            return std::nullopt;
        }
        if (words_[0] == "after" || words_[0] == "before") {
            const auto one = time(1, words_.size());
            if (!one) {
                return std::nullopt;
            }
            const std::int64_t at = time_of(one->begin);
            return words_[0] == "after" ? time_range{.begin = at} : time_range{.end = at};
        }
        const auto joint = std::ranges::find(words_, "and") - words_.begin();
        if (words_[0] != "between" || joint == std::ssize(words_)) {
            return std::nullopt;
        }
        const auto first = time(1, static_cast<std::size_t>(joint));
        const auto second = time(static_cast<std::size_t>(joint) + 1, words_.size());
        if (!first || !second) {
            return std::nullopt;
        }
        const auto [begin, end] = std::minmax({time_of(first->begin), time_of(second->begin)});
        return time_range{.begin = begin, .end = end};
    }

    // The words from `first` up to `end` as one time.
    std::optional<written_time> time(std::size_t first, std::size_t end) const {
        if (end <= first || end - first > 2) {
            return std::nullopt;
        }
        written_time out{.begin = begin_of(now_, unit::day)};
        std::size_t at = first;
        if (read_date(words_[at], out.begin)) {
            ++at;
        }
        if (at < end) {
            const auto precision = read_time(words_[at], out.begin);
            if (!precision) {
                return std::nullopt;
            }
            out.precision = *precision;
            ++at;
        }
        return at == end ? std::optional(out) : std::nullopt;
    }

    std::string_view text_;
    std::vector<std::string> words_;
    std::tm now_;
};

} // namespace

result<time_range> parse_time_range(std::string_view text, std::int64_t now_us) {
    return range_reader(text, now_us).run();
}

} // namespace outrider
