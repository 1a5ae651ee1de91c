// What a project says that pip has to bring.
#include "engine/project/project_requirements.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using requirement_lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(project_requirements_)

BOOST_AUTO_TEST_CASE(lines_of_a_requirements_file) {
    testing::temporary_directory at;
    at.write("more/base.txt", "numpy>=1.20 # arrays\n-r deeper.txt\n");
    at.write("more/deeper.txt", "six\n");
    at.write("limits.txt", "numpy<2\n");
    at.write("requirements.txt", "\xEF\xBB\xBF# all of it\r\n"
                                 "-r more/base.txt\n"
                                 "--requirement=more/deeper.txt\n"
                                 "-c limits.txt\n"
                                 "--constraint https://h/c.txt\n"
                                 "pandas[excel] ; python_version >= \"3.8\"\n"
                                 "torch==2.1 \\\n  --hash=sha256:ab\n"
                                 "a @ https://u:p@h/a.whl#sha256=cd\n"
                                 "-e git+https://h/x.git#egg=x\n"
                                 "-e .\n"
                                 "./wheels/b.whl\n"
                                 "c @ file:///c\n"
                                 "d.whl\n"
                                 "../lib\n"
                                 "--find-links wheels\n"
                                 "-f /srv/wheels\n"
                                 "--extra-index-url https://h/simple\n"
                                 "last");
    const auto read = read_requirements_of(nullptr, at.path());
    BOOST_REQUIRE_MESSAGE(read.has_value(), read.error().context);
    const requirement_lines expected = {"numpy>=1.20",
                                        "six",
                                        "six",
                                        "--constraint https://h/c.txt",
                                        "pandas[excel] ; python_version >= \"3.8\"",
                                        "torch==2.1   --hash=sha256:ab",
                                        "a @ https://u:p@h/a.whl#sha256=cd",
                                        "git+https://h/x.git#egg=x",
                                        "-f /srv/wheels",
                                        "--extra-index-url https://h/simple",
                                        "last"};
    BOOST_TEST(read->lines == expected, boost::test_tools::per_element());
    BOOST_TEST(read->constraints == requirement_lines{"numpy<2"}, boost::test_tools::per_element());
    BOOST_REQUIRE(read->notes.size() == 6);
    BOOST_TEST(read->notes.front() == "'-e .' of the requirements names files of this machine and "
                                      "is not installed");
}

BOOST_AUTO_TEST_CASE(a_package_says_it_instead) {
    testing::temporary_directory at;
    at.write("requirements.txt", "six\n");
    guild_file file;
    BOOST_TEST(read_requirements_of(&file, at.path())->lines == requirement_lines{"six"},
               boost::test_tools::per_element());
    file.package_requires = {"numpy", "pandas>=2"};
    BOOST_TEST(read_requirements_of(&file, at.path())->lines == file.package_requires,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_required_where_nothing_is_named) {
    testing::temporary_directory at;
    BOOST_TEST(read_requirements_of(nullptr, at.path())->lines.empty());
    at.write("requirements.txt", "# none\n\n--index-url https://h/simple\n");
    BOOST_TEST(read_requirements_of(nullptr, at.path())->lines.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named) {
    testing::temporary_directory at;
    at.write("requirements.txt", "-r none.txt\n");
    const auto read = read_requirements_of(nullptr, at.path());
    BOOST_REQUIRE(!read);
    BOOST_TEST(read.error().context.find("none.txt") != std::string::npos);
    at.write("requirements.txt", "-r requirements.txt\n");
    BOOST_TEST(!read_requirements_of(nullptr, at.path()));
}

BOOST_AUTO_TEST_SUITE_END()
