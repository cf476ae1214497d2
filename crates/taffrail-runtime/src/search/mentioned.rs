//! The values that rules compare the fields of an action with: what is worth trying in their place.

use std::collections::BTreeSet;

use crate::builtins::Builtin;
use crate::engine::{Loaded, rules};
use crate::program::{Expr, ExprId, LocalId, Quantifier, Root};
use crate::reads::Reads;
use crate::request::Request;
use crate::saved::Program;
use crate::value::Value;

/// A value that a rule compares a field with.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// The keys of the field, the last ones at least: `["securityContext", "privileged"]`. Of a field of the elements of a list those from
    /// the list on, of the elements themselves those of the list.
    pub keys: Vec<String>,
    /// Whether the keys start at the object itself.
    pub is_whole: bool,
    /// The part of the field that is compared, where a function takes it apart: `registry` of an image.
    pub part: Option<String>,
    /// How it is compared.
    pub by: MentionedBy,
    /// The value.
    pub value: Value,
}

/// How a rule compares a field with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MentionedBy {
    /// It is equal to it, or to an element of a list.
    Equality,
    /// It is like it, a pattern with `*`.
    Pattern,
    /// It starts with it.
    Prefix,
}

impl Program {
    /// Returns the values that the rules about an action compare fields of `proposed` and of the elements of lists with, each once, in the
    /// order of rules.
    #[must_use]
    pub fn mentioned(&self, request: &Request) -> Vec<Mention> {
        let program = self.loaded();
        let facts = self.prepare(request);
        let reads = Reads::of_action(program, &facts);
        let mut ids: Vec<ExprId> = reads.exprs.into_iter().collect();
        ids.sort_unstable();
        let mut finder = Finder {
            program,
            over: Vec::new(),
            found: Vec::new(),
        };
        for id in &ids {
            if let Some(Expr::Quantifier(quantifier)) = program.expr(*id) {
                finder.over.push((quantifier.element, quantifier.over));
            }
        }
        for id in ids {
            if let Some(expr) = program.expr(id) {
                finder.look_at(expr);
            }
        }
        finder.found
    }

    /// Returns the namespaces that the `on` of rules and the constants of conditions name, sorted: where an action may be meant for.
    #[must_use]
    pub fn namespaces_mentioned(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        let program = self.loaded();
        for (_, rule) in rules(&program.data) {
            let globs = rule.on.namespaces.iter().flatten();
            found.extend(globs.filter(|glob| !glob.contains(['*', '?'])).cloned());
        }
        for expr in &program.data.exprs {
            let (a, b) = match expr {
                Expr::Compare(_, a, b) | Expr::In(a, b) => (*a, *b),
                _ => continue,
            };
            for (field, constant) in [(a, b), (b, a)] {
                if is_namespace(program, field) {
                    found.extend(texts(program, constant));
                }
            }
        }
        found.into_iter().collect()
    }
}

fn is_namespace(program: &Loaded, id: ExprId) -> bool {
    let Some(Expr::Slot(slot)) = program.expr(id) else {
        return false;
    };
    program.slot(*slot).is_some_and(|path| {
        let last = path.keys.last().map(String::as_str);
        matches!(
            (path.root, last),
            (Root::Target, Some("namespace")) | (Root::Namespace, Some("name"))
        ) || path.root == Root::Proposed && path.keys == ["metadata", "namespace"]
    })
}

fn texts(program: &Loaded, id: ExprId) -> Vec<String> {
    let Some(Expr::Constant(value)) = program.expr(id) else {
        return Vec::new();
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.to_string()),
        _ => None,
    };
    match value {
        Value::List(items) => items.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

struct Finder<'p> {
    program: &'p Loaded,
    /// What the variables of quantifiers stand for an element of.
    over: Vec<(LocalId, ExprId)>,
    found: Vec<Mention>,
}

/// Which field an expression reads.
struct Field {
    keys: Vec<String>,
    is_whole: bool,
    part: Option<String>,
}

impl Finder<'_> {
    fn look_at(&mut self, expr: &Expr) {
        match expr {
            Expr::Compare(_, a, b) => {
                self.pair(*a, *b, MentionedBy::Equality);
                self.pair(*b, *a, MentionedBy::Equality);
            }
            Expr::In(a, b) => {
                self.pair(*a, *b, MentionedBy::Equality);
                self.pair(*b, *a, MentionedBy::Equality);
            }
            Expr::Like(text, pattern) => self.pair(*text, *pattern, MentionedBy::Pattern),
            Expr::Call(Builtin::StartsWith, arguments) => {
                if let [text, prefix] = arguments.as_slice() {
                    self.pair(*text, *prefix, MentionedBy::Prefix);
                }
            }
            Expr::Call(Builtin::Contains, arguments) => {
                if let [whole, part] = arguments.as_slice() {
                    self.pair(*whole, *part, MentionedBy::Equality);
                    self.pair(*part, *whole, MentionedBy::Equality);
                }
            }
            Expr::Quantifier(quantifier) => self.patterns(quantifier),
            // A bare condition wants true, its negation false.
            Expr::Coalesce(field, otherwise) => {
                if let Some(Expr::Constant(Value::Bool(otherwise))) = self.program.expr(*otherwise)
                {
                    let (field, value) = (self.field(*field), Value::Bool(!otherwise));
                    self.add(field, MentionedBy::Equality, &value);
                }
            }
            _ => {}
        }
    }

    /// `some p in ["a/*", "b/*"]: image like p` compares with each element.
    fn patterns(&mut self, quantifier: &Quantifier) {
        let Some(Expr::Constant(Value::List(items))) = self.program.expr(quantifier.over) else {
            return;
        };
        for part in [quantifier.filter, quantifier.body].into_iter().flatten() {
            let (text, by) = match self.program.expr(part) {
                Some(Expr::Like(text, _)) => (*text, MentionedBy::Pattern),
                Some(Expr::Compare(_, text, _)) => (*text, MentionedBy::Equality),
                _ => continue,
            };
            for item in items {
                let field = self.field(text);
                self.add(field, by, item);
            }
        }
    }

    fn pair(&mut self, field: ExprId, constant: ExprId, by: MentionedBy) {
        let Some(Expr::Constant(value)) = self.program.expr(constant) else {
            return;
        };
        match value {
            Value::List(items) => {
                for item in items {
                    let field = self.field(field);
                    self.add(field, by, item);
                }
            }
            value => {
                let field = self.field(field);
                self.add(field, by, value);
            }
        }
    }

    fn add(&mut self, field: Option<Field>, by: MentionedBy, value: &Value) {
        let Some(Field {
            keys,
            is_whole,
            part,
        }) = field
        else {
            return;
        };
        let is_scalar = matches!(value, Value::String(_) | Value::Bool(_) | Value::Number(_));
        let mention = Mention {
            keys,
            is_whole,
            part,
            by,
            value: value.clone(),
        };
        if is_scalar && !mention.keys.is_empty() && !self.found.contains(&mention) {
            self.found.push(mention);
        }
    }

    fn field(&self, id: ExprId) -> Option<Field> {
        match self.program.expr(id)? {
            Expr::Slot(slot) => {
                let path = self.program.slot(*slot)?;
                (path.root == Root::Proposed).then(|| Field {
                    keys: path.keys.clone(),
                    is_whole: true,
                    part: None,
                })
            }
            Expr::Local(local) => {
                let (_, over) = self.over.iter().find(|(own, _)| own == local)?;
                self.field(*over)
            }
            Expr::Field(base, key) => match self.program.expr(*base)? {
                Expr::Call(Builtin::Image, arguments) => Some(Field {
                    part: Some(key.to_string()),
                    ..self.field(*arguments.first()?)?
                }),
                _ => self.below(*base, key),
            },
            Expr::Index(base, key) => match self.program.expr(*key)? {
                Expr::Constant(Value::String(key)) => self.below(*base, key),
                _ => self.field(*base),
            },
            Expr::Coalesce(first, _) => self.field(*first),
            Expr::Quantity(inner) => self.field(*inner),
            Expr::View { .. } => Some(Field {
                keys: Vec::new(),
                is_whole: false,
                part: None,
            }),
            Expr::Call(Builtin::Lower | Builtin::Trim | Builtin::Image, arguments) => {
                self.field(*arguments.first()?)
            }
            _ => None,
        }
    }

    fn below(&self, base: ExprId, key: &str) -> Option<Field> {
        let mut field = self.field(base)?;
        field.keys.push(key.to_owned());
        Some(field)
    }
}
