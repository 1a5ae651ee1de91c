// The entry of every test program: OUTRIDER_TEST_NAME is set by `outrider_test`.
#define BOOST_TEST_MODULE OUTRIDER_TEST_NAME
#include <boost/test/unit_test.hpp>
