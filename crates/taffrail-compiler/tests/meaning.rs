//! What conditions mean: each with the typed expression that comes of it.

use taffrail_compiler::typed::{Expr, ExprKind, Module};
use taffrail_compiler::{Options, SourceFile, analyze};
use taffrail_runtime::Value;
use taffrail_runtime::program::{KindPattern, On};
use taffrail_schema::Schemas;
use taffrail_syntax::{SourceTable, parse};

fn module(text: &str) -> Module {
    let mut sources = SourceTable::default();
    let source = sources.add("test.guard", text);
    let ast = parse(source, text).file;
    let (module, found) = analyze(
        &[SourceFile { source, ast }],
        &Options::default(),
        &Schemas::default(),
    );
    let codes: Vec<_> = found
        .iter()
        .filter(|found| found.is_error())
        .map(|found| (found.code, &found.message))
        .collect();
    assert!(codes.is_empty(), "{codes:?}");
    module
}

/// Returns the meaning of a condition, beside lets and signals that the tests share.
fn meaning(condition: &str) -> String {
    let module = module(&format!(
        "policy test\n\
         signal rate: number from \"s\" fresh 2m\n\
         param wait: duration = 5m\n\
         param part: number = 5m\n\
         let before = current\n\
         let memory = dynamic(proposed).spec.resources.limits.memory\n\
         let pods = objects(Pod, in: namespace.name)\n\
         let fewer(a: number, b: number) = a < b\n\
         guard g {{\n    when {condition}\n    propose\n}}\n"
    ));
    let mut conditions = module.rules.iter().flat_map(|rule| &rule.conditions);
    conditions
        .next()
        .map_or_else(String::new, |condition| show(&condition.expr))
}

fn all(exprs: &[Expr]) -> String {
    let shown: Vec<String> = exprs.iter().map(show).collect();
    shown.join(" ")
}

fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Constant(Value::Number(number)) => number.to_string(),
        ExprKind::Constant(Value::String(text)) => format!("{text:?}"),
        ExprKind::Constant(Value::Window(_)) => "WINDOW".to_owned(),
        ExprKind::Constant(Value::Duration(duration)) => format!("{duration:#}"),
        ExprKind::Constant(Value::Time(time)) => time.to_string(),
        ExprKind::Constant(value) => format!("{value:?}"),
        ExprKind::Root(root) => root.name().to_owned(),
        ExprKind::Signal(id) => format!("signal{}", id.0),
        ExprKind::Param(id) => format!("param{}", id.0),
        ExprKind::Let(id) => format!("let{}", id.0),
        ExprKind::CallLet(id, arguments) => format!("(let{} {})", id.0, all(arguments)),
        ExprKind::Local(id) => format!("x{}", id.0),
        ExprKind::Field(base, key) => format!("{}.{key}", show(base)),
        ExprKind::Index(base, index) => format!("{}[{}]", show(base), show(index)),
        ExprKind::View(view, object, kind) => {
            format!("({view:?} {} of {})", show(object), show(kind))
        }
        ExprKind::Quantity(inner) => format!("(quantity {})", show(inner)),
        ExprKind::Not(inner) => format!("(not {})", show(inner)),
        ExprKind::And(operands) => format!("(and {})", all(operands)),
        ExprKind::Or(operands) => format!("(or {})", all(operands)),
        ExprKind::Compare(op, a, b) => format!("({op:?} {} {})", show(a), show(b)),
        ExprKind::In(a, b) => format!("(in {} {})", show(a), show(b)),
        ExprKind::Like(a, b) => format!("(like {} {})", show(a), show(b)),
        ExprKind::Matches(a, pattern) => format!("(matches {} {pattern})", show(a)),
        ExprKind::IsAbsent(inner) => format!("(absent {})", show(inner)),
        ExprKind::Coalesce(a, b) => format!("(?? {} {})", show(a), show(b)),
        ExprKind::Arithmetic(op, a, b) => format!("({op:?} {} {})", show(a), show(b)),
        ExprKind::Negate(inner) => format!("(- {})", show(inner)),
        ExprKind::If(c, a, b) => format!("(if {} {} {})", show(c), show(a), show(b)),
        ExprKind::List(items) => format!("[{}]", all(items)),
        ExprKind::Map(entries) => {
            let keys: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", show(value)))
                .collect();
            format!("{{{}}}", keys.join(", "))
        }
        ExprKind::Quantifier(quantifier) => {
            let part = |part: &Option<Expr>| part.as_ref().map_or("-".to_owned(), show);
            format!(
                "({:?} {} where {}: {})",
                quantifier.kind,
                show(&quantifier.over),
                part(&quantifier.filter),
                part(&quantifier.body)
            )
        }
        ExprKind::Call(builtin, arguments) => format!("({} {})", builtin.name(), all(arguments)),
        ExprKind::Known(inner) => format!("(known {})", show(inner)),
        ExprKind::Changed(path) => format!("(changed {})", path.join("/")),
        ExprKind::Changes => "changes".to_owned(),
        ExprKind::Objects {
            group,
            kind,
            namespace,
            labels,
        } => {
            let part = |part: &Option<Box<Expr>>| part.as_ref().map_or("-".to_owned(), |e| show(e));
            format!(
                "(objects {group:?}/{kind} in {} where {})",
                part(namespace),
                part(labels)
            )
        }
    }
}

#[track_caller]
fn means(condition: &str, expected: &str) {
    assert_eq!(meaning(condition), expected, "{condition}");
}

#[test]
fn a_lone_m_is_what_it_meets() {
    means("rate > 5m", "(Greater signal0 0.005)");
    means("5m < rate", "(Less 0.005 signal0)");
    means(
        "now - intent.expires > 5m",
        "(Greater (Subtract now intent.expires) 5m)",
    );
    means(
        "now < intent.expires - 5m",
        "(Less now (Subtract intent.expires 5m))",
    );
    means(
        "now + 5m > intent.expires",
        "(Greater (Add now 5m) intent.expires)",
    );
    means("wait in [5m, 10m]", "(in param0 [5m 10m])");
    means("wait * 2 > 5m", "(Greater (Multiply param0 2) 5m)");
    means("wait > 2 * 5m", "(Greater param0 (Multiply 2 5m))");
    means("wait / 5m > 2", "(Greater (Divide param0 5m) 2)");
    means("fewer(rate, 5m)", "(let3 signal0 0.005)");
    means("max(wait, 5m) == wait", "(Equal (max param0 5m) param0)");
    means("(rate ?? 5m) > part", "(Greater (?? signal0 0.005) param1)");
    means(
        "(if rate > 1 then 5m else 10m) < wait",
        "(Less (if (Greater signal0 1) 5m 10m) param0)",
    );
    means(
        "dynamic(proposed).spec.resources.limits.cpu > 500m",
        "(Greater (quantity proposed.spec.resources.limits.cpu) 0.5)",
    );
}

#[test]
fn numbers_are_exact_whatever_their_suffix() {
    means("rate > 20%", "(Greater signal0 0.2)");
    means(
        "rate in [2Gi, 1k, 0.1, -3]",
        "(in signal0 [2147483648 1000 0.1 -3])",
    );
}

#[test]
fn quantities_read_as_numbers_beside_numbers_only() {
    let limits = "dynamic(proposed).spec.resources.limits";
    means(
        &format!("{limits}.cpu == \"1\""),
        "(Equal proposed.spec.resources.limits.cpu \"1\")",
    );
    means(
        &format!("{limits}.cpu is absent"),
        "(absent proposed.spec.resources.limits.cpu)",
    );
    means("memory > 2Gi", "(Greater (quantity let1) 2147483648)");
    means(
        "(memory ?? \"0\") > 2Gi",
        "(Greater (quantity (?? let1 \"0\")) 2147483648)",
    );
    means(
        "every k, v in dynamic(proposed).status.capacity: v > 1",
        "(Every proposed.status.capacity where -: (Greater (quantity x3) 1))",
    );
    means(
        "(sum c in proposed.containers: c.resources.requests[\"ephemeral-storage\"]) > 1",
        "(Greater (Sum (Containers proposed of target.kind) where -: (quantity x2.resources.requests.ephemeral-storage)) 1)",
    );
    means(
        "dynamic(proposed).spec.limits.cpu == 1",
        "(Equal proposed.spec.limits.cpu 1)",
    );
}

#[test]
fn views_follow_objects_through_lets_and_loops() {
    means(
        "before.pod.hostNetwork == true",
        "(Equal (Pod let0 of target.kind).hostNetwork Bool(true))",
    );
    means(
        "some p in pods: p.containers == []",
        "(Some let2 where -: (Equal (Containers x2 of x2.kind) []))",
    );
    means(
        "some c in dynamic(proposed).containers: c.pod == 1",
        "(Some (Containers proposed of target.kind) where -: (Equal x2.pod 1))",
    );
    means(
        "dynamic(proposed).spec.containers == []",
        "(Equal proposed.spec.containers [])",
    );
}

#[test]
fn bare_words_are_members_beside_a_closed_set() {
    means("verb == rollback", "(Equal verb \"rollback\")");
    means(
        "rollback.class != irreversible",
        "(not (Equal rollback.class \"irreversible\"))",
    );
    means(
        "agent == principal.kind",
        "(Equal \"agent\" principal.kind)",
    );
    means(
        "verb not in [scale, \"restart\"]",
        "(not (in verb [\"scale\" \"restart\"]))",
    );
    means(
        "(principal.kind ?? human) == agent",
        "(Equal (?? principal.kind \"human\") \"agent\")",
    );
}

#[test]
fn forms_and_calls() {
    means(
        "changed(metadata.labels[\"a/b\"])",
        "(changed metadata/labels/a/b)",
    );
    means("\"spec\" in changes", "(in \"spec\" changes)");
    means(
        "cidr(\"10.0.0.0/8\").contains(target.name)",
        "(in target.name (cidr \"10.0.0.0/8\"))",
    );
    means(
        "objects(cert-manager.io/Certificate) == []",
        "(Equal (objects Some(\"cert-manager.io\")/Certificate in - where -) [])",
    );
    means(
        "objects(core/Pod, where: {app: \"x\"}) == []",
        "(Equal (objects Some(\"\")/Pod in - where {app: \"x\"}) [])",
    );
    means("fewer(b: 1, a: 2)", "(let3 2 1)");
    means(
        "now in window(2026-12-20, 2027-01-04, \"UTC\")",
        "(in now WINDOW)",
    );
    means(
        "now in window(2026-12-20, intent.expires, \"UTC\")",
        "(in now (window \"2026-12-20\" intent.expires \"UTC\"))",
    );
    means(
        "portion(dynamic(proposed).spec.maxSurge, 4) > 1",
        "(Greater (portion proposed.spec.maxSurge 4) 1)",
    );
}

#[test]
fn chains_are_flat_and_unless_is_negated() {
    means(
        "rate > 1 and rate > 2 and rate > 3 or rate > 4",
        "(or (and (Greater signal0 1) (Greater signal0 2) (Greater signal0 3)) (Greater signal0 4))",
    );
    let module = module("policy t\nguard g {\n    unless verb == scale\n    propose\n}\n");
    assert_eq!(
        show(&module.rules[0].conditions[0].expr),
        "(not (Equal verb \"scale\"))"
    );
}

#[test]
fn a_bare_kind_is_every_group_where_it_restrains_and_the_built_in_one_where_it_permits() {
    let module = module(
        "policy t\nkind argoproj.io/Rollout from \"x\"\n\
         guard g {\n    on scale of Deployment, argoproj.io/Rollout, core/Pod in \"b\", \"a\"\n    propose\n}\n\
         grant h {\n    on restart, any_verb of Deployment, Event, Rollout\n}\nverb any_verb\n",
    );
    let on = |at: usize| module.rules[at].on.clone();
    let kind = |groups: Option<&[&str]>, kind: &str| KindPattern {
        groups: groups.map(|groups| groups.iter().map(|&group| group.to_owned()).collect()),
        version: None,
        kind: kind.to_owned(),
    };
    let words = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
    let restraining = On {
        verbs: words(&["scale"]),
        kinds: Some(vec![
            kind(None, "Deployment"),
            kind(Some(&[""]), "Pod"),
            kind(Some(&["argoproj.io"]), "Rollout"),
        ]),
        namespaces: words(&["a", "b"]),
    };
    let permitting = On {
        verbs: words(&["any_verb", "restart"]),
        kinds: Some(vec![
            kind(Some(&["", "events.k8s.io"]), "Event"),
            kind(Some(&["apps"]), "Deployment"),
            kind(Some(&["argoproj.io"]), "Rollout"),
        ]),
        namespaces: None,
    };
    assert_eq!((on(0), on(1)), (restraining, permitting));
}

#[test]
fn waivers_end_after_their_day() {
    use taffrail_compiler::typed::RuleBody;
    let module = module(
        "policy t\nguard g {\n    propose\n}\n\
         waive g {\n    until 2027-03-31\n    by \"a\"\n    because \"b\"\n}\n\
         waive g {\n    until 2027-03-31T08:00Z\n    by \"a\"\n    because \"b\"\n    at most propose\n}\n",
    );
    let ends: Vec<String> = module
        .rules
        .iter()
        .filter_map(|rule| match &rule.body {
            RuleBody::Waiver {
                until,
                at_most_propose,
                ..
            } => Some(format!("{} {until} {at_most_propose}", rule.name)),
            _ => None,
        })
        .collect();
    assert_eq!(
        ends,
        [
            "t.waive.g 2027-04-01T00:00:00Z false",
            "t.waive.g#2 2027-03-31T08:00:00Z true"
        ]
    );
}
