#!/usr/bin/env python3
"""Suggests the trials of a search by Optuna: `outrider run train -o ./optuna_search.py -m 50`.

Lines of JSON come on standard input and answers go to standard output, as the guide says; what
Optuna logs goes to standard error, and from there to the output of the batch.
"""
import json
import sys

import optuna


def distribution(dim):
    if dim["kind"] == "categorical":
        return optuna.distributions.CategoricalDistribution(dim["choices"])
    if dim["kind"] == "integer":
        return optuna.distributions.IntDistribution(int(dim["low"]), int(dim["high"]))
    return optuna.distributions.FloatDistribution(
        dim["low"], dim["high"], log=dim["kind"] == "logarithmic"
    )


study, space, asked = None, {}, {}
for line in sys.stdin:
    ((what, body),) = json.loads(line).items()
    if what == "begin":
        space = {dim["flag"]: distribution(dim) for dim in body["space"]}
        study = optuna.create_study(
            direction="maximize" if body["maximize"] else "minimize",
            sampler=optuna.samplers.TPESampler(seed=body["seed"], **body["options"]),
        )
    elif what == "ask":
        asked[body["number"]] = trial = study.ask(space)
        print(json.dumps({"flags": trial.params}), flush=True)
    elif what == "tell":
        good = body["status"] == "completed" and body["objective"] is not None
        state = optuna.trial.TrialState.COMPLETE if good else optuna.trial.TrialState.FAIL
        if body["number"] in asked:
            study.tell(asked.pop(body["number"]), body["objective"] if good else None, state)
        else:  # of an earlier life of the search
            params = {name: body["flags"][name] for name in space}
            study.add_trial(optuna.trial.create_trial(
                state=state, value=body["objective"], params=params, distributions=space))
