#include "transports/ssh/failed_try.hpp"

namespace outrider::ssh {
namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace

bool worth_another_try(const failed_try& what) {
    if (what.at == failed_try::stage::later) {
        return false;
    }
    if (what.carrier_lost) {
        return true;
    }
    switch (what.at) {
    case failed_try::stage::connecting:
        // A server that answers others is there, and busy or just starting anew.
        return what.dropped || (what.refused && what.others_succeed);
    case failed_try::stage::greeting:
        if (contains(what.greeting, "MaxStartups")) {
            return true;
        }
        // Without a word: OpenSSH before 8.5 turns away like that. A program that ends so could
        // not connect at all, as a rule, and then often says why.
        return what.greeting.empty() && what.dropped &&
               (!what.by_program || (what.others_succeed && !what.complained));
    case failed_try::stage::key_exchange:
        return what.dropped;
    case failed_try::stage::later:
        break;
    }
    return false;
}

bool tells_of_a_drop(std::string_view text) {
    // 12 is SSH_DISCONNECT_TOO_MANY_CONNECTIONS (RFC 4253, 11.1).
    return contains(text, "Socket error: ") || contains(text, "the connection was closed") ||
           contains(text, "Received SSH_MSG_DISCONNECT: 12:");
}

} // namespace outrider::ssh
