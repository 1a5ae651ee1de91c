#pragma once

#include "engine/api/run_row.hpp"

#include <boost/describe.hpp>

#include <string>
#include <vector>

namespace outrider {

/// Filters of runs (FORMAT.md 4.2). Different filters must all hold; of the texts of one filter
/// one is enough, except that all `expressions` must hold.
struct run_filter {
    std::vector<std::string> expressions; ///< -F
    std::vector<std::string> operations;  ///< -Fo
    std::vector<std::string> labels;      ///< -Fl; "-": no label
    bool unlabeled = false;               ///< -Fu
    std::vector<std::string> tags;        ///< -Ft
    std::vector<std::string> comments;    ///< -Fc; "-": no comment
    bool marked = false;                  ///< -Fm
    bool unmarked = false;                ///< -Fn
    std::string started;                  ///< -Fs: a range of times
    std::string digest;                   ///< -Fd: start of the source code digest
    std::vector<run_state> states;        ///< -Sr, -Sc…: any of these; empty: all
    std::vector<run_state> not_states;    ///< --not-running…: none of these

    friend bool operator==(const run_filter&, const run_filter&) = default;
};
BOOST_DESCRIBE_STRUCT(run_filter, (),
                      (expressions, operations, labels, unlabeled, tags, comments, marked, unmarked,
                       started, digest, states, not_states))

/// How runs are chosen: filters first, then RUN arguments (index, range, id or prefix) within what
/// is left.
struct run_selection {
    std::vector<std::string> runs;
    run_filter filter;
};
BOOST_DESCRIBE_STRUCT(run_selection, (), (runs, filter))

} // namespace outrider
