import os

msg = "Hello"

os.mkdir("logs")
for n in (1, 2, 10):
    with open(f"logs/{n}.txt", "w") as f:
        f.write(f"{msg} {n}\n")

print(msg, "World")
