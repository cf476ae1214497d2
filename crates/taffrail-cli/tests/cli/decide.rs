//! `taffrail decide` and `taffrail requirements`.

use crate::support::{Workspace, scale, shop};

const POLICIES: [&str; 3] = ["decide", "--policies", "policies"];

fn decide<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [POLICIES.as_slice(), more].concat()
}

#[test]
fn the_exit_code_says_the_verdict() {
    let shop = shop();
    assert_eq!(shop.run(&decide(&["up.yaml"])).code, Some(0));
    assert_eq!(shop.run(&decide(&["down.yaml"])).code, Some(3));
    assert_eq!(shop.run(&decide(&["burning.yaml"])).code, Some(4));
    let several = decide(&["up.yaml", "burning.yaml", "down.yaml"]);
    assert_eq!(
        shop.run(&several).code,
        Some(4),
        "the most careful of several"
    );
}

#[test]
fn text_says_the_verdict_and_why() {
    let shop = shop();
    let shown: Vec<String> = ["up.yaml", "down.yaml", "burning.yaml"]
        .map(|file| shop.run(&decide(&[file])).shown())
        .into();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn several_documents_are_headed_by_their_names() {
    let shop = shop();
    shop.write(
        "two.yaml",
        format!("{}---\n{}", scale(11), scale(9)).as_bytes(),
    );
    let ran = shop.run(&decide(&["two.yaml"]));
    assert_eq!(ran.out.matches("two.yaml").count(), 2);
    let folder = shop.run(&decide(&["."]));
    assert!(folder.out.find("burning.yaml").unwrap() < folder.out.find("up.yaml").unwrap());
    assert_eq!(folder.code, Some(4));
}

#[test]
fn json_is_one_object_a_line() {
    let shop = shop();
    let ran = shop.run(&decide(&["--output", "json", "up.yaml", "down.yaml"]));
    let lines: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["verdict"], "execute");
    assert_eq!(lines[1]["verdict"], "propose");
    assert_eq!(lines[1]["risk"], 40);
    let halved = &lines[1]["contributions"][0];
    assert_eq!(halved["rule"], "shop.scaling.halved");
    assert_eq!(halved["truth"], "true");
    assert_eq!(halved["file"], "scaling.guard");
    assert_eq!(halved["points"], 40);
    let pretty = shop.run(&decide(&["--output", "json", "--pretty", "up.yaml"]));
    let again: serde_json::Value = serde_json::from_str(&pretty.out).unwrap();
    assert_eq!(again, lines[0]);
    assert!(pretty.out.lines().count() > 10);
}

#[test]
fn markdown_is_a_page() {
    insta::assert_snapshot!(
        shop()
            .run(&decide(&["--output", "markdown", "down.yaml"]))
            .shown()
    );
}

#[test]
fn actions_come_from_standard_input_as_well() {
    let ran = shop().run_with_input(&decide(&["-"]), scale(3).as_bytes());
    assert_eq!(ran.code, Some(3));
    let twice = shop().run_with_input(&decide(&["-", "-"]), b"");
    assert_eq!(twice.code, Some(1));
}

#[test]
fn three_readers_get_three_lengths() {
    let shop = shop();
    let forms: Vec<String> = ["line", "card", "page"]
        .map(|form| {
            shop.run(&decide(&["--output", form, "up.yaml", "burning.yaml"]))
                .shown()
        })
        .into();
    insta::assert_snapshot!(forms.join("\n"));
    let page = shop.run(&decide(&["--output", "page", "burning.yaml"]));
    let markdown = shop.run(&decide(&["--output", "markdown", "burning.yaml"]));
    assert_eq!(page.out, markdown.out, "one form, two names");
}

#[test]
fn why_not_names_the_facts_that_would_have_to_be_different() {
    let shop = shop();
    let forms: Vec<String> = ["text", "line", "card", "page"]
        .map(|form| {
            let arguments = decide(&["--why-not", "--output", form, "burning.yaml", "down.yaml"]);
            let ran = shop.run(&arguments);
            assert_eq!(ran.code, Some(4), "the exit code is that of the verdicts");
            ran.shown()
        })
        .into();
    insta::assert_snapshot!(forms.join("\n"));
    let json = shop.run(&decide(&["--why-not", "--output", "json", "burning.yaml"]));
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(found["verdict"], "escalate");
    assert_eq!(found["why_not"]["schema"], "taffrail.why_not/v1");
    assert_eq!(found["why_not"]["target"], "execute");
    let plain = shop.run(&decide(&["--output", "json", "burning.yaml"]));
    assert!(!plain.out.contains("why_not"));
}

#[test]
fn a_parameter_can_be_set() {
    let shop = shop();
    let ran = shop.run(&decide(&[
        "--param", "most=1", "up.yaml", "--output", "json",
    ]));
    assert!(ran.out.contains("shop.scaling.too_many"), "{}", ran.out);
    let wrong = [
        shop.run(&decide(&["--param", "most=many", "up.yaml"]))
            .shown(),
        shop.run(&decide(&["--param", "mots=1", "up.yaml"])).shown(),
    ]
    .join("\n");
    insta::assert_snapshot!(wrong);
}

#[test]
fn a_plan_is_decided_as_one() {
    let shop = shop();
    let step = |from: u32, to: u32| {
        format!(
            "- verb: scale
  target: {{ apiVersion: apps/v1, kind: Deployment, namespace: shop, name: cart }}
  current: {{ spec: {{ replicas: {from} }} }}
  proposed: {{ spec: {{ replicas: {to} }} }}
"
        )
    };
    let plan = format!(
        "principal: {{ kind: agent, id: healer }}
facts:
  now: 2026-11-22T10:00:00Z
  signals: {{ error_rate: {{ value: 0, observed: 2026-11-22T10:00:00Z }} }}
  usage: [ {{ budget: shop.scaling.scalings, by: any, used: 0 }} ]
plan:
{}{}",
        step(10, 7),
        step(7, 4)
    );
    shop.write("plan.yaml", plan.as_bytes());
    let ran = shop.run(&decide(&["plan.yaml"]));
    assert_eq!(
        ran.code,
        Some(3),
        "neither step halves, both together do\n{}",
        ran.out
    );
    let json = shop.run(&decide(&["--output", "json", "plan.yaml"]));
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["steps"].as_array().unwrap().len(), 2);
    assert_eq!(report["net"][0]["verdict"], "propose");
    let card = shop.run(&decide(&["--output", "card", "--why-not", "plan.yaml"]));
    insta::assert_snapshot!(card.shown());
}

#[test]
fn input_that_cannot_be_understood_is_refused_with_one() {
    let shop = shop();
    shop.write("typo.yaml", b"verb: scale\nfacts:\n  signal: {}\n");
    shop.write("verb.yaml", b"verb: scael\n");
    shop.write(
        "version.yaml",
        b"target: { apiVersion: apps/v1/x, kind: Deployment }\n",
    );
    shop.write("nul.yaml", b"verb: \0\n");
    shop.write("latin.yaml", b"verb: \xe9\n");
    shop.write("deep.json", "[".repeat(10_000).as_bytes());
    shop.write("twice.json", b"{\"verb\": \"scale\", \"verb\": \"delete\"}");
    shop.write("empty/readme.txt", b"");
    let shown: Vec<String> = [
        "typo.yaml",
        "verb.yaml",
        "version.yaml",
        "nul.yaml",
        "latin.yaml",
        "deep.json",
        "twice.json",
        "empty",
        "nowhere.yaml",
    ]
    .map(|file| shop.run(&decide(&[file])).shown())
    .into();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn facts_that_no_policy_declares_are_warned_about() {
    let shop = shop();
    let action = scale(11)
        .replace("error_rate:", "eror_rate:")
        .replace("shop.scaling.scalings", "shop.scaling.scaling");
    shop.write("odd.yaml", action.as_bytes());
    let ran = shop.run(&decide(&["odd.yaml"]));
    assert_eq!(
        ran.code,
        Some(4),
        "without its reading the signal is unknown"
    );
    insta::assert_snapshot!(ran.err, @r#"
    warning: odd.yaml: no policy declares the signal `eror_rate`, so nothing reads it
      help: did you mean `error_rate`?
    warning: odd.yaml: no policy declares the budget `shop.scaling.scaling`, so nothing reads it
      help: did you mean `shop.scaling.scalings`?
    "#);
}

#[test]
fn wrong_use_is_two() {
    let shop = shop();
    for arguments in [
        &["decide"][..],
        &["decide", "--policies", "policies"],
        &[
            "decide",
            "--policies",
            "policies",
            "up.yaml",
            "--output",
            "xml",
        ],
        &[
            "decide",
            "--policies",
            "policies",
            "up.yaml",
            "--param",
            "most",
        ],
        &["decied"],
        &[],
    ] {
        assert_eq!(shop.run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn policies_that_do_not_compile_decide_nothing() {
    let shop = shop();
    shop.write(
        "broken/a.guard",
        b"policy a\n\nguard g {\n    on scael\n    risk 5\n}\n",
    );
    shop.write("none/readme.txt", b"");
    let shown: Vec<String> = ["broken", "none", "nowhere"]
        .map(|folder| {
            shop.run(&["decide", "--policies", folder, "up.yaml"])
                .shown()
        })
        .into();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn requirements_name_what_to_collect() {
    let shop = shop();
    let arguments = ["requirements", "--policies", "policies", "up.yaml"];
    insta::assert_snapshot!(shop.run(&arguments).shown());
    let json = shop.run(&[arguments.as_slice(), &["--output", "json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(found["signals"][0]["name"], "shop.scaling.error_rate");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let shop = shop();
    let arguments = decide(&["down.yaml"]);
    assert!(
        !shop.run(&arguments).out.contains('\x1b'),
        "a pipe is no terminal"
    );
    let mut forced = shop.command(&arguments);
    forced.env("CLICOLOR_FORCE", "1");
    assert!(crate::support::Ran::of(&mut forced).out.contains('\x1b'));
    let mut refused = shop.command(&arguments);
    refused.env("CLICOLOR_FORCE", "0").env("NO_COLOR", "1");
    assert!(!crate::support::Ran::of(&mut refused).out.contains('\x1b'));
}

#[test]
fn a_reader_that_stops_early_is_no_trouble() {
    let shop = Workspace::new(&[("policies/scaling.guard", crate::support::POLICY)]);
    let many = format!("{}---\n", scale(11)).repeat(500);
    shop.write("many.yaml", many.as_bytes());
    let mut command = shop.command(&decide(&["many.yaml"]));
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0), "the verdict still counts");
}
