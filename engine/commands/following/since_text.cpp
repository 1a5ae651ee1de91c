#include "engine/commands/following/since_text.hpp"

#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace outrider {
namespace {

constexpr std::int64_t second_us = 1'000'000;

// Digits of exactly that many places at the start of `text`, which loses them.
std::optional<int> take_number(std::string_view& text, std::size_t places) {
    int value = 0;
    if (text.size() < places) {
        return std::nullopt;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + places, value);
    if (error != std::errc() || end != text.data() + places || value < 0) {
        return std::nullopt;
    }
    text.remove_prefix(places);
    return value;
}

bool take(std::string_view& text, char what) {
    if (!text.starts_with(what)) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

// "2026-01-31"; leaves `text` as it is where it does not begin with a date.
bool take_date(std::string_view& text, std::tm& into) {
    auto rest = text;
    const auto year = take_number(rest, 4);
    if (!year || !take(rest, '-')) {
        return false;
    }
    const auto month = take_number(rest, 2);
    if (!month || !take(rest, '-')) {
        return false;
    }
    const auto day = take_number(rest, 2);
    if (!day || *month < 1 || *month > 12 || *day < 1 || *day > 31) {
        return false;
    }
    into.tm_year = *year - 1900;
    into.tm_mon = *month - 1;
    into.tm_mday = *day;
    text = rest;
    return true;
}

// "12:30" or "12:30:59"
bool take_time(std::string_view& text, std::tm& into) {
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ':')) {
        return false;
    }
    const auto minute = take_number(text, 2);
    const auto second = minute && take(text, ':') ? take_number(text, 2) : std::optional<int>(0);
    if (!minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
        return false;
    }
    into.tm_hour = *hour;
    into.tm_min = *minute;
    into.tm_sec = *second;
    return true;
}

std::optional<std::int64_t> parse_ago(std::string_view text) {
    double number = 0;
    const auto [at, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    const std::string_view unit(at, static_cast<std::size_t>(text.data() + text.size() - at));
    if (error != std::errc() || !(number >= 0 && number <= 1e7) || unit.size() != 1) {
        return std::nullopt;
    }
    double seconds = 0;
    switch (unit.front()) {
    case 's':
        seconds = 1;
        break;
    case 'm':
        seconds = 60;
        break;
    case 'h':
        seconds = 3600;
        break;
    case 'd':
        seconds = 86400;
        break;
    default:
        return std::nullopt;
    }
    return std::llround(number * seconds * second_us);
}

std::optional<std::int64_t> parse_moment(std::string_view text, std::int64_t now_us) {
    const bool utc = text.ends_with('Z');
    if (utc) {
        text.remove_suffix(1);
    }
    const std::time_t now = now_us / second_us;
    std::tm when{};
    if ((utc ? ::gmtime_r(&now, &when) : ::localtime_r(&now, &when)) == nullptr) {
        return std::nullopt;
    }
    when.tm_hour = when.tm_min = when.tm_sec = 0;
    when.tm_isdst = -1; // whatever holds on that day
    const bool dated = take_date(text, when);
    const bool more = !text.empty();
    if ((dated && more && !take(text, ' ') && !take(text, 'T')) ||
        (more && !take_time(text, when)) || !text.empty() || (!dated && !more)) {
        return std::nullopt;
    }
    const auto seconds = utc ? ::timegm(&when) : std::mktime(&when);
    return seconds == -1 ? std::nullopt : std::optional(seconds * second_us);
}

} // namespace

result<since_time> parse_since(std::string_view text, std::int64_t now_us) {
    if (const auto ago = parse_ago(text)) {
        return since_time{.ago_us = ago, .at_us = {}};
    }
    if (const auto moment = parse_moment(text, now_us)) {
        return since_time{.ago_us = {}, .at_us = moment};
    }
    return failure(errc::bad_input, "'" + std::string(text) +
                                        "' is not a time: use 10m, 2h, 12:30, 2026-01-31 or "
                                        "'2026-01-31 12:30'");
}

} // namespace outrider
