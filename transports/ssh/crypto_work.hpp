#pragma once

#include <openssl/crypto.h>

namespace outrider::ssh {

/// Stands in work for the blocking pool that calls OpenSSL, libssh's key functions included: gives
/// back what OpenSSL keeps for the thread, which may outlive OpenSSL's own cleanup at exit.
struct crypto_work {
    crypto_work() = default;
    crypto_work(const crypto_work&) = delete;
    crypto_work& operator=(const crypto_work&) = delete;
    ~crypto_work() { OPENSSL_thread_stop(); }
};

} // namespace outrider::ssh
