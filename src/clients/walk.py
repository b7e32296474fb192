"""Estimates, submits, polls and reads an experiment with the generated Python client."""
import sys
import time

import openapi_client as api

client = api.ApiClient(api.Configuration(host=sys.argv[1]))
experiments = api.ExperimentsApi(client)
request = api.ExperimentRequest(
    networks=[api.Network(api.FeedforwardNetwork(family="feedforward", width=10))],
    depths=[3, 1],
    inputs=api.Inputs(api.GridInputs(type="grid", points=20)),
    statistics=[api.Statistic.GRADIENT_MINUS_VARIANCE],
    runs=api.Runs(5),
)
cells = experiments.estimate_experiment(request).cells
experiment = experiments.submit_experiment(request)
while experiment.finished_at is None:
    time.sleep(0.1)
    experiment = experiments.get_experiment(experiment.id)
rows = len(api.ResultsApi(client).get_results(experiment.id).items)
title = api.PresetsApi(client).get_preset("figure-1").spec.name
preset = experiments.submit_experiment(
    api.ExperimentRequest(preset="figure-1", inputs=api.Inputs(api.GridInputs(type="grid", points=32)))
)
print(cells, experiment.state.value, rows, str(preset.name == title).lower())
