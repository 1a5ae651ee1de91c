# Everything of the agent but its main.cpp; compiled natively for the tests and once per architecture.
set(AGENT_SOURCES
    beneath.cpp
    file_entry.cpp
    file_intake.cpp
    find_package.cpp
    incoming_file.cpp
    job.cpp
    list_files.cpp
    mark_copy.cpp
    read_file.cpp
    receive_files.cpp
    recorded_process.cpp
    run_place.cpp
    send_files.cpp)
