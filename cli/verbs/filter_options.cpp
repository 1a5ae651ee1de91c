#include "cli/verbs/filter_options.hpp"

#include <CLI/App.hpp>

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <string>

namespace outrider::cli {
namespace {

constexpr const char* group = "Filters";

void add_texts(CLI::App& verb, const std::string& name, std::vector<std::string>& into,
               const std::string& what, const char* value) {
    verb.add_option(name, into, what)->allow_extra_args(false)->option_text(value)->group(group);
}

void add_text(CLI::App& verb, const std::string& name, std::string& into, const std::string& what,
              const char* value) {
    verb.add_option(name, into, what)->option_text(value)->group(group);
}

} // namespace

void add_run_filters(CLI::App& verb, run_filter& filter) {
    add_texts(verb, "-F,--filter", filter.expressions,
              "Runs for which an expression of flags, attributes and scalars holds: \"lr < 0.1 and "
              "status = completed\"",
              "EXPR");
    add_texts(verb, "--operation", filter.operations,
              "Runs of an operation ([PACKAGE/][MODEL:]OP, with * for any text; a regular "
              "expression with ^ in front or $ at its end); may be repeated",
              "VAL");
    add_texts(verb, "--label", filter.labels,
              "Runs whose label contains VAL; - for no label; may be repeated", "VAL");
    verb.add_flag("--unlabeled", filter.unlabeled, "Runs without a label")->group(group);
    add_texts(verb, "--tag", filter.tags, "Runs with a tag; may be repeated", "TAG");
    add_texts(verb, "--comment", filter.comments,
              "Runs with a comment that contains VAL; - for no comment; may be repeated", "VAL");
    verb.add_flag("--marked", filter.marked, "Marked runs")->group(group);
    verb.add_flag("--unmarked", filter.unmarked, "Runs that are not marked")->group(group);
    add_text(verb, "--started", filter.started,
             "Runs started in a range of time: 'after T', 'before T', 'between T and T', 'last [N] "
             "UNIT', "
             "'N UNIT ago', 'this UNIT', 'today', 'yesterday' or 'T'; T is [YYYY-]MM-DD, HH:MM, or "
             "both, "
             "UNIT is min, hour, day, week, month or year",
             "RANGE");
    add_text(verb, "--digest", filter.digest, "Runs whose source code digest starts with VAL",
             "VAL");
}

void add_status_filters(CLI::App& verb, run_filter& filter) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<run_state>>([&](auto each) {
        const run_state state = each.value;
        const std::string name = each.name;
        verb.add_flag_callback(
                "--" + name, [&filter, state] { filter.states.push_back(state); },
                "Runs that are " + name)
            ->group(group);
        verb.add_flag_callback(
                "--not-" + name, [&filter, state] { filter.not_states.push_back(state); },
                "Runs that are not " + name)
            ->group(group);
    });
}

} // namespace outrider::cli
