#include "cli/verbs/verb_options.hpp"

#include "cli/arguments.hpp"
#include "cli/verbs/filter_options.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace outrider::cli {

verb_app* add_verb(CLI::App& parent, const std::string& name, const verb_help& text,
                   const invocation& into) {
    std::string description = text.summary;
    if (!text.details.empty()) {
        description += "\n\n" + text.details;
    }
    auto made =
        std::make_shared<verb_app>(with_names(description, into.program, name), name, parent);
    auto* verb = made.get();
    parent.add_subcommand(std::move(made));
    verb->group("Commands");
    std::string examples = "Examples:";
    for (std::size_t at = 0; at < text.examples.size();) {
        const auto end = std::min(text.examples.find('\n', at), text.examples.size());
        examples += "\n  " + text.examples.substr(at, end - at);
        at = end + 1;
    }
    verb->footer(with_names(examples, into.program, name));
    return verb;
}

void add_remote_option(CLI::App& verb, std::string& remote, const std::string& what) {
    take_remotes(*verb.add_option("-r,--remote", remote, what))->option_text("REMOTE");
}

CLI::Option* take_remotes(CLI::Option& option) {
    // Repeated, it is a list.
    return option.delimiter(',')->multi_option_policy(CLI::MultiOptionPolicy::Join);
}

void add_group_option(CLI::App& verb, invocation& into) {
    verb.add_flag("--group", into.group, "Show equal outputs of several remotes together");
}

void add_yes_option(CLI::App& verb, invocation& into) {
    verb.add_flag("-y,--yes", into.assume_yes, "Do not ask before going on");
}

void add_json_option(CLI::App& verb, invocation& into) {
    verb.add_flag("--json", into.json, "Print the results as JSON");
}

void add_dry_run_option(CLI::App& verb, bool& dry_run) {
    verb.add_flag("--dry-run", dry_run, "Only show what would be copied");
}

namespace {

void add_filters(verb_app& verb, run_selection& selection) {
    const filter_rule rule = verb.traits->filters;
    if (rule != filter_rule::none) {
        add_run_filters(verb, selection.filter);
    }
    if (rule == filter_rule::all) {
        add_status_filters(verb, selection.filter);
    }
}

} // namespace

void add_runs_argument(verb_app& verb, run_selection& selection, const std::string& what) {
    verb.add_option("RUN", selection.runs, what)->option_text("[RUN...]");
    add_filters(verb, selection);
}

void add_run_argument(verb_app& verb, run_selection& selection, const std::string& what) {
    verb.add_option("RUN", selection.runs, what)->expected(0, 1)->option_text("[RUN]");
    add_filters(verb, selection);
}

void check_exclusive(const CLI::App& verb, std::initializer_list<const char*> names) {
    const char* first = nullptr;
    for (const char* name : names) {
        if (verb.count(name) == 0) {
            continue;
        }
        if (first != nullptr) {
            throw contradiction(std::string(first) + " and " + name + " cannot both be specified");
        }
        first = name;
    }
}

void check_one_given(const CLI::App& verb, std::initializer_list<const char*> names) {
    std::string all;
    for (const char* name : names) {
        if (verb.count(name) > 0) {
            return;
        }
        all += (all.empty() ? "" : ", ") + std::string(name);
    }
    throw contradiction("missing one of: " + all);
}

CLI::Validator whole_number(std::int64_t least) {
    constexpr std::int64_t most = 1'000'000'000;
    const auto check = [least](const std::string& text) -> std::string {
        std::int64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && at == end && value >= least && value <= most) {
            return {};
        }
        return "'" + text + "' is not a whole number from " + std::to_string(least);
    };
    return {check, ""};
}

} // namespace outrider::cli
