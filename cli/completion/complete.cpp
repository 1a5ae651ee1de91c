#include "cli/completion/complete.hpp"

#include "cli/command_tree.hpp"

#include <algorithm>
#include <optional>

namespace outrider::cli {
namespace {

using candidates = std::vector<completion_candidate>;

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

// The words after a command's name, up to the one that is typed.
struct typed_words {
    std::vector<std::string> positional;
    std::string remote;
    bool deleted = false;         ///< --deleted
    bool only_positional = false; ///< after `--`
    std::string open_option;      ///< whose value is being typed, or empty
};

typed_words read_words(const CLI::App& app, const CLI::App& verb,
                       const std::vector<std::string>& words) {
    typed_words read;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (read.only_positional || word.size() < 2 || word.front() != '-') {
            read.positional.push_back(word);
        } else if (word == "--") {
            read.only_positional = true;
        } else if (wants_value(verb, word) || wants_value(app, word)) {
            if (i + 1 == words.size()) {
                read.open_option = word;
            } else if (word == "-r" || word == "--remote") {
                read.remote = words[i + 1];
            }
            ++i;
        } else if (word.starts_with("--remote=")) {
            read.remote = word.substr(word.find('=') + 1);
        } else if (word == "-d" || word == "--deleted") {
            read.deleted = true;
        }
    }
    return read;
}

// Answers for one command line.
class completer {
  public:
    completer(CLI::App& app, const invocation& at, const word_source& source)
        : app_(app), at_(at), source_(source) {}

    offer answer(std::vector<std::string> words) {
        const std::string last = words.empty() ? "" : words.back();
        if (!words.empty()) {
            words.pop_back();
        }
        const std::size_t typed = words.size();
        const auto place = find_verb(app_, words);
        verb_ = place.verb;
        // `runs` names its list, but another command may still follow.
        const bool group_only = words.size() > typed && place.end == words.size();
        std::vector<std::string> tail(words.begin() + place.end, words.end());
        if (verb_ == &app_) {
            tail = words;
        }
        tail = expand_short_options(tail, short_options_of(*verb_));
        read_ = read_words(app_, *verb_, tail);
        complete_word(last);
        if (group_only && !last.starts_with('-')) {
            add_commands_of(*verb_->get_parent(), last);
        }
        std::erase_if(made_.words, [&](const auto& each) { return !each.text.starts_with(last); });
        return std::move(made_);
    }

  private:
    void complete_word(const std::string& last) {
        const auto equals = last.find('=');
        if (!read_.open_option.empty()) {
            complete_value(read_.open_option, "", last);
        } else if (!read_.only_positional && last.starts_with("--") && equals != last.npos) {
            complete_value(last.substr(0, equals), last.substr(0, equals + 1),
                           last.substr(equals + 1));
        } else if (!read_.only_positional && last.starts_with('-')) {
            add_options_of(*verb_);
            if (verb_ != &app_) {
                add_options_of(app_);
            }
        } else if (!verb_->get_subcommands({}).empty()) {
            // Where a word stands already, it names no command.
            if (read_.positional.empty()) {
                add_commands_of(*verb_, last);
            }
        } else {
            complete_positional(last);
        }
    }

    void add_options_of(const CLI::App& app) {
        for (const CLI::Option* option : app.get_options()) {
            if (option->get_group().empty() || option->get_positional()) {
                continue;
            }
            const auto& names = option->get_lnames();
            const auto name =
                names.empty() ? "-" + option->get_snames().front() : "--" + names.front();
            const bool known = std::ranges::any_of(
                made_.words, [&](const auto& each) { return each.text == name; });
            if (!known) {
                made_.words.push_back({name, first_line(option->get_description())});
            }
        }
    }

    void add_commands_of(const CLI::App& app, const std::string& start) {
        for (const CLI::App* verb : app.get_subcommands({})) {
            if (verb->get_group().empty() || !verb->get_name().starts_with(start)) {
                continue;
            }
            made_.words.push_back({verb->get_name(), first_line(verb->get_description())});
        }
    }

    void complete_value(const std::string& name, const std::string& before,
                        const std::string& start) {
        const CLI::Option* option = verb_->get_option_no_throw(name);
        if (option == nullptr) {
            option = app_.get_option_no_throw(name);
        }
        if (option == nullptr) {
            return;
        }
        const auto is = [&](const char* long_name) { return option->check_lname(long_name); };
        if (is("remote")) {
            ask_remotes(start, before);
        } else if (is("start") || is("restart") || is("proto")) {
            ask({.kind = completion_kind::runs, .start = start, .remote = read_.remote}, before);
        } else if (is("operation")) {
            ask({.kind = completion_kind::operations, .start = start}, before);
        } else if (is("color")) {
            add({"auto", "always", "never"}, before);
        } else if (is("shell")) {
            add({"bash", "zsh", "fish"}, before);
        } else {
            const auto text = option->get_option_text();
            made_.files =
                text.starts_with("PATH") || text.starts_with("DIR") || text.starts_with("FILE");
        }
    }

    void complete_positional(const std::string& last) {
        const auto slot = positional_slot(read_.positional.size());
        if (slot == "OPERATION") {
            complete_operation(last);
        } else if (slot == "REMOTE") {
            ask_remotes(last, "");
        } else if (slot == "RUN") {
            ask(runs_of(*traits_of(*verb_), last), "");
        } else if (slot == "COMMAND") {
            if (const auto* found = find_command(app_, read_.positional)) {
                add_commands_of(*found, last);
            }
        }
    }

    // The runs that a RUN argument may name.
    completion_query runs_of(const command_traits& traits, const std::string& start) const {
        completion_query query{.kind = completion_kind::runs, .start = start};
        query.deleted = traits.runs == run_source::trash || (read_.deleted && takes_deleted());
        if (traits.runs != run_source::this_machine) {
            query.remote = positional_slot(0) == "REMOTE" ? read_.positional.front() : read_.remote;
        }
        return query;
    }

    bool takes_deleted() const { return verb_->get_option_no_throw("--deleted") != nullptr; }

    // The name of the positional argument that the word of this number is, or nothing.
    std::string positional_slot(std::size_t at) const {
        for (const CLI::Option* option : verb_->get_options()) {
            if (!option->get_positional()) {
                continue;
            }
            const auto most = static_cast<std::size_t>(option->get_items_expected_max());
            if (at < most) {
                return option->get_name(true);
            }
            at -= most;
        }
        return {};
    }

    // The operation comes first, unless a flag does; then flags.
    void complete_operation(const std::string& last) {
        const auto& words = read_.positional;
        std::string operation;
        if (!words.empty() && words.front().find('=') == std::string::npos) {
            operation = words.front();
        }
        if (const auto equals = last.find('='); equals != last.npos) {
            ask({.kind = completion_kind::flag_values,
                 .start = last.substr(equals + 1),
                 .operation = operation,
                 .flag = last.substr(0, equals)},
                last.substr(0, equals + 1));
            made_.files = made_.words.empty();
            return;
        }
        if (words.empty()) {
            ask({.kind = completion_kind::operations, .start = last}, "");
        }
        ask({.kind = completion_kind::flags, .start = last, .operation = operation}, "");
        std::erase_if(made_.words, [&](const auto& each) {
            return each.text.ends_with('=') && std::ranges::any_of(words, [&](const auto& word) {
                       return word.starts_with(each.text);
                   });
        });
    }

    // The last name of a list is typed.
    void ask_remotes(const std::string& start, const std::string& before) {
        const auto list = start.substr(0, start.rfind(',') + 1); // of none: nothing
        ask({.kind = completion_kind::remotes, .start = start.substr(list.size())}, before + list);
    }

    void ask(const completion_query& query, const std::string& before) {
        for (auto& found : source_(at_, query)) {
            made_.words.push_back({before + found.text, std::move(found.description)});
        }
    }

    void add(std::initializer_list<const char*> texts, const std::string& before) {
        for (const char* text : texts) {
            made_.words.push_back({before + text, ""});
        }
    }

    CLI::App& app_;
    const invocation& at_;
    const word_source& source_;
    CLI::App* verb_ = nullptr;
    typed_words read_;
    offer made_;
};

// -C and -H, wherever they stand: they change what there is to offer.
void read_places(const std::vector<std::string>& words, invocation& at) {
    for (std::size_t i = 0; i + 2 < words.size(); ++i) {
        if (words[i] == "-H") {
            at.guild_home = words[i + 1];
        } else if (words[i] == "-C" || words[i] == "--cwd") {
            at.directory = words[i + 1];
        }
    }
}

} // namespace

offer complete(const std::string& program, const std::vector<std::string>& words,
               const word_source& source) {
    invocation at{.program = program};
    CLI::App app(program_description, program);
    add_commands(app, at);
    read_places(words, at);
    return completer(app, at, source).answer(words);
}

} // namespace outrider::cli
