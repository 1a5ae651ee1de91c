#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// What is executed for an operation.
struct operation_words {
    std::vector<std::string> words;
    std::map<std::string, std::string> variables; ///< on top of the environment
};

/// `PYTHON -um guild.op_main …` as it is executed: by our `op_start.py`, with a PYTHONPATH that
/// names no place of the project, so that no file of the project stands in for what the interpreter
/// or `op_main` imports; `op_start` makes the promised path good. Other commands stay as they are,
/// also where `python_path` does not hold the directory of our Python files, which begins with
/// `support_prefix`.
[[nodiscard]] operation_words words_to_execute(std::vector<std::string> command,
                                               std::string_view python_path,
                                               std::string_view support_prefix);

} // namespace outrider::agent
