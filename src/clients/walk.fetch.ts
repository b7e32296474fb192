// Estimates, submits, polls and reads an experiment with the client of typescript-fetch.
import { Configuration, ExperimentsApi, PresetsApi, ResultsApi, type ExperimentRequest } from './client/index.js';

declare const process: { argv: string[] };

const configuration = new Configuration({ basePath: process.argv[2] });
const experiments = new ExperimentsApi(configuration);
const request: ExperimentRequest = {
  networks: [{ family: 'feedforward', width: 10 }],
  depths: [3, 1],
  inputs: { type: 'grid', points: 20 },
  statistics: ['gradient-variance'],
  runs: 5,
};
const cost = await experiments.estimateExperiment({ experimentRequest: request });
let experiment = await experiments.submitExperiment({ experimentRequest: request });
while (experiment.finishedAt === null) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  experiment = await experiments.getExperiment({ id: experiment.id });
}
const page = await new ResultsApi(configuration).getResults({ id: experiment.id });
const title = (await new PresetsApi(configuration).getPreset({ name: 'figure-1' })).spec.name;
const preset = await experiments.submitExperiment({
  experimentRequest: { preset: 'figure-1', inputs: { type: 'grid', points: 32 } },
});
console.log(cost.cells, experiment.state, page.items.length, preset.name === title);
