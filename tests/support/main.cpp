// The entry of every test program; its suite takes the program's name.
#include <boost/test/unit_test.hpp>

#include <filesystem>

namespace {

bool name_after_program() {
    auto& suite = boost::unit_test::framework::master_test_suite();
    suite.p_name.value = std::filesystem::path(suite.argv[0]).filename().string();
    return true;
}

} // namespace

// Read by the leak check of the address sanitizer, where a test is built with it. A thread that is
// the first of a process to use OpenSSL never frees its queue of errors.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() { // NOLINT(bugprone-reserved-identifier)
    return "leak:CRYPTO_zalloc\n";
}

int main(int argc, char* argv[]) {
    return boost::unit_test::unit_test_main(&name_after_program, argc, argv);
}
