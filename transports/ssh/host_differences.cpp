#include "transports/ssh/host_differences.hpp"

#include "transports/ssh/config_file.hpp"
#include "transports/ssh/name_pattern.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <set>

namespace outrider::ssh {
namespace {

/// The next line of `text`, which is taken from it.
std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// `ssh` itself rewrites an address that is not in the usual form (`127.1`), and a name in
/// capitals. Numbers in all their forms begin with a digit in the last part, too.
bool is_told_unchanged(const std::string& host) {
    const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
    if (!plain || host.empty()) {
        return false;
    }
    const auto dot = host.rfind('.');
    const char last = dot == std::string::npos ? host[0] : host.substr(dot + 1)[0];
    if (last < '0' || last > '9') {
        return last != '\0'; // one that ends with a dot
    }
    in_addr address{};
    std::array<char, INET_ADDRSTRLEN> text{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1 &&
           ::inet_ntop(AF_INET, &address, text.data(), text.size()) != nullptr &&
           host == text.data();
}

} // namespace

void host_differences::read(std::string_view file) {
    while (!unforeseen_) {
        const auto option = take_option(file);
        if (!option) {
            break;
        }
        read_option(option->keyword, option->arguments);
    }
}

void host_differences::read_option(const std::string& keyword, std::string_view arguments) {
    // `ssh -G` prints these as they are, or we read none of them.
    static const std::set<std::string> with_tokens{"proxycommand", "controlpath", "localcommand",
                                                   "remotecommand"};
    static const std::set<std::string> named{"host", "hostname", "match"};
    const bool quoted = arguments.find_first_of("\"\\#") != std::string_view::npos;
    if (keyword.find_first_of("\"\\") != std::string::npos || (named.contains(keyword) && quoted) ||
        (arguments.find('%') != std::string_view::npos && !with_tokens.contains(keyword))) {
        unforeseen_ = true;
    } else if (keyword == "match") {
        unforeseen_ = lower_case(arguments) != "all";
    } else if (keyword == "canonicalizehostname") {
        unforeseen_ = lower_case(arguments) != "no";
    } else if (keyword == "hostname" || keyword == "proxyjump") {
        mentioned_.push_back(lower_case(arguments));
    } else if (keyword == "host") {
        const auto patterns = split_arguments(arguments);
        unforeseen_ = !patterns;
        for (const auto& pattern : patterns.value_or(std::vector<std::string>())) {
            patterns_.push_back(pattern.substr(pattern.starts_with('!') ? 1 : 0));
        }
    }
}

std::optional<std::string> host_differences::class_of(const std::string& host) const {
    // One that is also a HostName cannot be told from it in an answer; no host is its own jump
    // host.
    const bool mentioned =
        std::any_of(mentioned_.begin(), mentioned_.end(), [&](const std::string& value) {
            return value.find(host) != std::string::npos;
        });
    if (unforeseen_ || mentioned || !is_told_unchanged(host)) {
        return std::nullopt;
    }
    std::string out;
    for (const auto& pattern : patterns_) {
        out += matches_pattern(host, pattern) ? '1' : '0';
        out += matches_pattern(host, lower_case(pattern)) ? '1' : '0';
    }
    return out;
}

std::optional<std::vector<std::string>> files_read(std::string_view standard_error) {
    constexpr std::string_view reading = "debug1: Reading configuration data ";
    if (!standard_error.starts_with("OpenSSH_")) {
        return std::nullopt; // another program, or the beginning is lost
    }
    std::vector<std::string> files;
    while (!standard_error.empty()) {
        if (const auto line = take_line(standard_error); line.starts_with(reading)) {
            const auto file = line.substr(reading.size());
            files.emplace_back(file.substr(0, file.find_last_not_of(" \t\r\f\v") + 1));
        }
    }
    return files;
}

std::string answer_for_another(std::string_view answer, const std::string& asked,
                               const std::string& host) {
    std::string out;
    while (!answer.empty()) {
        const auto line = take_line(answer);
        out += line == "hostname " + asked ? "hostname " + host : std::string(line);
        out += '\n';
    }
    return out;
}

} // namespace outrider::ssh
