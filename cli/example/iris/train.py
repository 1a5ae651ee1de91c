"""Trains a softmax classifier on Fisher's iris data (1936, public domain) by gradient descent."""
import argparse
import csv
import json
import math
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))


def read_data():
    """Returns rows of four features scaled to mean 0 and deviation 1, and their classes."""
    with open(os.path.join(HERE, "iris.csv"), newline="") as f:
        lines = list(csv.reader(f))
    names = lines[0][2:]
    rows = [[float(x) for x in line[:-1]] for line in lines[1:]]
    classes = [int(line[-1]) for line in lines[1:]]
    for column in range(len(rows[0])):
        values = [row[column] for row in rows]
        mean = sum(values) / len(values)
        deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
        for row in rows:
            row[column] = (row[column] - mean) / deviation
    return names, rows, classes


def probabilities(weights, row):
    scores = [w[-1] + sum(a * b for a, b in zip(w, row)) for w in weights]
    top = max(scores)
    exps = [math.exp(s - top) for s in scores]
    return [e / sum(exps) for e in exps]


def accuracy(weights, rows, classes):
    right = 0
    for row, wanted in zip(rows, classes):
        p = probabilities(weights, row)
        right += p.index(max(p)) == wanted
    return right / len(rows)


def train_epoch(weights, rows, classes, learning_rate):
    """One pass of full-batch gradient descent; returns the mean loss before it."""
    loss = 0.0
    gradient = [[0.0] * len(w) for w in weights]
    for row, wanted in zip(rows, classes):
        p = probabilities(weights, row)
        loss -= math.log(p[wanted])
        for k, g in enumerate(gradient):
            error = p[k] - (k == wanted)
            for i, x in enumerate(row + [1.0]):
                g[i] += error * x
    for w, g in zip(weights, gradient):
        for i in range(len(w)):
            w[i] -= learning_rate * g[i] / len(rows)
    return loss / len(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--learning_rate", type=float, default=0.1)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--init", choices=["zero", "random"], default="zero")
    args = parser.parse_args()

    names, rows, classes = read_data()
    order = list(range(len(rows)))
    random.Random(0).shuffle(order)
    held_out, kept = order[:30], order[30:]
    train = [rows[i] for i in kept], [classes[i] for i in kept]
    test = [rows[i] for i in held_out], [classes[i] for i in held_out]

    start = (lambda: random.gauss(0, 0.1)) if args.init == "random" else (lambda: 0.0)
    weights = [[start() for _ in range(len(rows[0]) + 1)] for _ in names]
    for epoch in range(1, args.epochs + 1):
        loss = train_epoch(weights, *train, args.learning_rate)
        if epoch % max(1, args.epochs // 10) == 0:
            print("epoch %3d  loss %.4f  test accuracy %.3f"
                  % (epoch, loss, accuracy(weights, *test)))
    with open("model.json", "w") as f:
        json.dump({"classes": names, "weights": weights}, f, indent=1)
    print("wrote model.json")


if __name__ == "__main__":
    main()
