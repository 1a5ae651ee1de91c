#include "engine/runs/process_identity.hpp"

#include "engine/runs/small_file.hpp"

#include <time.h>
#include <unistd.h>

#include <charconv>
#include <vector>

namespace outrider {
namespace {

std::int64_t clock_us(clockid_t which) {
    timespec now{};
    ::clock_gettime(which, &now);
    return now.tv_sec * std::int64_t{1'000'000} + now.tv_nsec / 1000;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = text.find_first_of(" \n");
        if (end != 0) {
            words.push_back(text.substr(0, end));
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return words;
}

std::int64_t stat_number(std::string_view word) {
    std::int64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

} // namespace

std::optional<process_stat> parse_process_stat(const std::string& text) {
    const auto open = text.find(" (");
    const auto close = text.rfind(") ");
    if (open == std::string::npos || close == std::string::npos || close < open) {
        return std::nullopt;
    }
    // proc(5): after the command come state (field 3), ppid, pgrp, session, ..., starttime (22).
    const auto words = words_of(std::string_view(text).substr(close + 2));
    if (words.size() < 20) {
        return std::nullopt;
    }
    return process_stat{.pid = stat_number(std::string_view(text).substr(0, open)),
                        .state = words[0].front(),
                        .parent = stat_number(words[1]),
                        .group = stat_number(words[2]),
                        .session = stat_number(words[3]),
                        .start = stat_number(words[19])};
}

std::optional<process_stat> read_process(std::int64_t pid) {
    if (pid <= 0) {
        return std::nullopt;
    }
    const auto text = read_small_file("/proc/" + std::to_string(pid) + "/stat");
    return text ? parse_process_stat(*text) : std::nullopt;
}

process_mark own_mark() {
    const auto self = read_process(::getpid());
    return self ? self->mark() : process_mark{::getpid(), 0};
}

bool is_alive(const process_mark& mark) {
    const auto found = read_process(mark.pid);
    return found && !found->is_gone() && found->start == mark.start;
}

std::int64_t start_time_us(std::int64_t start_ticks) {
    const std::int64_t booted = clock_us(CLOCK_REALTIME) - clock_us(CLOCK_BOOTTIME);
    return booted + start_ticks * (1'000'000 / ::sysconf(_SC_CLK_TCK));
}

std::int64_t now_us() {
    return clock_us(CLOCK_REALTIME);
}

} // namespace outrider
