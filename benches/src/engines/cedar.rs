//! The rules as Cedar policies: a `permit` for all, and a `forbid` per rule.
//!
//! `when` reads the context, which is the whole action document. Verb, kind and namespace stand in the scope, where
//! Cedar looks at them first.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::hint::black_box;
use std::str::FromStr as _;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId,
    PolicySet, Request,
};
use serde_json::Value;

use crate::engines::{Contestant, Engine, Failure, request, rule_number};
use crate::model::{self, Condition, Effect, KINDS, Rule, Scope, TextField, VERBS};

/// The Cedar engine.
pub(crate) struct Cedar;

impl Engine for Cedar {
    const NAME: &'static str = "cedar-policy";

    type Loaded = PolicySet;

    fn source(rules: &[Rule]) -> String {
        let mut text = String::from("permit(principal, action, resource);\n");
        for (at, rule) in rules.iter().enumerate() {
            let effect = match rule.effect {
                Effect::Risk(points) => format!("risk {points}"),
                Effect::Propose => "propose".into(),
                Effect::Escalate => "escalate".into(),
                Effect::Forbid => "forbid".into(),
            };
            let conditions: Vec<String> = rule
                .conditions
                .iter()
                .map(|condition| print(*condition))
                .collect();
            let _ = writeln!(
                text,
                "@id(\"r{at}\")\n@effect(\"{effect}\")\nforbid({})\nwhen {{ {} }};",
                scope(rule.scope),
                conditions.join(" && ")
            );
        }
        text
    }

    fn load(source: &str) -> Result<PolicySet, Failure> {
        Ok(PolicySet::from_str(source)?)
    }

    fn prepare(policies: PolicySet, requests: &[Value]) -> Result<Box<dyn Contestant>, Failure> {
        let mut names = HashMap::new();
        for policy in policies.policies() {
            if let Some(name) = policy.annotation("id") {
                names.insert(policy.id().clone(), rule_number(name)?);
            }
        }
        Ok(Box::new(Prepared {
            authorizer: Authorizer::new(),
            policies,
            names,
            requests: requests.iter().map(prepare).collect::<Result<_, _>>()?,
        }))
    }
}

struct Prepared {
    authorizer: Authorizer,
    policies: PolicySet,
    names: HashMap<PolicyId, usize>,
    requests: Vec<(Request, Entities)>,
}

impl Contestant for Prepared {
    fn decide(&mut self, at: usize) -> Result<(), Failure> {
        let (request, entities) = request(&self.requests, at)?;
        black_box(
            self.authorizer
                .is_authorized(request, &self.policies, entities)
                .decision(),
        );
        Ok(())
    }

    fn applied(&mut self, at: usize) -> Result<BTreeSet<usize>, Failure> {
        let (request, entities) = request(&self.requests, at)?;
        let response = self
            .authorizer
            .is_authorized(request, &self.policies, entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string().into());
        }
        Ok(response
            .diagnostics()
            .reason()
            .filter_map(|policy| self.names.get(policy).copied())
            .collect())
    }
}

fn scope(scope: Scope) -> String {
    let action = |verb: usize| format!("action == Action::\"{}\"", VERBS.get(verb).unwrap_or(&""));
    match scope {
        Scope::Keyed {
            verb,
            kind,
            namespace,
        } => format!(
            "principal, {}, resource is {} in Namespace::\"{}\"",
            action(verb),
            KINDS.get(kind).unwrap_or(&""),
            model::namespace(namespace)
        ),
        Scope::Verb(verb) => format!("principal, {}, resource", action(verb)),
        Scope::Global => "principal, action, resource".into(),
    }
}

fn print(condition: Condition) -> String {
    match condition {
        Condition::Equals(field, value) => {
            format!("context.{} == \"{}\"", field.path(), field.value(value))
        }
        Condition::AtLeast(field, bound) => format!("context.{} >= {bound}", field.path()),
        Condition::AtMost(field, bound) => format!("context.{} <= {bound}", field.path()),
        Condition::Named(app) => format!(
            "context.target.name like \"{}-*\"",
            TextField::App.value(app)
        ),
        Condition::HostNetwork => "context.proposed.spec.template.spec.hostNetwork".into(),
    }
}

fn prepare(document: &Value) -> Result<(Request, Entities), Failure> {
    let text = |pointer: &str| {
        document
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let namespace = uid("Namespace", text("/target/namespace"))?;
    let resource = uid(text("/target/kind"), text("/target/name"))?;
    let principal = uid("Agent", text("/principal/id"))?;
    let entities = Entities::from_entities(
        [
            Entity::new_no_attrs(namespace.clone(), HashSet::new()),
            Entity::new_no_attrs(resource.clone(), HashSet::from([namespace])),
            Entity::new_no_attrs(principal.clone(), HashSet::new()),
        ],
        None,
    )?;
    let context = Context::from_json_value(document.clone(), None)?;
    let request = Request::new(
        principal,
        uid("Action", text("/verb"))?,
        resource,
        context,
        None,
    )?;
    Ok((request, entities))
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, Failure> {
    Ok(EntityUid::from_type_name_and_id(
        EntityTypeName::from_str(kind)?,
        EntityId::new(id),
    ))
}
