//! `taffrail agent`: actions through their whole way.

use std::fs;
use std::process::ExitCode;

use kube::config::KubeConfigOptions;
use serde_json::{Value as Json, json};
use taffrail::PolicySet;
use taffrail_actions::nodes_of_documents;
use taffrail_agent::{Agent, AgentError, Builder, Ended, Event, Moment, Settings, Submission};
use taffrail_ledger::Stage;

use crate::actions;
use crate::arguments::{
    Agent as Arguments, AgentCommand, Lines, ResumeActions, RollBack, Run, Work,
};
use crate::failure::Failure;
use crate::ledger;
use crate::output::Output;
use crate::policies::Policies;

mod serve;

/// Does the agent's work; the exit code tells of the action that went worst.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        match &arguments.command {
            AgentCommand::Run(arguments) => submit(arguments, output).await,
            AgentCommand::Resume(arguments) => resume(arguments, output).await,
            AgentCommand::RollBack(arguments) => roll_back(arguments, output).await,
            AgentCommand::Serve(arguments) => serve::run(arguments, output).await,
        }
    })
}

async fn submit(arguments: &Run, output: &mut Output) -> Result<ExitCode, Failure> {
    let submissions = submissions(arguments)?;
    let form = arguments.work.output;
    let agent = builder(&arguments.work)
        .await?
        .shadow(arguments.shadow)
        .build()?;
    let mut worst = 0;
    for (file, submission) in submissions {
        let went = agent.submit(submission).await;
        worst = worst.max(tell(form, &file, went, output)?);
    }
    Ok(ExitCode::from(worst))
}

async fn resume(arguments: &ResumeActions, output: &mut Output) -> Result<ExitCode, Failure> {
    let agent = builder(&arguments.work).await?.build()?;
    let mut worst = 0;
    loop {
        for went in agent.resume().await? {
            worst = worst.max(tell(arguments.work.output, "", went, output)?);
        }
        let Some(pause) = arguments.every else {
            return Ok(ExitCode::from(worst));
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
        }
    }
}

async fn roll_back(arguments: &RollBack, output: &mut Output) -> Result<ExitCode, Failure> {
    let agent = builder(&arguments.work).await?.build()?;
    let ended = agent
        .roll_back(&arguments.id, &arguments.by, &arguments.reason)
        .await?;
    let is_done = ended.stage == Stage::RolledBack;
    let code = tell(arguments.work.output, "", Ok(ended), output)?;
    Ok(ExitCode::from(if is_done { 0 } else { code }))
}

/// Reads policies, settings and cluster.
async fn builder(arguments: &Work) -> Result<Builder, Failure> {
    let read = Policies::read(&arguments.policies, &arguments.set)?;
    // What does not compile is shown at its place.
    read.program()?;
    let policies = PolicySet::builder().build(read.sources)?;
    let form = arguments.output;
    let mut builder = Agent::builder(
        policies,
        ledger::open(&arguments.ledger)?,
        cluster(arguments).await?,
    )
    .settings(settings(arguments)?)
    .observer(move |event| show(form, event));
    if let Some(name) = &arguments.name {
        builder = builder.name(name);
    }
    Ok(builder)
}

async fn cluster(arguments: &Work) -> Result<kube::Config, Failure> {
    let lost = |error: &dyn std::fmt::Display| Failure::NoCluster(error.to_string());
    if let Some(server) = &arguments.server {
        return Ok(kube::Config::new(
            server.parse().map_err(|error| lost(&error))?,
        ));
    }
    let options = KubeConfigOptions {
        context: arguments.context.clone(),
        ..KubeConfigOptions::default()
    };
    match (&arguments.kubeconfig, &arguments.context) {
        (Some(path), _) => {
            let read = kube::config::Kubeconfig::read_from(path).map_err(|error| lost(&error))?;
            kube::Config::from_custom_kubeconfig(read, &options)
                .await
                .map_err(|error| lost(&error))
        }
        (None, Some(_)) => kube::Config::from_kubeconfig(&options)
            .await
            .map_err(|error| lost(&error)),
        (None, None) => kube::Config::infer().await.map_err(|error| lost(&error)),
    }
}

fn settings(arguments: &Work) -> Result<Settings, Failure> {
    let Some(path) = &arguments.settings else {
        return Ok(Settings::default());
    };
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| Failure::Unreadable {
        path: shown.clone(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| Failure::Settings {
        path: shown,
        reason: error.to_string().trim_end().to_owned(),
    })
}

/// Reads what is handed over, with the file that says it.
fn submissions(arguments: &Run) -> Result<Vec<(String, Submission)>, Failure> {
    let mut principal =
        json!({ "kind": arguments.kind, "id": arguments.principal, "groups": arguments.groups });
    if let (Some(tenant), Some(principal)) = (&arguments.tenant, principal.as_object_mut()) {
        principal.insert("tenant".to_owned(), tenant.as_str().into());
    }
    let mut found = Vec::new();
    for path in &arguments.actions {
        for file in actions::files(path)? {
            let name = file.display().to_string();
            for node in nodes_of_documents(&name, &actions::bytes(&file)?)? {
                let mut document = node.to_json();
                let id = document
                    .as_object_mut()
                    .and_then(|document| document.remove("id"));
                let id = match id {
                    None | Some(Json::Null) => Submission::id_of(&document, &principal),
                    Some(Json::String(id)) => id,
                    Some(other) => other.to_string(),
                };
                let submission = Submission {
                    id,
                    document,
                    principal: principal.clone(),
                };
                found.push((name.clone(), submission));
            }
        }
    }
    Ok(found)
}

/// Shows a stage that an action has come to.
#[expect(
    clippy::print_stdout,
    reason = "events are shown while the work goes on, from wherever they happen"
)]
fn show(form: Lines, event: &Event) {
    if event.moment != Moment::Recorded {
        return;
    }
    match form {
        Lines::Text => println!("{}  {}", event.action, event.stage.word()),
        Lines::Json => println!("{}", json!({ "event": event })),
    }
}

/// Shows how an action stands, and returns the exit code for it.
fn tell(
    form: Lines,
    file: &str,
    went: Result<Ended, AgentError>,
    output: &mut Output,
) -> Result<u8, Failure> {
    let ended = match went {
        Ok(ended) => ended,
        Err(error) => {
            let what = if file.is_empty() {
                String::new()
            } else {
                format!("{file}: ")
            };
            output.error(&format!("{what}{error}"));
            return Ok(1);
        }
    };
    match form {
        Lines::Json => output.plain(&format!("{}\n", json!({ "ended": ended })))?,
        Lines::Text => {
            let mut text = format!("{}  {}: {}\n", ended.id, ended.stage.word(), ended.reason);
            if let (Some(proposal), Stage::Proposed | Stage::Escalated) =
                (&ended.proposal, ended.stage)
            {
                text.push_str(&format!(
                    "  people are asked: taffrail approvals show {proposal}\n"
                ));
            }
            output.plain(&text)?;
        }
    }
    Ok(match ended.stage {
        Stage::Closed => 0,
        Stage::Proposed => 3,
        Stage::Escalated => 4,
        _ => 1,
    })
}
