# Everything of the agent but its main.cpp and the file requests.
set(AGENT_SOURCES reply_channel.cpp)
