"""Reads a message, prints it, and leaves it in the run."""

file = "hello.txt"

with open(file) as message:
    text = message.read()
print("Reading message from %s" % file)
print(text.strip())
if file != "msg.out":
    with open("msg.out", "w") as out:
        out.write(text)
