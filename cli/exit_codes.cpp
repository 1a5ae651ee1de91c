#include "cli/exit_codes.hpp"

#include "cli/arguments.hpp"

namespace outrider::cli {

std::string exit_code_lines(const std::string& program) {
    return with_names("0    done\n"
                      "1    an error, which standard error (with --json standard output) tells\n"
                      "2    wrong usage\n"
                      "3    some of several remotes could not be reached; the others did it\n"
                      "4    a question was declined or not answered (of '{program} run': 0 and 1)\n"
                      "124  the time of '{program} wait --timeout' is up\n"
                      "130  interrupted before the work was done; interrupting a watch detaches\n"
                      "N    '{program} run' on this machine and '{program} wait': the exit code\n"
                      "     of the operation, 128 + S where the signal S ended it\n",
                      program, "");
}

} // namespace outrider::cli
