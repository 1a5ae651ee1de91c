#include "engine/filters/operation_pattern.hpp"

#include <fnmatch.h>

namespace outrider {
namespace {

/// Names are short; a longer text would let a regular expression take forever.
constexpr std::size_t longest_name = 1000; // bytes

bool same(const std::string& pattern, const std::string& text) {
    return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

} // namespace

result<operation_pattern> operation_pattern::parse(std::string_view text) {
    operation_pattern out;
    if (text.starts_with('^') || text.ends_with('$')) {
        try {
            out.regex_.emplace(std::string(text));
        } catch (const std::regex_error& error) {
            return failure(errc::bad_input,
                           "'" + std::string(text) +
                               "' is not a valid regular expression: " + error.what());
        }
        return out;
    }
    out.whole_ = std::string(text);
    if (const auto slash = text.rfind('/'); slash != text.npos) {
        out.package_ = std::string(text.substr(0, slash));
        text.remove_prefix(slash + 1);
    }
    if (const auto colon = text.find(':'); colon != text.npos) {
        out.model_ = std::string(text.substr(0, colon));
        text.remove_prefix(colon + 1);
    }
    out.op_ = std::string(text);
    return out;
}

bool operation_pattern::matches(const opref& run) const {
    if (regex_) {
        const auto text = operation_text(run);
        return text.size() <= longest_name && std::regex_search(text, *regex_);
    }
    if (!run.proto.empty()) {
        return same(whole_, operation_text(run));
    }
    // The operation of a script is a path, whose slashes part no package.
    if (same(whole_, run.op)) {
        return true;
    }
    return (!package_ || same(*package_, run.pkg_name)) && (!model_ || same(*model_, run.model)) &&
           (op_.empty() || same(op_, run.op));
}

} // namespace outrider
