import org.openapitools.client.ApiClient;
import org.openapitools.client.api.ExperimentsApi;
import org.openapitools.client.api.PresetsApi;
import org.openapitools.client.api.ResultsApi;
import org.openapitools.client.model.Experiment;
import org.openapitools.client.model.ExperimentRequest;
import org.openapitools.client.model.FeedforwardNetwork;
import org.openapitools.client.model.GridInputs;
import org.openapitools.client.model.Inputs;
import org.openapitools.client.model.Network;
import org.openapitools.client.model.Runs;
import org.openapitools.client.model.Statistic;

/** Estimates, submits, polls and reads an experiment with a generated Java client of any library. */
class Walk {

    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient();
        // The method has this name in every library, but only some libraries return the client.
        client.getClass().getMethod(arguments[1], String.class).invoke(client, arguments[0]);
        ExperimentsApi experiments = new ExperimentsApi(client);
        ExperimentRequest request = new ExperimentRequest()
                .addNetworksItem(new Network(new FeedforwardNetwork()
                        .family(FeedforwardNetwork.FamilyEnum.FEEDFORWARD)
                        .width(10)))
                .depths(new int[] {3, 1})
                .inputs(new Inputs(new GridInputs().type(GridInputs.TypeEnum.GRID).points(20)))
                .addStatisticsItem(Statistic.GRADIENT_VARIANCE)
                .runs(new Runs(5));
        int cells = experiments.estimateExperiment(request).getCells();
        Experiment experiment = experiments.submitExperiment(request, null, null);
        while (experiment.getFinishedAt() == null) {
            Thread.sleep(100);
            experiment = experiments.getExperiment(experiment.getId(), null, null);
        }
        int rows = new ResultsApi(client)
                .getResults(experiment.getId(), null, null, null, null, null)
                .getItems()
                .size();
        String title = new PresetsApi(client).getPreset("figure-1").getSpec().getName();
        Experiment preset = experiments.submitExperiment(
                new ExperimentRequest()
                        .preset(ExperimentRequest.PresetEnum.FIGURE_1)
                        .inputs(new Inputs(new GridInputs().type(GridInputs.TypeEnum.GRID).points(32))),
                null,
                null);
        System.out.println(cells + " " + experiment.getState() + " " + rows + " " + title.equals(preset.getName()));
        System.exit(0);
    }
}
