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

int main(int argc, char* argv[]) {
    return boost::unit_test::unit_test_main(&name_after_program, argc, argv);
}
