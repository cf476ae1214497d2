//! A line of a log: which of the things that are recorded it is.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::value::RawValue;

use super::AuditEvent;

/// What stands in one line of a log, or in one JSON document.
#[derive(Debug)]
pub enum Line<'l> {
    /// An event of an API server's audit log.
    Event(Box<AuditEvent<'l>>),
    /// Several events, each of them as JSON: an `EventList`.
    Events(Vec<&'l RawValue>),
    /// A record of ours: `{"action": …, "decision": …}`, or a line of the ledger's audit log with these in the body of its record.
    Record {
        /// The action document.
        action: &'l str,
        /// The report on the decision; `None` where a record tells of something else that was done with the action.
        decision: Option<&'l str>,
    },
    /// Anything else: an action document, if it is one.
    Document,
}

/// Tells what a line is. Of bodies and of records only the place is noted, so that a line that nobody wants costs little.
///
/// # Errors
///
/// Text that is not JSON, or in which a part of an event has the wrong type.
pub fn read_line(text: &str) -> Result<Line<'_>, serde_json::Error> {
    if !text.trim_start().starts_with('{') {
        // A list would be read as the fields in their order.
        return Ok(Line::Document);
    }
    let wire: Wire<'_> = serde_json::from_str(text)?;
    if let Some(record) = wire.record {
        return Ok(of_ledger(record));
    }
    if let Some(action) = wire.action {
        return Ok(Line::Record {
            action: action.get(),
            decision: wire.decision.map(RawValue::get),
        });
    }
    let of_audit = is(&wire.api_version, |text| text.starts_with("audit.k8s.io/"));
    if of_audit && is(&wire.kind, |kind| kind == "EventList") {
        let items = wire.items.map_or("[]", RawValue::get);
        return serde_json::from_str(items).map(Line::Events);
    }
    // Events of a list do not say again what they are.
    let says_nothing = wire.api_version.is_none() && wire.kind.is_none();
    let is_event = (of_audit && is(&wire.kind, |kind| kind == "Event"))
        || (says_nothing && wire.audit_id.is_some());
    Ok(if is_event {
        Line::Event(Box::new(AuditEvent { wire }))
    } else {
        Line::Document
    })
}

/// Returns what a record of the ledger's audit log tells: that of a decision holds the action and the report in its body.
fn of_ledger(record: &RawValue) -> Line<'_> {
    let body = read_map::<LedgerRecord<'_>>(record).and_then(|record| record.body);
    let body = body.and_then(read_map::<Body<'_>>).unwrap_or_default();
    Line::Record {
        action: body.action.map_or("null", RawValue::get),
        decision: body.action.and(body.decision).map(RawValue::get),
    }
}

fn read_map<'l, T: Deserialize<'l>>(text: &'l RawValue) -> Option<T> {
    let text = text.get();
    text.starts_with('{')
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

fn is(text: &Option<Text<'_>>, test: impl Fn(&str) -> bool) -> bool {
    text.as_ref().is_some_and(|text| test(&text.0))
}

/// The parts of a line that anything is told by.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire<'l> {
    #[serde(borrow)]
    kind: Option<Text<'l>>,
    api_version: Option<Text<'l>>,
    #[serde(rename = "auditID")]
    pub(super) audit_id: Option<Text<'l>>,
    pub(super) stage: Option<Text<'l>>,
    #[serde(rename = "requestURI")]
    pub(super) request_uri: Option<Text<'l>>,
    pub(super) verb: Option<Text<'l>>,
    pub(super) user: Option<User<'l>>,
    pub(super) impersonated_user: Option<User<'l>>,
    pub(super) user_agent: Option<Text<'l>>,
    pub(super) object_ref: Option<ObjectRef<'l>>,
    pub(super) response_status: Option<Status>,
    pub(super) request_object: Option<&'l RawValue>,
    pub(super) response_object: Option<&'l RawValue>,
    pub(super) stage_timestamp: Option<Text<'l>>,
    items: Option<&'l RawValue>,
    action: Option<&'l RawValue>,
    decision: Option<&'l RawValue>,
    record: Option<&'l RawValue>,
}

/// What is read of a record of the ledger.
#[derive(Debug, Deserialize)]
struct LedgerRecord<'l> {
    #[serde(borrow)]
    body: Option<&'l RawValue>,
}

#[derive(Debug, Default, Deserialize)]
struct Body<'l> {
    #[serde(borrow)]
    action: Option<&'l RawValue>,
    decision: Option<&'l RawValue>,
}

#[derive(Debug, Deserialize)]
pub(super) struct User<'l> {
    #[serde(borrow)]
    pub(super) username: Option<Text<'l>>,
    pub(super) groups: Option<Vec<Text<'l>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectRef<'l> {
    #[serde(borrow)]
    pub(super) resource: Option<Text<'l>>,
    pub(super) namespace: Option<Text<'l>>,
    pub(super) name: Option<Text<'l>>,
    pub(super) api_group: Option<Text<'l>>,
    pub(super) api_version: Option<Text<'l>>,
    pub(super) subresource: Option<Text<'l>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) code: Option<u16>,
}

/// A text that is borrowed from its line unless it is written with escapes.
#[derive(Debug)]
pub(super) struct Text<'l>(pub(super) Cow<'l, str>);

impl<'de: 'l, 'l> Deserialize<'de> for Text<'l> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_str(TextVisitor).map(Text)
    }
}

/// Returns a text that may be missing; empty when it is.
pub(super) fn written<'s>(text: &'s Option<Text<'_>>) -> &'s str {
    text.as_ref().map_or("", |text| &text.0)
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Returns a part of an address without its escapes; one that is escaped wrongly stays as it is.
pub(super) fn decoded(part: &str) -> Cow<'_, str> {
    if !part.contains(['%', '+']) {
        return Cow::Borrowed(part);
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => {
                    bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                }
                _ => return Cow::Borrowed(part),
            },
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(part), Cow::Owned)
}
