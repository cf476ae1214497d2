//! A replay for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json as object};
use taffrail_tools::replay::{Cell, Recorded, Skip};

use crate::failure::Failure;
use crate::format::json::lines;

use super::{Shown, is_milder};

/// Returns what a replay came to.
pub(crate) fn json(shown: &Shown<'_>) -> Result<String, Failure> {
    let report = shown.report;
    let cells: Vec<Value> = report
        .cells
        .iter()
        .map(|((before, now), cell)| {
            object!({
                "before": before.word(),
                "now": now.word(),
                "milder": is_milder(*before, *now),
                "count": cell.count,
                "rules": cell.rules,
                "samples": samples(cell),
            })
        })
        .collect();
    let broken: Vec<Value> = report
        .broken
        .iter()
        .map(|broken| {
            object!({ "file": broken.file, "line": broken.line, "message": broken.message })
        })
        .collect();
    let decided = report.decided.iter();
    let decided: BTreeMap<_, _> = decided.map(|(what, n)| (recorded(*what), n)).collect();
    let skipped = report.skipped.iter();
    let skipped: BTreeMap<_, _> = skipped.map(|(why, n)| (skip(*why), n)).collect();
    lines(&object!({
        "lines": report.lines,
        "milder": report.n_milder(),
        "stricter": report.n_stricter(),
        "before": if shown.is_against { "policies" } else { "recorded" },
        "assumed_unused_budgets": shown.assume_unused,
        "decided": decided,
        "skipped": skipped,
        "without_object": report.without_object,
        "without_ledger": report.without_ledger,
        "cells": cells,
        "broken": { "count": report.n_broken, "first": broken },
    }))
}

fn samples(cell: &Cell) -> Vec<Value> {
    let samples = cell.samples.iter();
    samples
        .map(|sample| {
            object!({
                "file": sample.file,
                "line": sample.line,
                "action": sample.action,
                "principal": sample.principal,
                "time": sample.time,
                "reasons": sample.reasons,
            })
        })
        .collect()
}

fn recorded(what: Recorded) -> &'static str {
    match what {
        Recorded::Document => "documents",
        Recorded::Decision => "decisions",
        Recorded::Event => "events",
    }
}

fn skip(why: Skip) -> &'static str {
    match why {
        Skip::EarlierStage => "earlier_stages",
        Skip::OfCluster => "of_cluster",
        Skip::OtherPrincipal => "other_principals",
        Skip::Read => "reads",
        Skip::OtherVerb => "other_verbs",
        Skip::Failed => "failed",
        Skip::DryRun => "dry_runs",
        Skip::NoDecision => "without_decision",
    }
}
