#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"
#include "engine/scalars/line_pattern.hpp"
#include "engine/scalars/line_scalars.hpp"
#include "tests/fuzz/entry_points.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace outrider::fuzz {
namespace {

std::vector<std::string> records_in(std::string_view bytes, std::size_t piece,
                                    std::uint64_t& consumed) {
    std::vector<std::string> out;
    event_records reader;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        std::string_view payload;
        auto found = reader.next(payload);
        while (found == event_records::found::record) {
            out.emplace_back(payload);
            found = reader.next(payload);
        }
        if (found == event_records::found::damaged) {
            break;
        }
    }
    consumed = reader.consumed();
    return out;
}

} // namespace

void event_files(std::string_view bytes) {
    std::uint64_t consumed = 0;
    std::uint64_t again = 0;
    const auto records = records_in(bytes, bytes.size() + 1, consumed);
    require(records == records_in(bytes, 3, again) && consumed == again,
            "records do not depend on how they are fed");
    require(consumed <= bytes.size(), "no more is consumed than there is");
    for (const auto& record : records) {
        std::ignore = read_event(record);
    }
    // A mutation seldom leaves a checksum right: the messages are tried by themselves too.
    for (const auto& point : read_event(bytes).scalars) {
        require(!point.tag.empty() && point.tag.size() <= 256, "tags are bounded");
        std::string line = read_event(scalar_event(0, point)).scalars.at(0).tag;
        require(line == point.tag, "a scalar comes back");
    }
}

void patterns(std::string_view bytes) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    const auto line = bytes.substr(std::min(end + 1, bytes.size()));
    std::ignore = match_default(line);
    const auto pattern = line_pattern::compile(bytes.substr(0, end));
    if (!pattern) {
        return;
    }
    line_pattern::match found;
    std::uint64_t steps = 5'000 * (line.size() + 1);
    if (pattern->search(line, 0, found, steps)) {
        require(found.begin <= found.end && found.end <= line.size(), "a match is in its line");
        require(found.found.size() == pattern->group_names().size(), "each group is there");
    }
    require(steps > 0, "work is bounded by the length of the line");
}

} // namespace outrider::fuzz
