//! `taffrail mcp`: the copilot as a server of tools for assistants.

use std::process::ExitCode;
use std::sync::Arc;

use taffrail::PolicySet;
use taffrail_copilot::mcp::{Server, serve_http, serve_stdio};
use taffrail_ledger::Voter;

use crate::actions;
use crate::arguments::Mcp;
use crate::command_line;
use crate::failure::Failure;
use crate::ledger;
use crate::output::Output;
use crate::policies::Policies;

/// Serves until the client goes, or until it is stopped. Standard output carries the protocol and nothing else.
pub(crate) fn run(arguments: &Mcp, output: &mut Output) -> Result<ExitCode, Failure> {
    let server = server(arguments)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let Some(address) = arguments.listen else {
            serve_stdio(server).await?;
            return Ok(());
        };
        let listener = tokio::net::TcpListener::bind(address).await?;
        output.aside(&format!(
            "listening on http://{}/mcp\n",
            listener.local_addr()?
        ));
        tokio::select! {
            served = serve_http(server, listener, arguments.hosts.clone()) => Ok(served?),
            _ = tokio::signal::ctrl_c() => Ok::<(), Failure>(()),
        }
    })?;
    // A thread may still wait for standard input, which nobody closes.
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

fn server(arguments: &Mcp) -> Result<Server, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    // Says what is wrong as every command does.
    policies.program()?;
    let texts = policies.sources.table.iter();
    let texts = texts
        .map(|(_, source)| (source.name.clone(), source.text.clone()))
        .collect();
    let policies = PolicySet::builder().build(policies.sources)?;
    let mut server = Server::builder(policies, texts);
    if let Some(address) = &arguments.ledger {
        server = server.ledger(Arc::new(ledger::existing(address)?));
    }
    if let Some(name) = &arguments.name {
        server = server.person(Voter {
            person: name.clone(),
            teams: arguments.teams.clone(),
        });
    }
    if let Some(path) = &arguments.facts {
        // Says now what is wrong with it, not with the first call.
        command_line::base(Some(path))?;
        server = server.facts(actions::bytes(path)?);
    }
    Ok(server.build()?)
}
