#pragma once

#include "engine/api/query_events.hpp"

#include <boost/describe.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <vector>

/// What a comparison of runs finds.
namespace outrider {

/// A row of a comparison.
struct run_compared {
    std::string id;
    std::string held_by; ///< the remote that holds it, where several were asked; else empty
    bool marked = false;
    std::map<std::string, boost::json::value> values; ///< by column; empty cells are left out.
                                                      ///< "nan", "inf" and "-inf" are numbers
};
BOOST_DESCRIBE_STRUCT(run_compared, (), (id, held_by, marked, values))

/// `compare`: the table, sorted and cut.
struct runs_compared {
    std::vector<std::string> columns;
    std::vector<run_compared> rows;
};
BOOST_DESCRIBE_STRUCT(runs_compared, (), (columns, rows))

/// The scalars of one run.
struct run_scalars_shown {
    std::string id;
    std::string operation;
    std::string held_by; ///< as in `run_compared`
    std::vector<scalar_summary> scalars;
};
BOOST_DESCRIBE_STRUCT(run_scalars_shown, (), (id, operation, held_by, scalars))

/// `compare --print-scalars`
struct scalars_listed {
    std::vector<run_scalars_shown> rows;
};
BOOST_DESCRIBE_STRUCT(scalars_listed, (), (rows))

} // namespace outrider
