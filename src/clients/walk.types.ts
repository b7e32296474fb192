// Estimates, submits, polls and reads an experiment with the types of openapi-typescript.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

declare const process: { argv: string[] };

const client = createClient<paths>({ baseUrl: process.argv[2] });
const request: components['schemas']['ExperimentRequest'] = {
  networks: [{ family: 'feedforward', width: 10 }],
  depths: [3, 1],
  inputs: { type: 'grid', from: -2, to: 2, points: 20 },
  statistics: ['gradient-variance'],
  runs: 5,
};
const cost = await client.POST('/api/v1/experiments/estimate', { body: request });
const submitted = await client.POST('/api/v1/experiments', { body: request });
let experiment: components['schemas']['Experiment'] = submitted.data!;
while (experiment.finishedAt === null) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  experiment = (await client.GET('/api/v1/experiments/{id}', { params: { path: { id: experiment.id } } })).data!;
}
const page: { data?: components['schemas']['ResultPage'] | string } = await client.GET(
  '/api/v1/experiments/{id}/results',
  { params: { path: { id: experiment.id } } },
);
if (typeof page.data !== 'object') throw new Error('The results are not JSON.');
const preset = await client.GET('/api/v1/presets/{name}', { params: { path: { name: 'figure-1' } } });
const figure = await client.POST('/api/v1/experiments', {
  body: { preset: 'figure-1', inputs: { type: 'grid', from: -2, to: 2, points: 32 } },
});
console.log(cost.data!.cells, experiment.state, page.data.items.length, figure.data!.name === preset.data!.spec.name);
