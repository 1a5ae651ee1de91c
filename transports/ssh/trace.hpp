#pragma once

namespace outrider::ssh {

/// Where the log tells everything (`-vvv`), what libssh says of its work goes there, too. Called
/// before a session is made; the first call decides.
void trace_library();

} // namespace outrider::ssh
