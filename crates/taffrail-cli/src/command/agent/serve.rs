//! `taffrail agent serve`: actions and answers of people over HTTP.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;
use taffrail_agent::http::{Person, router_of_agent};

use super::{builder, tell};
use crate::arguments::Serve;
use crate::failure::Failure;
use crate::output::Output;

/// A file of who may call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    people: Vec<Person>,
}

/// Serves until it is stopped; what is not finished then is taken up by the next one.
pub(super) async fn run(arguments: &Serve, output: &mut Output) -> Result<ExitCode, Failure> {
    let people = people(&arguments.tokens)?;
    let agent = builder(&arguments.work).await?.build()?;
    let service = router_of_agent(agent.clone(), &people).map_err(|error| Failure::Settings {
        path: arguments.tokens.display().to_string(),
        reason: error.to_string(),
    })?;
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    output.aside(&format!("listening on http://{}\n", listener.local_addr()?));
    let served = axum::serve(listener, service);
    let looked = async {
        loop {
            for went in agent.resume().await? {
                tell(arguments.work.output, "", went, output)?;
            }
            tokio::time::sleep(arguments.every).await;
        }
    };
    tokio::select! {
        ended = async { served.await } => ended.map_err(Failure::from).map(|()| ExitCode::SUCCESS),
        ended = looked => ended,
        _ = tokio::signal::ctrl_c() => Ok(ExitCode::SUCCESS),
    }
}

fn people(path: &Path) -> Result<Vec<Person>, Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| Failure::Unreadable {
        path: shown.clone(),
        source,
    })?;
    let tokens: Tokens = toml::from_str(&text).map_err(|error| Failure::Settings {
        path: shown,
        reason: error.to_string().trim_end().to_owned(),
    })?;
    Ok(tokens.people)
}
