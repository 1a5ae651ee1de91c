#pragma once

#include <string>
#include <string_view>

namespace outrider::ssh {

/// How far a try to connect came, and what ended it.
struct failed_try {
    enum class stage {
        connecting,   ///< no connection to the server yet
        greeting,     ///< connected, but the server has not shown that it speaks SSH
        key_exchange, ///< the server speaks SSH; the connection is not secure yet
        later,        ///< host key, login: never tried again
    };
    stage at = stage::connecting;
    bool refused = false;        ///< the machine says that nobody listens there
    bool dropped = false;        ///< the far end closed or reset the connection
    bool by_program = false;     ///< a program (ProxyCommand) carries the connection
    bool complained = false;     ///< that program, on its standard error
    bool carrier_lost = false;   ///< the jump host's session, shared with others, broke
    bool others_succeed = false; ///< connections to the same server, at this time
    std::string greeting;        ///< the first line of the server, as far as it came
};

/// Whether the same try may succeed a moment later: a server that is busy (MaxStartups) turns
/// connections away before the key exchange is done. What is wrong for good fails at once: nobody
/// listens, another protocol is spoken, the proxy cannot connect, the server bans us.
[[nodiscard]] bool worth_another_try(const failed_try& what);

/// Whether libssh's text of a failed key exchange says that the far end went, as opposed to an
/// error that would come again.
[[nodiscard]] bool tells_of_a_drop(std::string_view text);

} // namespace outrider::ssh
