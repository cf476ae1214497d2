//! Logs that are damaged in every way are read to their end.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::io::{self, Read};
use std::sync::LazyLock;

use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::SourceTable;
use taffrail_tools::replay::{Replay, ReplayReport, Verbs};

const POLICY: &str = r#"policy shop

grant agents {
    on any
    when principal.kind == agent
}

guard fewer {
    on scale, patch, apply of Deployment
    when proposed.spec.replicas < 2
    risk 50
    because "{target.name} would have {proposed.spec.replicas} replicas"
}
"#;

const LINES: [&str; 5] = [
    r#"{"verb": "scale", "principal": {"kind": "agent", "id": "healer"}, "target": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}, "current": {"spec": {"replicas": 3}}, "proposed": {"spec": {"replicas": 1}}}"#,
    r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"a","stage":"ResponseComplete","requestURI":"/apis/apps/v1/namespaces/shop/deployments/web/scale?fieldManager=x%20y","verb":"patch","user":{"username":"healer","groups":["a"]},"objectRef":{"resource":"deployments","namespace":"shop","name":"web","apiGroup":"apps","apiVersion":"v1","subresource":"scale"},"responseStatus":{"code":200},"requestObject":{"spec":{"replicas":1}},"responseObject":{"kind":"Scale","spec":{"replicas":1}},"stageTimestamp":"2026-11-22T10:00:00Z"}"#,
    r#"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"auditID":"b","stage":"ResponseComplete","verb":"get","user":{"username":"dana"},"requestURI":"/healthz","stageTimestamp":"2026-11-22T10:00:00Z"}]}"#,
    r#"{"action": {"verb": "restart"}, "decision": {"verdict": "escalate", "contributions": [{"rule": "shop.fewer", "kind": "guard", "verdict": "escalate", "points": 3, "because": "no"}]}}"#,
    r#"{"hash": "sha256:0", "record": {"number": 1, "body": {"action": {"plan": [{"verb": "delete"}]}, "decision": {"verdict": "propose", "steps": []}}}}"#,
];

static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    let mut sources = SourceTable::default();
    sources.add("shop.guard", POLICY);
    let compiled = compile(&sources, &Options::default());
    Program::new(compiled.program.unwrap()).unwrap()
});

fn replayed(name: &str, log: &[u8]) -> ReplayReport {
    let mut replay = Replay::new(&PROGRAM).against(&PROGRAM);
    replay.filter.verbs = Verbs::All;
    let log = log.to_vec();
    let mut open = move |_| Ok(Box::new(io::Cursor::new(log.clone())) as Box<dyn Read>);
    replay.run(&[name.to_owned()], &mut open, 2)
}

fn entries(report: &ReplayReport) -> u64 {
    report.n_decided() + report.skipped.values().sum::<u64>() + report.n_broken
}

#[test]
fn whole_lines_are_decided() {
    let report = replayed("a.log", LINES.join("\n").as_bytes());
    assert_eq!(
        (report.n_decided(), report.n_broken, report.lines),
        (5, 0, 5),
        "{report:#?}"
    );
}

#[test]
fn a_damaged_line_is_broken_or_decided_and_its_neighbours_are_decided() {
    // The same numbers every time.
    let mut state = 2026_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    for round in 0..600 {
        let mut line = LINES[round % LINES.len()].as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(line.len());
            match next(4) {
                0 => line.truncate(at.max(1)),
                1 => line[at] = u8::try_from(next(256)).unwrap(),
                2 => line.insert(at, b"{}[]\",:\\\x00\xff0"[next(11)]),
                _ => {
                    let other = LINES[next(LINES.len())].as_bytes();
                    line.extend(&other[next(other.len())..]);
                }
            }
        }
        line.retain(|byte| *byte != b'\n');
        let log = [LINES[0].as_bytes(), &line, LINES[1].as_bytes()].join(&b'\n');
        let report = replayed("a.log", &log);
        let shown = String::from_utf8_lossy(&line);
        assert_eq!(report.lines, 3, "{shown}");
        assert!(report.n_decided() >= 2, "{shown}\n{report:#?}");
        assert!((2..=4).contains(&entries(&report)), "{shown}\n{report:#?}");
    }
}

#[test]
fn rubbish_is_read_to_its_end() {
    let mut rubbish: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
    for name in ["a.log", "a.yaml", "-"] {
        let report = replayed(name, &rubbish);
        assert_eq!(report.n_decided(), 0, "{name}");
        assert!(report.n_broken > 0, "{name}");
        rubbish.reverse();
    }
    assert_eq!(entries(&replayed("a.log", b"\n\n \r\n")), 0);
    assert_eq!(entries(&replayed("a.yaml", b"---\n# nothing\n---\n")), 0);
}
