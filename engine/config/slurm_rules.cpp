#include "engine/config/slurm_rules.hpp"

#include <string_view>

namespace outrider {

std::string sbatch_directive(std::string line) {
    constexpr std::string_view blanks = " \t\r";
    constexpr std::string_view mark = "#SBATCH";
    const auto trim = [&](std::string& text) {
        text.erase(0, text.find_first_not_of(blanks));
        text.erase(text.find_last_not_of(blanks) + 1);
    };
    trim(line);
    if (line.starts_with(mark)) {
        line.erase(0, mark.size());
        trim(line);
    }
    return line;
}

} // namespace outrider
