//! Estimates, submits, polls and reads an experiment with the generated Rust client.
use openapi::apis::configuration::Configuration;
use openapi::apis::{experiments_api, presets_api, results_api};
use openapi::models::{self, feedforward_network, grid_inputs, ExperimentRequest, Statistic};

fn grid(points: i32) -> Option<Box<models::Inputs>> {
    let mut grid = models::GridInputs::new(grid_inputs::Type::Grid);
    grid.points = Some(points);
    Some(Box::new(models::Inputs::Grid(Box::new(grid))))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut configuration = Configuration::new();
    configuration.base_path = std::env::args().nth(1).ok_or("The base path is missing.")?;
    let mut network = models::FeedforwardNetwork::new(feedforward_network::Family::Feedforward);
    network.width = Some(10);
    let mut request = ExperimentRequest::new();
    request.networks = Some(vec![models::Network::Feedforward(Box::new(network))]);
    request.depths = Some(Some(serde_json::json!([3, 1])));
    request.inputs = grid(20);
    request.statistics = Some(vec![Statistic::GradientVariance]);
    request.runs = Some(Box::new(models::Runs::Integer(5)));

    let cost = experiments_api::estimate_experiment(&configuration, request.clone()).await?;
    let mut experiment = experiments_api::submit_experiment(&configuration, request, None, None).await?;
    while experiment.finished_at.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        experiment = experiments_api::get_experiment(&configuration, &experiment.id, None, None).await?;
    }
    let page = results_api::get_results(&configuration, &experiment.id, None, None, None, None, None).await?;
    let title = presets_api::get_preset(&configuration, "figure-1").await?.spec.name;
    let mut figure = ExperimentRequest::new();
    figure.preset = Some(Some(models::experiment_request::Preset::Figure1));
    figure.inputs = grid(32);
    let named = experiments_api::submit_experiment(&configuration, figure, None, None).await?;
    println!("{} {} {} {}", cost.cells, experiment.state, page.items.len(), named.name == Some(title));
    Ok(())
}
