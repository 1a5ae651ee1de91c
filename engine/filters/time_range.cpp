#include "engine/filters/time_range.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <span>
#include <string>
#include <vector>

namespace outrider {
namespace {

constexpr std::int64_t second_us = 1'000'000;

enum class unit { second, minute, hour, day, week, month, year };

/// A word in lower case, and where it stands.
struct placed_word {
    std::string text;
    std::size_t at = 0;
};

std::vector<placed_word> words_of(std::string_view text) {
    std::vector<placed_word> out;
    for (std::size_t at = 0; at < text.size();) {
        at = std::min(text.find_first_not_of(" \t", at), text.size());
        const auto end = std::min(text.find_first_of(" \t", at), text.size());
        if (end > at) {
            std::string word(text.substr(at, end - at));
            std::ranges::transform(word, word.begin(),
                                   [](unsigned char c) { return std::tolower(c); });
            out.push_back({.text = std::move(word), .at = at});
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
        : text_(text), placed_(words_of(text)), now_(local(now_us)) {
        for (const auto& word : placed_) {
            words_.push_back(word.text);
        }
    }

    result<time_range> run() {
        if (auto found = stretch(words_)) {
            return *found;
        }
        if (auto found = bounded()) {
            return *found;
        }
        if (const auto one = time(words_)) {
            return time_range{.begin = time_of(one->begin),
                              .end = time_of(add(one->begin, one->precision, 1))};
        }
        return failure(errc::bad_input, "invalid RANGE: " + mistake() +
                                            "\nTry '{program} {command} --help' for help "
                                            "specifying time ranges.");
    }

  private:
    using words = std::span<const std::string>;

    // The first word that means nothing, or that what is there does not fit together.
    std::string mistake() const {
        static constexpr std::string_view keywords[] = {
            "after", "before", "between", "and", "last", "this", "today", "yesterday", "ago"};
        for (const auto& word : placed_) {
            std::tm ignored{};
            if (std::ranges::find(keywords, word.text) == std::end(keywords) &&
                !unit_of(word.text) && !whole(word.text) && !date(word.text, ignored) &&
                !read_time(word.text, ignored)) {
                return "unexpected '" + word.text + "' at position " + std::to_string(word.at);
            }
        }
        return words_.empty() ? "it is empty" : "'" + std::string(text_) + "' is incomplete";
    }

    // What has a begin and an end of its own.
    std::optional<time_range> stretch(words in) const {
        auto found = named(in);
        return found ? found : counted(in);
    }

    // "today", "yesterday", "this UNIT", "last week"
    std::optional<time_range> named(words in) const {
        if (in.size() == 1 && in[0] == "today") {
            return calendar_unit(now_, unit::day);
        }
        if (in.size() == 1 && in[0] == "yesterday") {
            return calendar_unit(add(now_, unit::day, -1), unit::day);
        }
        const auto of = in.size() == 2 ? unit_of(in[1]) : std::nullopt;
        if (of && in[0] == "this") {
            return calendar_unit(now_, *of);
        }
        // Weeks, months and years are those of the calendar; an hour is the last sixty minutes.
        if (of && in[0] == "last" && *of >= unit::week) {
            const std::tm begin = begin_of(now_, *of);
            return time_range{.begin = time_of(add(begin, *of, -1)), .end = time_of(begin)};
        }
        return std::nullopt;
    }

    // "last [N] UNIT", "N UNIT ago"
    std::optional<time_range> counted(words in) const {
        if (in.size() >= 2 && in.size() <= 3 && in[0] == "last") {
            const auto count = in.size() == 3 ? whole(in[1]) : std::optional(1);
            const auto of = unit_of(in.back());
            if (count && of) {
                const std::int64_t begin = time_of(add(now_, *of, -*count));
                // No end: the clock of another machine may be ahead of this one.
                return time_range{.begin = begin};
            }
        }
        if (const auto of = unit_ago(in)) {
            const std::tm then = add(now_, *of, -*whole(in[0]));
            return calendar_unit(local(time_of(then)), *of);
        }
        return std::nullopt;
    }

    // The unit of "N UNIT ago", whose N is a number then.
    static std::optional<unit> unit_ago(words in) {
        return in.size() == 3 && in[2] == "ago" && whole(in[0]) ? unit_of(in[1]) : std::nullopt;
    }

    // "after T", "before T", "between T and T"
    std::optional<time_range> bounded() const {
        if (words_.size() < 2) {
            return std::nullopt;
        }
        const words all(words_);
        if (words_[0] == "after" || words_[0] == "before") {
            const auto at = bound(all.subspan(1));
            if (!at) {
                return std::nullopt;
            }
            return words_[0] == "after" ? time_range{.begin = *at} : time_range{.end = *at};
        }
        const auto joint =
            static_cast<std::size_t>(std::ranges::find(words_, "and") - words_.begin());
        if (words_[0] != "between" || joint == words_.size()) {
            return std::nullopt;
        }
        const auto first = bound(all.subspan(1, joint - 1));
        const auto second = bound(all.subspan(joint + 1));
        if (!first || !second) {
            return std::nullopt;
        }
        const auto [begin, end] = std::minmax({*first, *second});
        return time_range{.begin = begin, .end = end};
    }

    // A time, or the begin of what lasts: "yesterday" is its first moment, as a date is. Minutes
    // and hours ago are that very moment.
    std::optional<std::int64_t> bound(words in) const {
        if (const auto of = unit_ago(in); of && *of <= unit::hour) {
            return time_of(add(now_, *of, -*whole(in[0])));
        }
        if (const auto found = stretch(in)) {
            return found->begin;
        }
        const auto one = time(in);
        return one ? std::optional(time_of(one->begin)) : std::nullopt;
    }

    bool date(const std::string& word, std::tm& into) const {
        if (word == "today" || word == "yesterday") {
            into = begin_of(add(now_, unit::day, word == "today" ? 0 : -1), unit::day);
            return true;
        }
        return read_date(word, into);
    }

    // A date, a time, or both.
    std::optional<written_time> time(words in) const {
        if (in.empty() || in.size() > 2) {
            return std::nullopt;
        }
        written_time out{.begin = begin_of(now_, unit::day)};
        std::size_t at = 0;
        if (date(in[at], out.begin)) {
            ++at;
        }
        if (at < in.size()) {
            const auto precision = read_time(in[at], out.begin);
            if (!precision) {
                return std::nullopt;
            }
            out.precision = *precision;
            ++at;
        }
        return at == in.size() ? std::optional(out) : std::nullopt;
    }

    std::string_view text_;
    std::vector<placed_word> placed_;
    std::vector<std::string> words_;
    std::tm now_;
};

} // namespace

result<time_range> parse_time_range(std::string_view text, std::int64_t now_us) {
    return range_reader(text, now_us).run();
}

} // namespace outrider
