#include "engine/agent/children/failing_start.hpp"

namespace outrider::agent {

void failing_start::ended(bool failed, int code, std::string last_line, clock::time_point now) {
    if (count_ == trials) {
        return; // it was decided
    }
    if (count_++ == 0) {
        code_ = code;
        line_ = std::move(last_line);
        alike_ = failed;
    } else {
        alike_ = alike_ && failed && code == code_ && last_line == line_;
    }
    alike_ = alike_ && now - began_ <= within;
}

std::string failing_start::text() const {
    return "Stopping batch because its first " + std::to_string(trials) +
           " trials failed in the same way (exit " + std::to_string(code_) +
           (line_.empty() ? "" : ": " + line_) + ") - use --keep-going to go on all the same";
}

} // namespace outrider::agent
