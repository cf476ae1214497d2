//! The entries of a `given` in the form of an action document.

use jiff::Timestamp;
use taffrail_actions::{Entry as Member, Node, NodeKind, Place, Scope, built_in_group, scope};
use taffrail_runtime::{Cause, Type, Value, text};
use taffrail_syntax::ast::{GivenEntry, GivenValue, GivenValueKind, KindRef, RuleKind, Text};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Location, Span};

use crate::codes;
use crate::scenario::literal;
use crate::scenario::names::Names;
use crate::scenario::start::Entry;

/// The keys that say what is asked, as in a document.
const ASKED: [&str; 12] = [
    "verb",
    "target",
    "subresource",
    "principal",
    "intent",
    "current",
    "proposed",
    "patch",
    "rollback",
    "impact",
    "request",
    "plan",
];

/// The keys that say what is known; a document has them under `facts`.
const KNOWN: [&str; 8] = [
    "now",
    "cluster",
    "namespace",
    "signals",
    "objects",
    "complete",
    "usage",
    "breakers",
];

/// The work of turning entries into a document.
pub(crate) struct Lowering<'m> {
    names: Names<'m>,
    /// The instant of the decision, when it is known.
    now: Option<Timestamp>,
    /// The source of the entry being turned.
    source: Location,
    /// What the places of the document's nodes stand for, counted from 1.
    pub(crate) places: Vec<Location>,
    /// What is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether a custom kind was named, whose version nobody said.
    pub(crate) guessed_version: bool,
}

/// Which literals a value is written in.
#[derive(Clone, Copy)]
enum Literals {
    /// Those of Kubernetes objects, where `500m` and `20%` are strings.
    Objects,
    /// Those of the policy language.
    Facts,
}

impl<'m> Lowering<'m> {
    /// Begins; `now` is what the file that the test starts from says.
    pub(crate) fn new(names: Names<'m>, now: Option<Node>) -> Self {
        let now = now.and_then(|now| match now.kind {
            NodeKind::Leaf(Value::String(written)) => text::parse_time(&written),
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => None,
        });
        Self {
            names,
            now,
            source: Location {
                source: taffrail_syntax::SourceId(0),
                span: Span::default(),
            },
            places: Vec::new(),
            diagnostics: Vec::new(),
            guessed_version: false,
        }
    }

    /// Returns the entries as a document.
    pub(crate) fn document(&mut self, entries: &[Entry]) -> Node {
        // Readings observed "10m ago" need it, wherever it stands.
        if let Some(now) = entries.iter().find(|own| own.entry.key.text == "now") {
            self.now = match &now.entry.value.kind {
                GivenValueKind::Literal(expr) => match literal::fact(expr, Some(&Type::Time)) {
                    Some(Value::Time(now)) => Some(now),
                    _ => None,
                },
                _ => None,
            };
        }
        let mut asked = Vec::new();
        let mut known = Vec::new();
        for own in entries {
            self.source = own.location;
            let key = own.entry.key.text.as_str();
            let member = self.member(&own.entry.key, |this| this.entry(key, &own.entry.value));
            if KNOWN.contains(&key) {
                known.push(member);
            } else if ASKED.contains(&key) {
                asked.push(member);
            } else {
                self.unknown_key(&own.entry.key);
            }
        }
        if !known.is_empty() {
            asked.push(Member {
                key: "facts".into(),
                place: Place::NOWHERE,
                value: Node::map(known, Place::NOWHERE),
            });
        }
        Node::map(asked, Place::NOWHERE)
    }

    fn unknown_key(&mut self, key: &Text) {
        let all = ASKED.iter().chain(&KNOWN).copied();
        let message = format!("a `given` has no `{}`", key.text);
        let error = Diagnostic::error(codes::UNKNOWN_GIVEN_KEY, self.at(key.span), message);
        self.diagnostics.push(match nearest(&key.text, all) {
            _ if key.text == "facts" => error.hint(
                "what documents keep under `facts` stands here itself: `now: …`, `cluster: …`",
            ),
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        });
    }

    fn entry(&mut self, key: &str, value: &GivenValue) -> Node {
        match (key, &value.kind) {
            ("verb", kind) => {
                if let GivenValueKind::Word(word) = kind
                    && !matches!(word.as_str(), "unknown")
                    && let Err(error) = self.names.verb(word, self.at(value.span))
                {
                    self.diagnostics.push(*error);
                }
                self.value(value, Literals::Facts)
            }
            ("target", GivenValueKind::Named { kind, name }) => self.target(kind, name),
            ("principal", GivenValueKind::Named { kind, name }) => {
                let who = self.string("kind", &kind.kind.text, kind.span);
                let id = self.string("id", &name.text, name.span);
                let place = self.place(value.span);
                Node::map(vec![who, id], place)
            }
            ("current" | "proposed" | "patch" | "objects", _) => {
                self.value(value, Literals::Objects)
            }
            ("signals", GivenValueKind::Map(entries)) => self.signals(entries, value.span),
            ("usage", GivenValueKind::Map(entries)) => {
                self.ledger(entries, value.span, RuleKind::Budget, "budget", "used")
            }
            ("breakers", GivenValueKind::Map(entries)) => {
                self.ledger(entries, value.span, RuleKind::Breaker, "breaker", "state")
            }
            ("plan", GivenValueKind::List(steps)) => {
                let steps = steps.iter().map(|step| self.step(step)).collect();
                let place = self.place(value.span);
                Node::list(steps, place)
            }
            _ => self.value(value, Literals::Facts),
        }
    }

    fn step(&mut self, step: &GivenValue) -> Node {
        match &step.kind {
            GivenValueKind::Map(entries) => {
                let members = entries
                    .iter()
                    .map(|entry| {
                        self.member(&entry.key, |this| this.entry(&entry.key.text, &entry.value))
                    })
                    .collect();
                let place = self.place(step.span);
                Node::map(members, place)
            }
            _ => self.value(step, Literals::Facts),
        }
    }

    /// `Deployment "payments/api"`: a kind with its group looked up among the built-in and the declared ones, a namespace when there is a slash, a name.
    fn target(&mut self, kind: &KindRef, name: &Text) -> Node {
        let mut members = Vec::new();
        let built_in = built_in_group(&kind.kind.text);
        let group = match (&kind.group, built_in) {
            (Some(group), _) if group == "core" => Some(""),
            (Some(group), _) => Some(group.as_str()),
            (None, Some((group, _))) => Some(group),
            (None, None) => {
                let at = self.at(kind.span);
                let declared = self.names.declared_group(&kind.kind.text, at);
                declared.map_err(|error| self.diagnostics.push(*error)).ok()
            }
        };
        if let Some(group) = group {
            let version = match (&kind.version, built_in) {
                (Some(version), _) => version,
                (None, built_in) => match built_in {
                    Some((own, version)) if own == group => version,
                    Some(_) | None => {
                        self.guessed_version = true;
                        "v1"
                    }
                },
            };
            let api_version = match group {
                "" => version.to_owned(),
                group => format!("{group}/{version}"),
            };
            members.push(self.string("apiVersion", &api_version, kind.span));
        }
        members.push(self.string("kind", &kind.kind.text, kind.kind.span));
        let (namespace, name_alone) = match name.text.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, name.text.as_str()),
        };
        if let Some(namespace) = namespace {
            if group.and_then(|group| scope(group, &kind.kind.text)) == Some(Scope::Cluster) {
                let message = format!("a {} is in no namespace", kind.kind.text);
                let at = self.at(name.span);
                self.diagnostics.push(
                    Diagnostic::error(codes::INVALID_GIVEN, at, message)
                        .hint(format!("write \"{name_alone}\"")),
                );
            }
            members.push(self.string("namespace", namespace, name.span));
        }
        members.push(self.string("name", name_alone, name.span));
        let place = self.place(kind.span);
        Node::map(members, place)
    }

    fn signals(&mut self, entries: &[GivenEntry], span: Span) -> Node {
        let mut members = Vec::new();
        for entry in entries {
            let place = self.at(entry.key.span);
            let signal = match self.names.signal(&entry.key.text, place) {
                Ok(signal) => signal,
                Err(error) => {
                    self.diagnostics.push(*error);
                    continue;
                }
            };
            let (value, age) = match &entry.value.kind {
                GivenValueKind::Observed { value, ago } => (&**value, literal::duration(ago)),
                _ => (&entry.value, Some(jiff::SignedDuration::ZERO)),
            };
            let reading = match &value.kind {
                GivenValueKind::Literal(expr) => {
                    let place = self.place(value.span);
                    match literal::fact(expr, Some(&signal.ty)) {
                        Some(value) => Node::leaf(value, place),
                        None => self.invalid_literal(value.span),
                    }
                }
                _ => self.value(value, Literals::Facts),
            };
            let mut parts = vec![Member {
                key: "value".into(),
                place: Place::NOWHERE,
                value: reading,
            }];
            let observed = self
                .now
                .zip(age)
                .and_then(|(now, age)| now.checked_sub(age).ok());
            if let Some(observed) = observed {
                parts.push(Member {
                    key: "observed".into(),
                    place: Place::NOWHERE,
                    value: Node::leaf(Value::Time(observed), Place::NOWHERE),
                });
            }
            let place = self.place(entry.key.span);
            members.push(Member {
                key: signal.name.clone(),
                place,
                value: Node::map(parts, place),
            });
        }
        let place = self.place(span);
        Node::map(members, place)
    }

    /// `{ restarts: 3 }`: for every key of the budget or breaker.
    fn ledger(
        &mut self,
        entries: &[GivenEntry],
        span: Span,
        kind: RuleKind,
        rule_key: &str,
        value_key: &str,
    ) -> Node {
        let mut items = Vec::new();
        for entry in entries {
            let place = self.at(entry.key.span);
            let rule = match self.names.rule(kind, &entry.key.text, place) {
                Ok(rule) => rule,
                Err(error) => {
                    self.diagnostics.push(*error);
                    continue;
                }
            };
            let place = self.place(entry.key.span);
            let mut members = vec![
                self.string(rule_key, rule, entry.key.span),
                self.string("by", "any", entry.key.span),
            ];
            match &entry.value.kind {
                GivenValueKind::Map(_) => match self.value(&entry.value, Literals::Facts).kind {
                    NodeKind::Map(own) => members.extend(own),
                    NodeKind::Leaf(_) | NodeKind::List(_) => {}
                },
                _ => members.push(Member {
                    key: value_key.into(),
                    place,
                    value: self.value(&entry.value, Literals::Facts),
                }),
            }
            items.push(Node::map(members, place));
        }
        let place = self.place(span);
        Node::list(items, place)
    }

    fn value(&mut self, value: &GivenValue, literals: Literals) -> Node {
        let place = self.place(value.span);
        match &value.kind {
            GivenValueKind::Word(word) => match word.as_str() {
                "unknown" => {
                    let fact = "a value of the test".into();
                    Node::leaf(Value::unknown(Cause::NotGiven { fact }), place)
                }
                "absent" | "null" => Node::leaf(Value::Absent, place),
                word => Node::string(word, place),
            },
            GivenValueKind::Literal(expr) => {
                let read = match literals {
                    Literals::Objects => literal::field(expr),
                    Literals::Facts => literal::fact(expr, None),
                };
                match read {
                    Some(value) => Node::leaf(value, place),
                    None => self.invalid_literal(value.span),
                }
            }
            GivenValueKind::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.value(item, literals))
                    .collect();
                Node::list(items, place)
            }
            GivenValueKind::Map(entries) => {
                let mut members: Vec<Member> = Vec::new();
                for entry in entries {
                    if members.iter().any(|member| member.key == entry.key.text) {
                        let message = format!("the key `{}` stands twice", entry.key.text);
                        let at = self.at(entry.key.span);
                        self.diagnostics
                            .push(Diagnostic::error(codes::INVALID_GIVEN, at, message));
                        continue;
                    }
                    let member = self.member(&entry.key, |this| this.value(&entry.value, literals));
                    members.push(member);
                }
                Node::map(members, place)
            }
            GivenValueKind::Named { .. } => self.misplaced(value.span, "a kind with a name"),
            GivenValueKind::Observed { .. } => self.misplaced(value.span, "an observed reading"),
        }
    }

    fn misplaced(&mut self, span: Span, what: &str) -> Node {
        let message = format!("{what} cannot stand here");
        let at = self.at(span);
        self.diagnostics
            .push(Diagnostic::error(codes::INVALID_GIVEN, at, message));
        Node::leaf(Value::Absent, Place::NOWHERE)
    }

    fn invalid_literal(&mut self, span: Span) -> Node {
        let at = self.at(span);
        self.diagnostics.push(Diagnostic::error(
            codes::INVALID_GIVEN,
            at,
            "this value is beyond what a request can hold",
        ));
        Node::leaf(Value::Absent, Place::NOWHERE)
    }

    fn member(&mut self, key: &Text, value: impl FnOnce(&mut Self) -> Node) -> Member {
        let place = self.place(key.span);
        Member {
            key: key.text.clone(),
            place,
            value: value(self),
        }
    }

    fn string(&mut self, key: &str, text: &str, span: Span) -> Member {
        let place = self.place(span);
        Member {
            key: key.into(),
            place,
            value: Node::string(text, place),
        }
    }

    fn at(&self, span: Span) -> Location {
        Location {
            source: self.source.source,
            span,
        }
    }

    fn place(&mut self, span: Span) -> Place {
        let location = self.at(span);
        self.places.push(location);
        Place(u32::try_from(self.places.len()).unwrap_or(0))
    }
}
