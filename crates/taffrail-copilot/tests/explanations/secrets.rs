//! What a Secret holds is never told, whatever is asked.

use taffrail::PolicySet;
use taffrail_copilot::{explain, why_not};

use crate::facts::request;

const POLICY: &str = "policy p
signal expected: string from \"x\" fresh 2m
grant rotate {
    on rotate, patch of Secret
    when dynamic(current).data.password == namespace.labels.password
    when dynamic(current).metadata.annotations.owner == \"team\"
    because \"{dynamic(current).data.password}\"
}
guard same {
    on rotate of Secret
    when dynamic(current).data.token == expected
    escalate
    because \"{dynamic(proposed).data.token}\"
}
";

#[test]
fn values_of_secrets_are_in_none_of_the_answers() {
    let policies = PolicySet::from_sources([("p.guard", POLICY)]).unwrap();
    let asked = request(
        "verb: rotate
target: { apiVersion: v1, kind: Secret, namespace: shop, name: db }
principal: { kind: agent, id: rotator }
current: { metadata: { annotations: { owner: nobody } }, data: { password: aHVudGVyMg==, token: c2VzYW1l } }
proposed: { metadata: { annotations: { owner: nobody } }, data: { password: bmV3, token: b3Blbg== } }
facts:
  now: 2026-11-22T10:00:00Z
  namespace: { name: shop, labels: { password: other } }
  signals: { expected: { value: nothing, observed: 2026-11-22T10:00:00Z } }",
    );
    let why = why_not(&policies, &asked);
    let report = policies.decide(&asked).report();
    let said = [
        explain::line(&report),
        explain::card(&report),
        explain::page(&report, Some(&why)),
        explain::why_line(&why),
        explain::why_card(&why),
        serde_json::to_string(&why).unwrap(),
    ]
    .join("\n");
    for secret in ["aHVudGVyMg", "c2VzYW1l", "bmV3", "b3Blbg"] {
        assert!(!said.contains(secret), "{secret} is told\n{said}");
    }
    assert!(why.changes.is_empty(), "{why:#?}");
}
