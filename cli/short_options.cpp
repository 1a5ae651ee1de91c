#include "cli/short_options.hpp"

#include <algorithm>
#include <optional>

namespace outrider::cli {
namespace {

struct short_option {
    std::string_view typed;
    std::string_view meaning;
    bool value = false; ///< takes the next word
    bool filter = true; ///< of runs; no: of the one command that has the long option
};

// FORMAT.md 4.2, 4.5 and 4.8, and those of Guild's `run`.
constexpr short_option options[] = {
    {"-Fo", "--operation", true},
    {"-Fl", "--label", true},
    {"-Fu", "--unlabeled"},
    {"-Ft", "--tag", true},
    {"-Fc", "--comment", true},
    {"-Fm", "--marked"},
    {"-Fn", "--unmarked"},
    {"-Fs", "--started", true},
    {"-Fd", "--digest", true},
    {"-pa", "--page", false, false},
    {"-rm", "--remove", true, false},
    {"-Fo", "--opt-flag", true, false},
    {"-cc", "--strict-cols", true, false},
    {"-ec", "--edit-comment", false, false},
    {"-bl", "--batch-label", true, false},
    {"-bt", "--batch-tag", true, false},
    {"-bc", "--batch-comment", true, false},
};

// The letters after -S, which combine: `-Set`.
constexpr short_option statuses[] = {
    {"-Sr", "--running"},    {"-Sc", "--completed"}, {"-Se", "--error"},
    {"-St", "--terminated"}, {"-Sp", "--pending"},   {"-Ss", "--staged"},
};

bool has(const short_option_rules& verb, const short_option& option) {
    return option.filter ? verb.filters : verb.has(option.meaning);
}

const short_option* find(std::string_view word, const short_option_rules& verb) {
    const auto name = word.substr(0, word.find('='));
    for (const auto& option : options) {
        if (option.typed == name && has(verb, option)) {
            return &option;
        }
    }
    return nullptr;
}

// "-Set" as the long options of its letters; nothing if it is something else.
std::optional<std::vector<std::string>> combined_statuses(std::string_view word,
                                                          const short_option_rules& verb) {
    if (!word.starts_with("-S") || word.size() < 3 || !has(verb, statuses[0])) {
        return std::nullopt;
    }
    std::vector<std::string> found;
    for (const char letter : word.substr(2)) {
        const auto* status =
            std::ranges::find(statuses, letter, [](const auto& each) { return each.typed.back(); });
        if (status == std::end(statuses)) {
            return std::nullopt;
        }
        found.emplace_back(status->meaning);
    }
    return found;
}

} // namespace

std::vector<std::string> expand_short_options(std::span<const std::string> words,
                                              const short_option_rules& verb) {
    std::vector<std::string> expanded;
    bool is_value = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--" && !is_value) {
            expanded.insert(expanded.end(), words.begin() + i, words.end());
            break;
        }
        if (is_value || word.size() < 2 || word.front() != '-') {
            is_value = false;
            expanded.push_back(word);
        } else if (const auto* option = find(word, verb)) {
            expanded.push_back(std::string(option->meaning) + word.substr(option->typed.size()));
            is_value = option->value && word == option->typed;
        } else if (const auto letters = combined_statuses(word, verb)) {
            expanded.insert(expanded.end(), letters->begin(), letters->end());
        } else {
            expanded.push_back(word);
            is_value = verb.wants_value(word);
        }
    }
    return expanded;
}

std::string_view short_form(std::string_view long_option) {
    const auto same = [&](const auto& each) { return each.meaning == long_option; };
    if (const auto* found = std::ranges::find_if(options, same); found != std::end(options)) {
        return found->typed;
    }
    if (const auto* found = std::ranges::find_if(statuses, same); found != std::end(statuses)) {
        return found->typed;
    }
    return {};
}

} // namespace outrider::cli
