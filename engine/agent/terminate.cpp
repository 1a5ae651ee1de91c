#include <cstdlib>

// The handler of libstdc++ prints the type of an exception that nobody caught, for which it brings
// a demangler and stdio: a twentieth of the agent. Here it has a definition of ours; main catches
// what can be told.
namespace __gnu_cxx {

void __verbose_terminate_handler();
void __verbose_terminate_handler() {
    std::abort();
}

} // namespace __gnu_cxx
