#pragma once

/// In what commands differ for all who handle them without knowing each. Every command says it
/// beside its members, as `static constexpr command_traits traits{…}`, and nobody keeps a list of
/// commands: a new command is handled right everywhere as soon as it has said this.
namespace outrider {

/// A value that must be given: it has no default, so that leaving it out does not compile.
template <class T>
class stated {
  public:
    constexpr stated(T value) : value_(value) {}
    constexpr operator T() const { return value_; }

  private:
    T value_;
};

/// What a command does whose `remote` names several machines.
enum class remote_rule {
    none,        ///< it has no `remote`
    one,         ///< it is about one thing: refused, for which of them would it be?
    one_or_each, ///< as `one` where its `takes_one_machine()` says so, else as `each`
    each,        ///< the same on each of them
    together,    ///< one answer of all (`perform_together` in perform_anywhere.cpp)
    filter,      ///< it is performed on this machine: `remote` chooses among what is here
};

/// Where the runs are that its `selection` chooses.
enum class run_source {
    none,         ///< it has no `selection`
    machine,      ///< on the machine that `remote` names
    trash,        ///< in the trash of that machine
    this_machine, ///< here, whatever `remote` says
};

/// Which filters a client offers for its `selection`.
enum class filter_rule {
    none,
    without_status, ///< it is about runs of one status as it is
    all,
};

/// Which way it copies runs.
enum class copy_way {
    none,
    here,  ///< from remotes to this machine
    there, ///< from this machine to remotes
};

/// How its text is shown where it has several remotes.
enum class text_form {
    lines,    ///< as they come, each behind its remote's name
    document, ///< whole, below a header; equal ones together with `--group`
    labelled, ///< as they are: they name their remote and run themselves
};

/// How its results are shown as JSON.
enum class json_form {
    events,         ///< a line for each event, as it comes
    object,         ///< one object of all events
    object_of_runs, ///< the same, with what was done to each run in `runs`, also where it is none
    array,          ///< the rows of the listing
};

struct command_traits {
    stated<remote_rule> remotes;
    stated<run_source> runs;
    stated<filter_rule> filters;
    stated<copy_way> copies;
    /// It changes runs, or tells of their end: what a service remembers of them is older.
    stated<bool> outdates_memory;
    /// It starts a program that is to have the person's terminal, so no service can do it.
    stated<bool> stays_in_process;
    stated<text_form> text;
    stated<json_form> json;
};

} // namespace outrider
