params = {"rate": 0.1, "model": {"depth": 2, "kind": "tree"}, "secret": "x"}
print(params["rate"], params["model"]["depth"], params["model"]["kind"])
