//! Proposals, for people who must answer them.

use std::fmt::Write as _;

use taffrail_ledger::{ProposalState, Standing};
use taffrail_runtime::decision::Team;
use taffrail_runtime::text::time;

use crate::format::story::shown;

/// Returns a table of proposals.
pub(crate) fn list(found: &[Standing], state: ProposalState) -> String {
    if found.is_empty() {
        return format!("no proposal is {}\n", state.word());
    }
    let mut rows = vec![["ID", "ASKED BY", "MISSING", "EXPIRES", "WHAT"].map(str::to_owned)];
    for one in found {
        let proposal = &one.proposal;
        let what = proposal.rendering.lines().next().unwrap_or_default();
        rows.push([
            shown(&proposal.id),
            shown(&proposal.requester),
            people(&one.missing, "nobody"),
            time(proposal.expires),
            shown(what),
        ]);
    }
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Returns a proposal, whole. Each line of what will run is marked, so that none can pass for a line of ours.
pub(crate) fn proposal(found: &Standing, changes: &[String]) -> String {
    let proposal = &found.proposal;
    let mut text = format!(
        "proposal {} of action {}: {}\n",
        shown(&proposal.id),
        shown(&proposal.action),
        found.state.word()
    );
    for change in changes {
        let _ = writeln!(text, "  void because {}", shown(change));
    }
    let _ = writeln!(text, "  asked by  {}", shown(&proposal.requester));
    let _ = writeln!(text, "  expires   {}", time(proposal.expires));
    let _ = writeln!(
        text,
        "  needs     {}",
        people(&proposal.needs, "anybody but who asks")
    );
    let _ = writeln!(text, "  missing   {}", people(&found.missing, "nobody"));
    for vote in &found.votes {
        let word = if vote.agrees { "agrees" } else { "refuses" };
        let teams = if vote.teams.is_empty() {
            String::new()
        } else {
            format!(" ({})", shown(&vote.teams.join(", ")))
        };
        let reason = if vote.reason.is_empty() {
            String::new()
        } else {
            format!(": {}", shown(&vote.reason))
        };
        let _ = writeln!(text, "  {word:8}  {}{teams}{reason}", shown(&vote.person));
    }
    text.push_str("\nbound to\n");
    let _ = writeln!(text, "  action    {}", shown(&proposal.bound.action));
    let _ = writeln!(text, "  policies  {}", shown(&proposal.bound.policies));
    for (object, version) in &proposal.bound.objects {
        let _ = writeln!(text, "  {}  {}", shown(object), shown(version));
    }
    text.push_str("\nwhat will run\n");
    for line in proposal.rendering.lines() {
        let _ = writeln!(text, "  | {}", shown(line));
    }
    text
}

/// Returns what became of a vote.
pub(crate) fn voted(found: &Standing, person: &str) -> String {
    let id = shown(&found.proposal.id);
    let person = shown(person);
    match found.state {
        ProposalState::Rejected => {
            format!("{person} has refused {id}: it is rejected and will not run\n")
        }
        ProposalState::Approved => format!(
            "{person} has agreed to {id}: it is approved, and runs if nothing it is bound to has changed\n"
        ),
        ProposalState::Pending => format!(
            "{person} has agreed to {id}; still missing: {}\n",
            people(&found.missing, "nobody")
        ),
        ProposalState::Used | ProposalState::Void | ProposalState::Expired => {
            format!("{id} is {}\n", found.state.word())
        }
    }
}

/// `2 of sre, 1 of anybody`.
fn people(teams: &[Team], none: &str) -> String {
    if teams.is_empty() {
        return none.to_owned();
    }
    let one = |need: &Team| match need.team.as_str() {
        "" => format!("{} of anybody", need.count),
        team => format!("{} of {}", need.count, shown(team)),
    };
    teams.iter().map(one).collect::<Vec<_>>().join(", ")
}
