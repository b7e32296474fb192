// Estimates, submits, polls and reads an experiment with the generated Go client.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	api "shatterlab.org/client"
)

func must[T any](value T, response any, err error) T {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return value
}

func main() {
	configuration := api.NewConfiguration()
	configuration.Servers = api.ServerConfigurations{{URL: os.Args[1]}}
	client := api.NewAPIClient(configuration)
	ctx := context.Background()

	network := api.NewFeedforwardNetwork("feedforward")
	network.SetWidth(10)
	grid := api.NewGridInputs("grid")
	grid.SetPoints(20)
	runs := int32(5)
	request := api.NewExperimentRequest()
	request.SetNetworks([]api.Network{api.FeedforwardNetworkAsNetwork(network)})
	request.SetDepths([]int{3, 1})
	request.SetInputs(api.GridInputsAsInputs(grid))
	request.SetStatistics([]api.Statistic{api.STATISTIC_GRADIENT_VARIANCE})
	request.SetRuns(api.Int32AsRuns(&runs))

	estimate, response, err := client.ExperimentsAPI.EstimateExperiment(ctx).ExperimentRequest(*request).Execute()
	cost := must(estimate, response, err)
	submitted, response, err := client.ExperimentsAPI.SubmitExperiment(ctx).ExperimentRequest(*request).Execute()
	experiment := must(submitted, response, err)
	for !experiment.FinishedAt.IsSet() || experiment.FinishedAt.Get() == nil {
		time.Sleep(100 * time.Millisecond)
		current, response, err := client.ExperimentsAPI.GetExperiment(ctx, experiment.Id).Execute()
		experiment = must(current, response, err)
	}
	page, response, err := client.ResultsAPI.GetResults(ctx, experiment.Id).Execute()
	rows := len(must(page, response, err).Items)
	// The client sends the default of every parameter that has one.
	theory, response, err := client.ResultsAPI.GetTheory(ctx).Family("feedforward").Depths("3").Execute()
	must(theory, response, err)
	preset, response, err := client.PresetsAPI.GetPreset(ctx, "figure-1").Execute()
	title := must(preset, response, err).Spec.GetName()
	figure := api.NewExperimentRequest()
	figure.SetPreset("figure-1")
	grid.SetPoints(32)
	figure.SetInputs(api.GridInputsAsInputs(grid))
	named, response, err := client.ExperimentsAPI.SubmitExperiment(ctx).ExperimentRequest(*figure).Execute()
	fmt.Println(cost.Cells, experiment.State, rows, *must(named, response, err).Name.Get() == title)
}
