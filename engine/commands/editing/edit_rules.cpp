#include "engine/commands/editing/edit_rules.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <sstream>

namespace outrider {
namespace {

namespace json = boost::json;

// One space between words, none around them.
std::string tidied(const std::string& text) {
    std::istringstream words(text);
    std::string out;
    for (std::string word; words >> word;) {
        out += (out.empty() ? "" : " ") + word;
    }
    return out;
}

std::string trimmed(const std::string& text) {
    constexpr const char spaces[] = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(spaces);
    return first == text.npos ? "" : text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

std::string joined(const std::string& left, const std::string& right) {
    return trimmed(left.empty() || right.empty() ? left + right : left + " " + right);
}

bool is_space(char each) {
    return std::isspace(static_cast<unsigned char>(each)) != 0;
}

// Whole words only: 'kee' is no part of 'keep'.
std::string without(std::string label, const std::string& text) {
    if (text.empty()) {
        return label;
    }
    bool any = false;
    for (auto at = label.find(text); at != label.npos; at = label.find(text, at)) {
        const auto end = at + text.size();
        if ((at > 0 && !is_space(label[at - 1])) || (end < label.size() && !is_space(label[end]))) {
            ++at;
            continue;
        }
        label.erase(at, text.size());
        any = true;
    }
    return any ? tidied(label) : label;
}

std::string text_of(const json::object& entry, const char* name) {
    const auto* value = entry.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

} // namespace

std::string edited_label(const std::string& label, label_change change, const std::string& text) {
    switch (change) {
    case label_change::set:
        return trimmed(text);
    case label_change::prepend:
        return joined(text, label);
    case label_change::append:
        return joined(label, text);
    case label_change::remove:
        return without(label, text);
    case label_change::clear:
        break;
    }
    return {};
}

std::vector<std::string> edited_tags(const std::vector<std::string>& tags,
                                     const tag_command& what) {
    std::set<std::string> edited;
    if (!what.clear) {
        edited.insert(tags.begin(), tags.end());
    }
    edited.insert(what.add.begin(), what.add.end());
    for (const auto& tag : what.remove) {
        edited.erase(tag);
    }
    return {edited.begin(), edited.end()};
}

std::string label_for_tags(const std::string& label, const std::vector<std::string>& before,
                           const std::vector<std::string>& after) {
    const auto has = [](const std::vector<std::string>& tags, const std::string& tag) {
        return std::ranges::find(tags, tag) != tags.end();
    };
    std::istringstream words(label);
    std::vector<std::string> kept;
    bool gone = false; // otherwise the spaces of the label stay as they are
    for (std::string word; words >> word;) {
        if (has(before, word) && !has(after, word)) {
            gone = true;
        } else {
            kept.push_back(word);
        }
    }
    std::string front;
    for (const auto& tag : after) {
        if (!has(before, tag) && !has(kept, tag)) {
            front = joined(front, tag);
        }
    }
    std::string rest = label;
    if (gone) {
        rest.clear();
        for (const auto& word : kept) {
            rest = joined(rest, word);
        }
    }
    return joined(front, rest);
}

std::vector<run_comment> comments_of(const json::value& attribute) {
    std::vector<run_comment> comments;
    const auto* list = attribute.if_array();
    if (list == nullptr) {
        return comments;
    }
    for (const auto& item : *list) {
        if (const auto* entry = item.if_object()) {
            const auto* time = entry->if_contains("time");
            comments.push_back(
                {.body = text_of(*entry, "body"),
                 .host = text_of(*entry, "host"),
                 .user = text_of(*entry, "user"),
                 .time_us = time != nullptr && time->is_int64() ? time->get_int64() : 0});
        }
    }
    return comments;
}

runs_deleted deletion_of(const protocol::delete_reply& done, bool permanent) {
    runs_deleted out{.count = static_cast<std::int64_t>(done.deleted.size()),
                     .permanent = permanent};
    for (const auto& link : done.links) {
        out.links.push_back({.run_id = link.run_id, .target = link.target});
    }
    return out;
}

std::vector<std::string> strings_of(const json::value& attribute) {
    std::vector<std::string> out;
    if (const auto* list = attribute.if_array()) {
        for (const auto& item : *list) {
            if (item.is_string()) {
                out.emplace_back(item.get_string());
            }
        }
    }
    return out;
}

} // namespace outrider
