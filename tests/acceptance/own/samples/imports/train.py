import argparse

LAYERS = [32, 16]

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-3, help="Learning rate")
parser.add_argument("--batch-size", type=int, default=2 ** 5)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--layers", type=int, nargs="+", default=LAYERS)
parser.add_argument("--opt", choices=["sgd", "adam"], default="sgd", help="Replaced")
parser.add_argument("--fast", action="store_true", help="Skip checks")
args = parser.parse_args()

for name in sorted(vars(args)):
    print(name, repr(getattr(args, name)))
