rate = 0.1
epochs = 2

print("rate: %s" % rate)
for epoch in range(epochs):
    print("step: %d" % (epoch + 1))
    print("loss: %s" % (rate / (epoch + 1)))
    print("accuracy: %s (step %d)" % (1 - rate / (epoch + 1), epoch + 1))

with open("model.txt", "w") as model:
    model.write("rate %s\n" % rate)
