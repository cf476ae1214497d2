//! Reads YAML into nodes, as `kubectl` reads it.
//!
//! Scalars follow YAML 1.1 as Go's readers of manifests do, `<<` merges, and a key that stands twice is an error.
//! What aliases expand to counts against the same limit as what is written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Parser, ScanError, Span, StrInput, Tag};
use taffrail_runtime::Value;

use crate::error::{ActionError, Problem};
use crate::node::{Entry, Node, NodeKind, Place};

mod scalar;
mod trail;

pub(crate) use trail::Trail;

/// How many values a text may have, aliases expanded.
pub(crate) const NODE_LIMIT: usize = 1_000_000;

/// How deep values may be nested; JSON has the same limit.
pub(crate) const DEPTH_LIMIT: usize = 128;

/// Reads every document of a YAML stream; empty ones are left out.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, ActionError> {
    let options = granit_parser::options! {
        // Other crates of a program may switch them on; a comment is no value.
        emit_comments: false,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(text, options),
        anchors: BTreeMap::new(),
        trail: Trail::default(),
        count: 0,
        depth: 0,
    };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next()? {
        match event {
            Event::DocumentStart(..) => reader.anchors.clear(),
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            event => {
                let document = reader.node(event, span)?;
                if document.kind != NodeKind::Leaf(Value::Absent) {
                    documents.push(document);
                }
            }
        }
    }
    Ok(documents)
}

/// A node that an alias may stand for, with the number of values in it.
struct Anchored {
    node: Node,
    count: usize,
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    anchors: BTreeMap<usize, Anchored>,
    trail: Trail,
    count: usize,
    depth: usize,
}

type Read<T> = Result<T, ActionError>;

impl<'t> Reader<'t> {
    fn next(&mut self) -> Read<Option<(Event<'t>, Span)>> {
        self.events
            .next_event()
            .transpose()
            .map_err(|error| syntax(&error))
    }

    fn expect_next(&mut self, after: Place) -> Read<(Event<'t>, Span)> {
        self.next()?.ok_or_else(|| {
            let message = "this is not YAML: the text ends too early".into();
            ActionError::new(after, Problem::Syntax { message })
        })
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Read<Node> {
        let place = place(span);
        let before = self.count;
        self.add(1, place)?;
        let (node, anchor) = match event {
            Event::Alias(id) => return self.alias(id, place),
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar::value(&text, style, tag.as_deref(), &self.trail)
                    .map_err(|problem| ActionError::new(place, problem))?;
                (Node::leaf(value, place), anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                check_tag(tag, "seq", place)?;
                (self.list(place)?, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                check_tag(tag, "map", place)?;
                (self.map(place)?, anchor)
            }
            _ => {
                let message = "this is not YAML: a value is expected".into();
                return Err(ActionError::new(place, Problem::Syntax { message }));
            }
        };
        if anchor != 0 {
            let count = self.count.saturating_sub(before);
            // The copy kept for aliases is work and memory too.
            self.add(count, place)?;
            let node = node.clone();
            self.anchors.insert(anchor, Anchored { node, count });
        }
        Ok(node)
    }

    fn alias(&mut self, id: usize, place: Place) -> Read<Node> {
        let Some(anchored) = self.anchors.get(&id) else {
            // An alias inside of what its anchor names.
            let message = "an alias stands for what contains it".into();
            return Err(ActionError::new(place, Problem::Syntax { message }));
        };
        let count = anchored.count;
        self.add(count, place)?;
        Ok(self.anchors.get(&id).map_or_else(
            || Node::leaf(Value::Absent, place),
            |anchored| anchored.node.clone(),
        ))
    }

    fn list(&mut self, place: Place) -> Read<Node> {
        self.descend(place)?;
        let mut items = Vec::new();
        loop {
            let (event, span) = self.expect_next(place)?;
            if event == Event::SequenceEnd {
                break;
            }
            self.trail.enter_item(items.len());
            items.push(self.node(event, span)?);
            self.trail.leave();
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(Node::list(items, place))
    }

    fn map(&mut self, place: Place) -> Read<Node> {
        self.descend(place)?;
        let mut map = MapInProgress::default();
        loop {
            let (event, span) = self.expect_next(place)?;
            if event == Event::MappingEnd {
                break;
            }
            let at = self::place(span);
            if is_merge(&event) {
                let (event, span) = self.expect_next(at)?;
                let merged = self.node(event, span)?;
                self.merge(&mut map, merged, at)?;
                continue;
            }
            let key = self.key(event, span)?;
            self.trail.enter_key(&key);
            if !map.written.insert(key.clone()) {
                let path = self.trail.path();
                return Err(ActionError::new(at, Problem::DuplicateKey { path }));
            }
            let (event, span) = self.expect_next(at)?;
            let value = self.node(event, span)?;
            self.trail.leave();
            map.merged.remove(&key);
            map.entries.push(Entry {
                key,
                place: at,
                value,
            });
        }
        self.depth = self.depth.saturating_sub(1);
        map.entries.extend(map.merged.into_values());
        Ok(Node::map(map.entries, place))
    }

    fn key(&mut self, event: Event<'t>, span: Span) -> Read<String> {
        let node = self.node(event, span)?;
        let found = node.type_name();
        match node.kind {
            NodeKind::Leaf(Value::String(text)) => Ok(text.into()),
            // `y: 1` in a manifest is a key `true`, and so it is sent to the cluster.
            NodeKind::Leaf(Value::Bool(truth)) => Ok(truth.to_string()),
            NodeKind::Leaf(Value::Number(number)) => Ok(number.to_string()),
            NodeKind::Leaf(_) | NodeKind::List(_) | NodeKind::Map(_) => {
                let of = self.trail.map_name();
                Err(ActionError::new(node.place, Problem::KeyType { of, found }))
            }
        }
    }

    /// Takes over what `<<` brings. Of several maps the first that has a key wins, and what is written in the
    /// map itself wins over all of them.
    fn merge(&mut self, map: &mut MapInProgress, from: Node, at: Place) -> Read<()> {
        let maps = match from.kind {
            NodeKind::List(maps) => maps,
            NodeKind::Map(_) | NodeKind::Leaf(_) => vec![from],
        };
        for from in maps {
            let found = from.type_name();
            let NodeKind::Map(entries) = from.kind else {
                return Err(ActionError::new(
                    at,
                    Problem::WrongType {
                        path: self.trail.path_to("<<"),
                        expected: "a map or a list of maps",
                        found,
                    },
                ));
            };
            for entry in entries {
                // Older readers let a later `<<` replace what was written before it, newer ones do not.
                if map.written.contains(&entry.key) {
                    let path = self.trail.path_to(&entry.key);
                    return Err(ActionError::new(at, Problem::AmbiguousMerge { path }));
                }
                map.merged.entry(entry.key.clone()).or_insert(entry);
            }
        }
        Ok(())
    }

    fn descend(&mut self, place: Place) -> Read<()> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_LIMIT {
            return Err(ActionError::new(
                place,
                Problem::TooDeep { limit: DEPTH_LIMIT },
            ));
        }
        Ok(())
    }

    fn add(&mut self, count: usize, place: Place) -> Read<()> {
        self.count = self.count.saturating_add(count);
        if self.count > NODE_LIMIT {
            return Err(ActionError::new(
                place,
                Problem::TooManyValues { limit: NODE_LIMIT },
            ));
        }
        Ok(())
    }
}

/// A map while its keys are read.
#[derive(Default)]
struct MapInProgress {
    entries: Vec<Entry>,
    written: BTreeSet<String>,
    merged: BTreeMap<String, Entry>,
}

fn is_merge(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Scalar(text, granit_parser::ScalarStyle::Plain, _, None) if text == "<<"
    )
}

fn check_tag(tag: Option<Cow<'_, Tag>>, own: &str, place: Place) -> Read<()> {
    match tag {
        Some(tag) if tag.core_suffix() != Some(own) && tag.original() != "!" => {
            let tag = tag.original();
            Err(ActionError::new(place, Problem::UnknownTag { tag }))
        }
        Some(_) | None => Ok(()),
    }
}

fn syntax(error: &ScanError) -> ActionError {
    let line = u32::try_from(error.marker().line()).unwrap_or(u32::MAX);
    let column = error.marker().col().saturating_add(1);
    let info = error.info();
    let info = info.trim_end_matches('.');
    if info == "recursion limit exceeded" {
        return ActionError::new(Place(line), Problem::TooDeep { limit: DEPTH_LIMIT });
    }
    ActionError::new(
        Place(line),
        Problem::Syntax {
            message: format!("this is not YAML: {info} in column {column}"),
        },
    )
}

fn place(span: Span) -> Place {
    Place(u32::try_from(span.start.line()).unwrap_or(u32::MAX))
}
