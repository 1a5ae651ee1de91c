#include "cli/global_options.hpp"

#include "cli/verbs/verb_options.hpp"

#include <map>

namespace outrider::cli {
namespace {

const char output[] = "Output and input";

const CLI::Option* find(const CLI::App& app, const std::string& name) {
    return app.get_option_no_throw(name);
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_min() > 0;
}

bool is_long(const std::string& word) {
    return word.starts_with("--") && word.size() > 2;
}

bool is_short(const std::string& word) {
    return word.size() > 1 && word[0] == '-' && word[1] != '-';
}

// One pass over the words after a command.
class sorter {
  public:
    sorter(std::span<const std::string> words, const CLI::App& app, const CLI::App& verb)
        : words_(words), app_(app), verb_(verb) {}

    sorted_words sort() {
        for (at_ = 0; at_ < words_.size(); ++at_) {
            const std::string& word = words_[at_];
            if (word == "--") {
                sorted_.rest.insert(sorted_.rest.end(), words_.begin() + at_, words_.end());
                break;
            }
            if (is_long(word)) {
                take_long(word);
            } else if (is_short(word)) {
                take_short(word);
            } else {
                sorted_.rest.push_back(word);
            }
        }
        return std::move(sorted_);
    }

  private:
    void take_long(const std::string& word) {
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        const auto* own = find(verb_, name);
        const auto* global = own == nullptr ? find(app_, name) : nullptr;
        auto& to = global != nullptr ? sorted_.global : sorted_.rest;
        to.push_back(word);
        const auto* option = own != nullptr ? own : global;
        if (option != nullptr && equals == std::string::npos && takes_value(*option)) {
            take_value(to);
        }
    }

    // Letters may stand together: `-qy` is a global one and one of the command.
    void take_short(const std::string& word) {
        std::string own_letters;
        for (std::size_t i = 1; i < word.size(); ++i) {
            const std::string name{'-', word[i]};
            const auto* own = find(verb_, name);
            const auto* global = own == nullptr ? find(app_, name) : nullptr;
            const auto* option = own != nullptr ? own : global;
            const bool last = i + 1 == word.size();
            if (option == nullptr || !takes_value(*option)) {
                if (global != nullptr) {
                    sorted_.global.push_back(name);
                } else {
                    own_letters += word[i];
                }
                continue;
            }
            auto& to = global != nullptr ? sorted_.global : sorted_.rest;
            if (global == nullptr) {
                to.push_back("-" + own_letters + word.substr(i));
                own_letters.clear();
            } else {
                to.push_back(word.substr(i).insert(0, "-"));
            }
            if (last) {
                take_value(to);
            }
            break;
        }
        if (!own_letters.empty()) {
            sorted_.rest.push_back("-" + own_letters);
        }
    }

    void take_value(std::vector<std::string>& to) {
        if (at_ + 1 < words_.size()) {
            to.push_back(words_[++at_]);
        }
    }

    std::span<const std::string> words_;
    const CLI::App& app_;
    const CLI::App& verb_;
    std::size_t at_ = 0;
    sorted_words sorted_;
};

} // namespace

void add_global_options(CLI::App& app, invocation& into) {
    app.add_option("-H", into.guild_home, "Guild home (default: found from here up)")
        ->option_text("PATH");
    app.add_option("-C,--cwd", into.directory, "Work in another directory")->option_text("DIR");
    app.add_flag("--no-service", into.no_service,
                 "Do it in this process, whether a service is running or not");
    app.add_option("--connections", into.connections, "Connect to so many remotes at once")
        ->check(whole_number(1))
        ->option_text("N (32)");
    app.add_flag("-q,--quiet", into.quiet, "Print results and errors only")->group(output);
    app.add_flag("-v", into.verbosity, "Log what is done; -vv: how; -vvv: SSH as well")
        ->group(output);
    app.add_flag("--debug", into.debug, "The same as -vv")->group(output);
    static const std::map<std::string, colour_choice> choices{{"auto", colour_choice::automatic},
                                                              {"always", colour_choice::always},
                                                              {"never", colour_choice::never}};
    app.add_option_function<std::string>(
           "--color,--colour",
           [&into](const std::string& typed) {
               const auto found = choices.find(typed);
               if (found == choices.end()) {
                   throw CLI::ValidationError("--color is auto, always or never, not '" + typed +
                                              "'");
               }
               into.colour = found->second;
           },
           "Colour: auto (on a terminal), always or never")
        ->option_text("WHEN")
        ->group(output);
    app.add_flag_callback(
           "--no-color,--no-colour", [&into] { into.colour = colour_choice::never; },
           "The same as --color never")
        ->group(output);
    app.add_flag("--no-input", into.no_input, "Do not read answers from standard input")
        ->group(output);
}

sorted_words sort_out_global_options(std::span<const std::string> words, const CLI::App& app,
                                     const CLI::App& verb) {
    return sorter(words, app, verb).sort();
}

} // namespace outrider::cli
