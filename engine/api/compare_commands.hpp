#pragma once

#include "engine/api/command_traits.hpp"
#include "engine/api/selection.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Commands that put what runs have yielded side by side.
namespace outrider {

/// `compare [--remote REMOTE] [RUN…]` (FORMAT-2.md 4); no RUN: all that match.
struct compare_command {
    std::string remote;
    run_selection selection;
    bool include_batch = false;
    bool table = false;             ///< `-t`: as text that is never cut
    std::optional<std::string> csv; ///< a path as typed; "-": to standard output
    std::string columns;            ///< `-c`: further ones
    std::string strict_columns;     ///< `-cc`: only these, and the run
    bool extra_columns = false;     ///< `-e`: the source code, too
    bool all_scalars = false;       ///< `-s`: those of the system, too
    bool skip_operation = false;    ///< `-p`: without the columns of operations
    bool skip_core = false;         ///< `-r`: without the core columns
    bool skip_unchanged = false;    ///< `-u`: without columns that are equal in all rows
    std::int64_t limit = 0;         ///< `-n`: rows, after sorting; 0: all
    std::string min;                ///< heading of the column to sort by, least first
    std::string max;                ///< the same, greatest first
    bool print_scalars = false;     ///< list the scalars that there are instead

    static constexpr command_traits traits{.remotes = remote_rule::together,
                                           .runs = run_source::machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(compare_command, (),
                      (remote, selection, include_batch, table, csv, columns, strict_columns,
                       extra_columns, all_scalars, skip_operation, skip_core, skip_unchanged, limit,
                       min, max, print_scalars))

/// `tensorboard [RUN…]`: runs of this machine in TensorBoard; no RUN: all that match, also those
/// that come while it runs.
struct tensorboard_command {
    run_selection selection;
    bool include_batch = false;
    std::string host;                 ///< to listen on; empty: TensorBoard's own choice
    std::int64_t port = 0;            ///< 0: one that is free
    std::int64_t refresh_seconds = 5; ///< between two looks at the runs
    bool no_open = false;             ///< `-n`: start no browser
    std::string tab;                  ///< of TensorBoard's page that is opened
    std::vector<std::string> options; ///< `-O NAME=VALUE` of TensorBoard
    std::string name_flags;           ///< flags to name runs by, with commas; empty: the label
    bool skip_images = false;
    bool skip_hparams = false;
    std::optional<std::string> export_to; ///< a path, or "-": write scalars as CSV instead
    bool test_directory = false;          ///< prepare the directory and end

    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::this_machine,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = true,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
BOOST_DESCRIBE_STRUCT(tensorboard_command, (),
                      (selection, include_batch, host, port, refresh_seconds, no_open, tab, options,
                       name_flags, skip_images, skip_hparams, export_to, test_directory))

using compare_commands = boost::mp11::mp_list<compare_command, tensorboard_command>;

} // namespace outrider
