rate = 0.1
count = 1
name = "a b"
print(repr((rate, count, name)))
