# The file requests of the agent.
list(APPEND AGENT_SOURCES
     beneath.cpp
     destination.cpp
     file_entry.cpp
     file_intake.cpp
     find_package.cpp
     incoming_file.cpp
     list_files.cpp
     mark_copy.cpp
     read_file.cpp
     receive_files.cpp
     recorded_process.cpp
     run_place.cpp
     send_files.cpp)
