#pragma once

#include <string_view>

namespace outrider {

/// Python that downloads one address into the resource cache of a Guild home, as Guild lays it out,
/// and unpacks it there. Its arguments: the home, the address, the archive type ("zip", "tar", "gz"
/// or nothing), and the SHA-256 that is expected or nothing. It goes on where an earlier download
/// was cut off, if the server can tell that the file is the same. It prints lines of JSON:
/// `{"done": N, "total": N}` now and then (bytes; total null where the server does not say), at
/// last
/// `{"path", "name", "sha256", "cached", "unpacked", "names"}` or `{"error": TEXT}`.
[[nodiscard]] std::string_view fetch_script();

} // namespace outrider
