#include "transports/ssh/config_meaning.hpp"

#include "transports/ssh/name_pattern.hpp"

#include <algorithm>

namespace outrider::ssh {
namespace {

failure about_option(const char* option, const std::string& value, const failure& why) {
    return {why.code,
            std::string(option) + " '" + value + "' of the ssh configuration: " + why.context};
}

std::string joined_by_blanks(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

std::vector<std::string> split_at_blanks(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (end > at) {
            words.emplace_back(text.substr(at, end - at));
        }
        at = end + 1;
    }
    return words;
}

bool has_blank(const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(),
                       [](const auto& word) { return word.find(' ') != std::string::npos; });
}

} // namespace

config_meaning::config_meaning(const user_config& config, const config_surroundings& around)
    : around_(around), real_home_(around.real_home.empty() ? around.home : around.real_home),
      tokens_(config, around.asked_host, around.home),
      printed_(config, around.asked_host, real_home_) {}

result<std::string> config_meaning::identity_file(const std::string& text) const {
    auto path = tokens_.expand_path(text, around_.environment);
    if (!path) {
        return about_option("IdentityFile", text, path.error());
    }
    return absolute(*path);
}

result<std::vector<std::string>> config_meaning::user_known_hosts(const std::string& text) const {
    return told_apart("UserKnownHostsFile", text, true);
}

result<std::vector<std::string>> config_meaning::global_known_hosts(const std::string& text) const {
    return told_apart("GlobalKnownHostsFile", text, false);
}

std::string config_meaning::identity_agent(const std::string& text) const {
    return text.starts_with('/') || text.starts_with('~') ? printed_path(text) : text;
}

result<std::string> config_meaning::proxy_jump(const std::string& text) const {
    auto list = tokens_.expand(text);
    if (!list) {
        return about_option("ProxyJump", text, list.error());
    }
    return list;
}

/// What is relative is so to where the user is.
std::string config_meaning::absolute(const std::string& path) const {
    const auto directory = around_.environment.find("PWD");
    const bool known = directory != around_.environment.end() &&
                       directory->second.starts_with('/') && !path.starts_with('/');
    return known ? directory->second + "/" + path : path;
}

/// A path that `ssh` has expanded. What it took from its own idea of the home directory is below
/// the one that is meant.
std::string config_meaning::printed_path(const std::string& path) const {
    const std::string real = real_home_ + "/.ssh/";
    if (real_home_ != around_.home && path.starts_with(real)) {
        return around_.home + "/.ssh/" + path.substr(real.size());
    }
    return path.starts_with("~/") ? around_.home + path.substr(1) : absolute(path);
}

/// None: it does not expand for this host, so it is of another.
std::optional<config_meaning::paths> config_meaning::expanded(const paths& list,
                                                              const config_tokens& tokens) const {
    paths out;
    for (const auto& word : list) {
        auto path = tokens.expand_path(word, around_.environment);
        if (!path) {
            return std::nullopt;
        }
        out.push_back(std::move(*path));
    }
    return out;
}

std::vector<config_meaning::paths> config_meaning::lists_that_print_as(const std::string& text,
                                                                       bool expands) const {
    auto lists = around_.known_hosts_lists;
    lists.push_back({"~/.ssh/known_hosts", "~/.ssh/known_hosts2"}); // the default
    std::vector<paths> found;
    for (const auto& list : lists) {
        auto meant = list;
        if (expands) {
            const auto printed = expanded(list, printed_);
            auto expansion = expanded(list, tokens_);
            if (!printed || !expansion || joined_by_blanks(*printed) != text) {
                continue;
            }
            meant = std::move(*expansion);
        } else if (joined_by_blanks(list) != text) {
            continue;
        }
        if (std::find(found.begin(), found.end(), meant) == found.end()) {
            found.push_back(std::move(meant));
        }
    }
    return found;
}

/// `ssh -G` prints the paths of a list without their quotes. The list of the configuration files
/// that prints as this text tells where each ends; where no path has a blank in it, the blanks do.
result<config_meaning::paths>
config_meaning::told_apart(const char* option, const std::string& text, bool expands) const {
    if (text.empty() || lower_case(text) == "none") {
        return paths();
    }
    const auto found = lists_that_print_as(text, expands);
    const auto& lists = around_.known_hosts_lists;
    paths out = found.size() == 1 ? found.front() : split_at_blanks(text);
    if (found.size() > 1 ||
        (found.empty() && out.size() > 1 && std::any_of(lists.begin(), lists.end(), has_blank))) {
        return about_option(option, text,
                            failure(errc::unsupported,
                                    "it cannot be told where a path with a blank in it ends (set "
                                    "known-hosts of the remote in config.yml)"));
    }
    std::transform(out.begin(), out.end(), out.begin(), [&](const auto& path) {
        return expands && found.empty() ? printed_path(path) : absolute(path);
    });
    return out;
}

} // namespace outrider::ssh
