# Turns the Python script that reads flags of modules into a C++ source: a string literal and its
# version, a hash that names what it has read in the cache. Sets MODULE_FLAGS_SOURCE.
set(script ${CMAKE_CURRENT_LIST_DIR}/python/module_flags.py)
file(READ ${script} content)
file(MD5 ${script} version)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})

set(text "#include \"engine/project/module_flags_script.hpp\"\n\nnamespace outrider {\n\n")
string(APPEND text "std::string_view module_flags_script() {\n")
string(APPEND text "    return R\"script(" "${content}" ")script\";\n}\n\n")
string(APPEND text "std::string_view module_flags_version() {\n    return \"${version}\";\n}\n\n")
string(APPEND text "} // namespace outrider\n")

set(MODULE_FLAGS_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/module_flags_script.cpp)
set(previous "")
if(EXISTS ${MODULE_FLAGS_SOURCE})
    file(READ ${MODULE_FLAGS_SOURCE} previous)
endif()
if(NOT previous STREQUAL text)
    file(WRITE ${MODULE_FLAGS_SOURCE} "${text}")
endif()
