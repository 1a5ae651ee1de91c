// The one translation unit of Boost.JSON: the agent is static and has no library to link.
#include <boost/json/src.hpp>
