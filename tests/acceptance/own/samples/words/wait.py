import time

seconds = 1

print("waiting")
time.sleep(seconds)
