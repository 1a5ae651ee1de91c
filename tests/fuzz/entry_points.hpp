#pragma once

#include <string_view>
#include <vector>

namespace outrider::fuzz {

/// One parser of what is not ours: takes any bytes, and aborts where a promise does not hold.
struct entry_point {
    const char* name;
    void (*run)(std::string_view bytes);
    std::vector<std::string_view> seeds; ///< good input, to begin with
};

/// Cuts a stream into frames, whole and in pieces: both give the same.
void frames(std::string_view bytes);
/// Reads every message of the protocol: what was read is written and read again unchanged.
void messages(std::string_view bytes);
/// Reads the packets of transfers; every record that was read comes back unchanged.
void packets(std::string_view bytes);
/// known_hosts, and the verdict about a key by it.
void known_hosts(std::string_view bytes);
/// What `ssh -G` prints.
void user_config(std::string_view bytes);
/// YAML of a project, a configuration or an attribute, and back.
void yaml(std::string_view bytes);
/// The short texts of a run directory and of the command line.
void words(std::string_view bytes);

/// Event files, and the events in them.
void event_files(std::string_view bytes);
/// Patterns of output scalars over lines: the first line is the pattern.
void patterns(std::string_view bytes);

/// Commands and events as JSON: what was read is written and read again unchanged.
void api(std::string_view bytes);
/// Targets of requests, and their routes.
void targets(std::string_view bytes);
/// Answers of a service, whole and byte by byte: both give the same.
void replies(std::string_view bytes);

[[nodiscard]] const std::vector<entry_point>& entry_points();

/// Aborts with the text; a fuzzer keeps the input then.
void require(bool holds, const char* promise);

} // namespace outrider::fuzz
