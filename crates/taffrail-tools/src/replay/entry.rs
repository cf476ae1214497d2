//! One entry of a log: what it is, and what is decided on it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use taffrail_actions::audit_event::{AuditEvent, Line, read_line};
use taffrail_actions::{Action, ActionError, Defaults, read_documents, read_needed};
use taffrail_runtime::decision::Verdict;
use taffrail_runtime::glob::like;
use taffrail_runtime::request::Request;
use taffrail_runtime::{Program, Value};

use super::chunk::Framing;
use super::tally::{Before, Recorded, ReplayReport, Sample, Skip};
use super::{Policies, Replay};
use crate::judge::{Judged, RecordedReport, Why, above, because, missing, objections, released};

/// What is wrong with an entry, and at which of its own lines, from 0.
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) message: String,
}

impl From<ActionError> for Fault {
    fn from(error: ActionError) -> Self {
        let hint = error.problem.hint().map(|hint| format!(" ({hint})"));
        Self {
            line: u64::from(error.place.0.saturating_sub(1)),
            message: format!("{}{}", error.problem, hint.unwrap_or_default()),
        }
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self { line: 0, message }
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'f> {
    pub(super) file: &'f str,
    /// From 1, in its chunk.
    pub(super) line: u64,
}

/// What is known of an action from its log.
struct Known<'k> {
    recorded: Recorded,
    /// The decision of then.
    report: Option<RecordedReport>,
    /// What it was, as an event.
    event: Option<&'k AuditEvent<'k>>,
}

impl Replay<'_> {
    /// Decides what an entry holds.
    pub(super) fn entry(
        &self,
        tally: &mut ReplayReport,
        framing: Framing,
        at: At<'_>,
        bytes: &[u8],
    ) -> Result<(), Fault> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let offset = error.valid_up_to();
            format!("byte {offset} of the line is not UTF-8")
        })?;
        match framing {
            Framing::Lines | Framing::Pretty => self.json(tally, at, text),
            Framing::Yaml => self.yaml(tally, at, text),
        }
    }

    fn json(&self, tally: &mut ReplayReport, at: At<'_>, text: &str) -> Result<(), Fault> {
        match read_line(text) {
            Ok(Line::Event(event)) => self.event(tally, at, &event),
            Ok(Line::Events(events)) => {
                let mut first = Ok(());
                for (number, event) in events.iter().enumerate() {
                    let read = self.item(tally, at, event.get());
                    let of_list = |fault: Fault| {
                        Fault::from(format!("item {number} of the list: {}", fault.message))
                    };
                    first = first.and(read.map_err(of_list));
                }
                first
            }
            Ok(Line::Record { action, decision }) => self.record(tally, at, action, decision),
            Ok(Line::Document) => self.document(tally, at, text, None),
            Err(error) if error.is_data() && text.contains("\"audit.k8s.io/") => {
                let column = error.column();
                Err(
                    format!("a part of this event is of the wrong type, before column {column}")
                        .into(),
                )
            }
            // The reader of documents says best what is wrong.
            Err(_) => self.document(tally, at, text, None),
        }
    }

    /// Decides an event of a list.
    fn item(&self, tally: &mut ReplayReport, at: At<'_>, text: &str) -> Result<(), Fault> {
        match read_line(text) {
            Ok(Line::Event(event)) => self.event(tally, at, &event),
            Ok(Line::Events(_) | Line::Record { .. } | Line::Document) => {
                Err("this is no event".to_owned().into())
            }
            Err(_) => Err("a part of it is of the wrong type".to_owned().into()),
        }
    }

    fn yaml(&self, tally: &mut ReplayReport, at: At<'_>, text: &str) -> Result<(), Fault> {
        let is_empty = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if text.lines().all(is_empty) {
            return Ok(());
        }
        let actions = read_documents("log.yaml", text.as_bytes(), &Defaults::default())?;
        for action in actions {
            let known = Known {
                recorded: Recorded::Document,
                report: None,
                event: None,
            };
            if let Some(skip) = self.filter.skip_action(action.requests()) {
                tally.skip(skip);
                continue;
            }
            let both = self.for_both(|_| Ok(action.clone()))?;
            self.weigh(tally, at, &known, both);
        }
        Ok(())
    }

    fn record(
        &self,
        tally: &mut ReplayReport,
        at: At<'_>,
        action: &str,
        decision: Option<&str>,
    ) -> Result<(), Fault> {
        let Some(decision) = decision else {
            tally.skip(Skip::NoDecision);
            return Ok(());
        };
        let report = serde_json::from_str(decision)
            .map_err(|_| "the `decision` of this record is no report of a decision".to_owned())?;
        self.document(tally, at, action, Some(report))
    }

    fn document(
        &self,
        tally: &mut ReplayReport,
        at: At<'_>,
        text: &str,
        report: Option<RecordedReport>,
    ) -> Result<(), Fault> {
        let known = Known {
            recorded: match &report {
                Some(_) => Recorded::Decision,
                None => Recorded::Document,
            },
            report,
            event: None,
        };
        let read = |program: &Program| read_needed(program, text.as_bytes(), &Defaults::default());
        let both = self.for_both(read)?;
        if let Some(skip) = self.filter.skip_action(both.0.requests()) {
            tally.skip(skip);
            return Ok(());
        }
        self.weigh(tally, at, &known, both);
        Ok(())
    }

    fn event(
        &self,
        tally: &mut ReplayReport,
        at: At<'_>,
        event: &AuditEvent<'_>,
    ) -> Result<(), Fault> {
        if let Some(skip) = self.filter.skip_event(event) {
            tally.skip(skip);
            return Ok(());
        }
        let both = self.for_both(|program| {
            let mut request = event.request(&|object| program.read_needed_object(object))?;
            self.call_by_kind(&mut request, event.principal());
            self.look_around(&mut request);
            Ok(Action::Single(Box::new(request)))
        })?;
        tally.without_object += u64::from(event.lacks_object());
        let known = Known {
            recorded: Recorded::Event,
            report: None,
            event: Some(event),
        };
        self.weigh(tally, at, &known, both);
        Ok(())
    }

    /// Makes the action for either program: each needs other parts of it.
    fn for_both(
        &self,
        make: impl Fn(&Program) -> Result<Action, ActionError>,
    ) -> Result<(Action, Option<Action>), ActionError> {
        let with_ledger = |policies: &Policies<'_>| {
            let mut action = make(policies.program)?;
            if self.assume_unused {
                policies.assume_unused(&mut action);
            }
            Ok(action)
        };
        let before = self.before.as_ref().map(with_ledger).transpose()?;
        Ok((with_ledger(&self.now)?, before))
    }

    /// Says of which kind somebody is, of whom a server knows only the name.
    fn call_by_kind(&self, request: &mut Request, name: &str) {
        let kind = self.kinds.iter().find(|(_, glob)| like(glob, name));
        if let (Some((kind, _)), Value::Map(principal)) = (kind, &mut request.principal) {
            principal.insert("kind", Value::string(kind.as_str()));
        }
    }

    /// Takes in the cluster, and the labels of the namespace, where somebody knows them.
    fn look_around(&self, request: &mut Request) {
        let Some(around) = &self.around else { return };
        request.cluster = around.cluster.clone();
        let field = |value: &Value, key: &str| value.field(key, &String::new);
        let name = field(&request.namespace, "name");
        let is_it = |object: &&Value| {
            field(object, "kind") == Value::string("Namespace")
                && field(&field(object, "metadata"), "name") == name
        };
        let found = around.objects.iter().find(is_it);
        if let (Some(object), Value::Map(namespace)) = (found, &mut request.namespace) {
            let metadata = field(object, "metadata");
            for key in ["labels", "annotations"] {
                match field(&metadata, key) {
                    Value::Absent => {
                        namespace.remove(key);
                    }
                    value => namespace.insert(key, value),
                }
            }
        }
    }

    fn weigh(
        &self,
        tally: &mut ReplayReport,
        at: At<'_>,
        known: &Known<'_>,
        (action, action_before): (Action, Option<Action>),
    ) {
        *tally.decided.entry(known.recorded).or_default() += 1;
        let now = Judged::of(self.now.program, &action);
        let old = match (&self.before, &action_before) {
            (Some(policies), Some(action)) => Some(Judged::of(policies.program, action)),
            _ => None,
        };
        let before = match (&old, &known.report, known.recorded) {
            (Some(old), ..) => Before::Verdict(old.verdict()),
            (None, Some(report), _) => Before::Verdict(report.verdict),
            (None, None, Recorded::Event) => Before::Verdict(Verdict::Execute),
            (None, None, Recorded::Document | Recorded::Decision) => Before::Unrecorded,
        };
        let reasons = now.reasons();
        let of_ledger = |why: &Why| why.is_unknown && matches!(&*why.kind, "budget" | "breaker");
        tally.without_ledger += u64::from(reasons.iter().any(of_ledger));
        let difference = Difference {
            before,
            now: &now,
            old: old.as_ref(),
            report: known.report.as_ref(),
        };
        let rules = difference.rules(&reasons);
        let cell = tally.cells.entry((before, now.verdict())).or_default();
        cell.count += 1;
        for rule in &rules {
            match cell.rules.get_mut(rule) {
                Some(count) => *count += 1,
                None => {
                    cell.rules.insert(rule.clone(), 1);
                }
            }
        }
        let is_change = before != Before::Verdict(now.verdict());
        if is_change && cell.samples.len() < self.samples {
            let reasons = difference.because(&rules);
            cell.samples.push(sample(at, known, &action, reasons));
        }
    }
}

/// A decision beside the one before.
struct Difference<'d> {
    before: Before,
    now: &'d Judged<'d>,
    old: Option<&'d Judged<'d>>,
    report: Option<&'d RecordedReport>,
}

impl Difference<'_> {
    /// Returns the rules that make the difference. Where nothing is known of before, those that the verdict rests on.
    fn rules(&self, reasons: &[Why]) -> BTreeSet<String> {
        let now = self.now.verdict();
        match self.before {
            Before::Unrecorded if now > Verdict::Propose => above(reasons, Verdict::Propose),
            Before::Unrecorded => above(reasons, Verdict::Execute),
            Before::Verdict(before) if before < now => missing(above(reasons, before), self.old),
            Before::Verdict(before) if before > now => {
                let then = match (self.old, self.report) {
                    (Some(old), _) => old.reasons(),
                    (None, Some(report)) => report.reasons(),
                    (None, None) => Vec::new(),
                };
                released(&then, self.now)
            }
            Before::Verdict(_) => BTreeSet::new(),
        }
    }

    fn because(&self, rules: &BTreeSet<String>) -> Vec<String> {
        let is_milder = self.before > Before::Verdict(self.now.verdict());
        let mut said = because(&self.now.reports(), rules);
        if is_milder {
            // What still applies but asks for less is said by the one who asked for more.
            let then = match (self.old, self.report) {
                (Some(old), _) => objections(&old.reports(), rules),
                (None, Some(report)) => report.because(rules),
                (None, None) => Vec::new(),
            };
            said.extend(then);
            said.sort();
            said.dedup();
        }
        said
    }
}

fn sample(at: At<'_>, known: &Known<'_>, action: &Action, reasons: Vec<String>) -> Sample {
    let steps = action.requests();
    let described: Vec<String> = steps.iter().map(described).collect();
    let request = steps.first();
    let id = request.map(|request| word(&request.principal.field("id", &String::new)).into_owned());
    let id = id.unwrap_or_default();
    let principal = match known.event.and_then(AuditEvent::impersonator) {
        Some(impersonator) => format!("{id} (impersonated by {impersonator})"),
        None => id,
    };
    let time = match request.map(|request| &request.now) {
        Some(Value::Time(time)) => taffrail_runtime::text::time(*time),
        _ => String::new(),
    };
    Sample {
        file: at.file.to_owned(),
        line: at.line,
        action: described.join(", "),
        principal,
        time,
        reasons,
    }
}

/// Returns what a request asks, in a few words: `scale apps/Deployment shop/web`.
fn described(request: &Request) -> String {
    let target = &request.target;
    let kind = match &target.group {
        Value::String(group) if !group.is_empty() => format!("{group}/{}", word(&target.kind)),
        _ => word(&target.kind).into_owned(),
    };
    let name = match (&target.namespace, word(&target.name)) {
        (Value::String(namespace), name) => format!("{namespace}/{name}"),
        (_, name) => name.into_owned(),
    };
    let verb = match (word(&request.verb), &request.subresource) {
        (verb, Value::String(of)) if verb != **of => format!("{verb} ({of})"),
        (verb, _) => verb.into_owned(),
    };
    format!("{verb} {kind} {name}").trim().to_owned()
}

fn word(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Absent => Cow::Borrowed(""),
        _ => Cow::Borrowed("?"),
    }
}
