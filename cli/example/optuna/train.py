import math

x = 1.0
rate = 0.1

print("loss: %f" % ((x - 2) ** 2 + abs(math.log10(rate) + 2)))
