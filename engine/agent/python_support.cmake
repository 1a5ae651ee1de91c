# Turns the Python package that travels in the agent into one C++ source of string literals.
# Sets PYTHON_SUPPORT_SOURCE. New files of the package are added to this list.
set(PYTHON_SUPPORT_FILES)
foreach(file guild/__init__.py guild/op_main.py guild/op_start.py guild/pass.py guild/install_requirements.py)
    if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/python/${file})
        list(APPEND PYTHON_SUPPORT_FILES ${file})
    endif()
endforeach()

set(text "#include \"engine/agent/start/python_support.hpp\"\n\nnamespace outrider::agent {\n\n")
string(APPEND text "const std::vector<support_file>& python_support_files() {\n")
string(APPEND text "    static const std::vector<support_file> files{\n")
foreach(file ${PYTHON_SUPPORT_FILES})
    file(READ ${CMAKE_CURRENT_LIST_DIR}/python/${file} content)
    string(APPEND text "        {\"${file}\", R\"support_file(" "${content}" ")support_file\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
                                           ${CMAKE_CURRENT_LIST_DIR}/python/${file})
endforeach()
string(APPEND text "    };\n    return files;\n}\n\n} // namespace outrider::agent\n")

set(PYTHON_SUPPORT_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/python_support_files.cpp)
set(previous "")
if(EXISTS ${PYTHON_SUPPORT_SOURCE})
    file(READ ${PYTHON_SUPPORT_SOURCE} previous)
endif()
if(NOT previous STREQUAL text)
    file(WRITE ${PYTHON_SUPPORT_SOURCE} "${text}")
endif()
