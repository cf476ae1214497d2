//! What files of custom resource definitions say, and what is said of those that are wrong.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use proptest::prelude::*;
use taffrail_schema::{CustomKinds, Kind, ListKeys, Schemas, Type, TypeId};

const FILES: [(&str, &str); 3] = [
    ("rollout.yaml", include_str!("crds/rollout.yaml")),
    ("cert-manager.yaml", include_str!("crds/cert-manager.yaml")),
    ("karpenter.yaml", include_str!("crds/karpenter.yaml")),
];

fn schemas() -> Schemas {
    let mut kinds = CustomKinds::default();
    for (name, text) in FILES {
        kinds.add(name, text).unwrap();
    }
    Schemas::default().with_custom(&kinds)
}

fn kind<'s>(schemas: &'s Schemas, name: &str) -> Kind<'s> {
    schemas.kind(schemas.find(None, name)[0])
}

/// Returns the type at a path of an object; elements of lists and maps are passed through.
fn at(schemas: &Schemas, name: &str, path: &str) -> TypeId {
    let mut ty = kind(schemas, name).root;
    for key in path.split('.') {
        while let Type::List { of, .. } | Type::Map(of) = schemas.ty(ty) {
            ty = of;
        }
        ty = schemas.field(ty, key).unwrap().ty;
    }
    ty
}

/// Returns a definition with one version of a schema, given as JSON.
fn definition(schema: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: lamps.example.com}}\nspec:\n  \
         group: example.com\n  names: {{kind: Lamp}}\n  scope: Namespaced\n  versions:\n  \
         - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}\n"
    )
}

fn complaints(text: &str) -> String {
    let errors = CustomKinds::parse("lamps.yaml", text).unwrap_err();
    errors.iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn fields_have_the_types_of_the_definition() {
    let schemas = schemas();
    let ty = |name, path| schemas.ty(at(&schemas, name, path));
    assert_eq!(ty("Rollout", "spec.replicas"), Type::Integer);
    assert_eq!(
        ty("Rollout", "spec.strategy.canary.maxSurge"),
        Type::IntOrString
    );
    assert_eq!(ty("Rollout", "status.abortedAt"), Type::Time);
    assert!(matches!(
        ty("Rollout", "spec.strategy.canary.trafficRouting.plugins"),
        Type::Object { open: true, .. }
    ));
    assert_eq!(
        ty("Issuer", "spec.acme.solvers.dns01.webhook.config"),
        Type::Any
    );
    let Type::Map(limits) = ty("NodePool", "spec.limits") else {
        panic!("limits are no map");
    };
    assert_eq!(schemas.ty(limits), Type::Quantity);
    assert!(matches!(
        ty("NodePool", "spec.disruption.consolidationPolicy"),
        Type::String { values } if values.len() == 2
    ));
    assert!(matches!(
        ty("Certificate", "status.conditions"),
        Type::List { keys: ListKeys::Fields(keys), .. } if *keys[0] == *"type"
    ));
}

#[test]
fn metadata_is_that_of_every_object() {
    let schemas = schemas();
    for id in schemas.kinds() {
        let kind = schemas.kind(id);
        if !kind.builtin {
            let metadata = schemas.field(kind.root, "metadata").unwrap();
            assert_eq!(metadata.ty, schemas.object_meta(), "{}", kind.kind);
        }
    }
}

#[test]
fn a_pod_template_is_told_by_its_shape() {
    let schemas = schemas();
    let path = kind(&schemas, "Rollout").pod_template.unwrap();
    assert!(path.iter().map(|key| &**key).eq(["spec", "template"]));
    assert_eq!(kind(&schemas, "NodePool").pod_template, None);
}

#[test]
fn the_stored_version_comes_first_and_deprecated_ones_say_so() {
    let schemas = schemas();
    let found = schemas.find(Some("karpenter.sh"), "NodePool");
    let versions: Vec<_> = found.iter().map(|id| schemas.kind(*id)).collect();
    assert_eq!(
        versions.iter().map(|kind| kind.version).collect::<Vec<_>>(),
        ["v1", "v1beta1"]
    );
    assert_eq!(versions[0].deprecated, None);
    assert_eq!(
        versions[1].deprecated,
        Some("karpenter.sh/v1beta1 NodePool is deprecated, use v1")
    );
    assert!(!versions[0].namespaced);
}

#[test]
fn a_nullable_field_is_not_required() {
    let text = definition(
        r#"{type: object, required: [on, off], properties: {"on": {type: integer, nullable: true}, "off": {type: integer}}}"#,
    )
    .replace("[on, off]", r#"["on", "off"]"#);
    let schemas = Schemas::default().with_custom(&CustomKinds::parse("lamps.yaml", &text).unwrap());
    let root = kind(&schemas, "Lamp").root;
    assert!(!schemas.field(root, "on").unwrap().required);
    assert!(schemas.field(root, "off").unwrap().required);
}

#[test]
fn kinds_added_in_two_steps_are_as_those_added_at_once() {
    let mut apart = Schemas::default();
    for (name, text) in FILES {
        apart = apart.with_custom(&CustomKinds::parse(name, text).unwrap());
    }
    let at_once = schemas();
    assert!(apart.kinds().eq(at_once.kinds()));
    for id in apart.kinds() {
        assert_eq!(apart.kind(id), at_once.kind(id));
    }
    assert_eq!(
        apart.ty(at(&apart, "NodePool", "spec.weight")),
        Type::Integer
    );
}

#[test]
fn what_is_not_structural_is_told_with_its_place() {
    insta::assert_snapshot!(complaints(&definition(
        r##"{type: object, properties: {
            a: {description: none},
            b: {type: array},
            c: {anyOf: [{type: integer}, {type: string}]},
            d: {$ref: "#/definitions/d"},
            e: {type: object, properties: {x: {type: string}}, additionalProperties: {type: string}},
            f: {type: text},
            g: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {type: object}},
            h: {type: string, not: {type: string}}
        }}"##
    )));
}

#[test]
fn definitions_that_cannot_be_read_are_told() {
    let old = definition("{type: object}").replace("k8s.io/v1", "k8s.io/v1beta1");
    let schemaless =
        definition("{type: object}").replace(", schema: {openAPIV3Schema: {type: object}}", "");
    let twice = format!("{0}---\n{0}", definition("{type: object}"));
    let own = definition("{type: object}")
        .replace("example.com", "apps")
        .replace("Lamp", "Deployment");
    let bare = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {}\n";
    let broken = "kind: [CustomResourceDefinition\n";
    insta::assert_snapshot!(
        [&old, &schemaless, &twice, &own, bare, broken]
            .map(complaints)
            .concat()
    );
}

#[test]
fn a_schema_that_holds_itself_is_refused() {
    complaints(&definition("&a {type: object, properties: {a: *a}}"));
}

#[test]
fn nesting_has_a_limit() {
    let deep = format!(
        "{}{{type: string}}{}",
        "{type: array, items: ".repeat(5000),
        "}".repeat(5000)
    );
    complaints(&definition(&format!(
        "{{type: object, properties: {{a: {deep}}}}}"
    )));
}

#[test]
fn few_of_very_many_mistakes_are_told() {
    let fields: String = (0..1000).map(|n| format!("f{n}: {{}}, ")).collect();
    let text = complaints(&definition(&format!(
        "{{type: object, properties: {{{fields}}}}}"
    )));
    assert_eq!(text.lines().count(), 20);
}

#[test]
fn a_file_of_five_megabytes_is_read() {
    let said = "x".repeat(200);
    let fields: String = (0..20_000)
        .map(|n| format!("f{n}: {{type: string, description: {said}}}, "))
        .collect();
    let text = definition(&format!("{{type: object, properties: {{{fields}}}}}"));
    assert!(text.len() > 4_500_000);
    let schemas = Schemas::default().with_custom(&CustomKinds::parse("lamps.yaml", &text).unwrap());
    assert_eq!(schemas.fields(kind(&schemas, "Lamp").root).count(), 20_003);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = CustomKinds::parse("any.yaml", &text);
    }

    #[test]
    fn a_changed_definition_is_read_or_refused(
        file in 0..FILES.len(),
        cut in 0_usize..4000,
        length in 0_usize..80,
        put in "[a-z{}:\\[\\]&* \n-]{0,12}",
    ) {
        let mut text: Vec<char> = FILES[file].1.chars().collect();
        let start = cut.min(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, put.chars());
        let text: String = text.into_iter().collect();
        if let Ok(kinds) = CustomKinds::parse("changed.yaml", &text) {
            let schemas = Schemas::default().with_custom(&kinds);
            for id in schemas.kinds() {
                let _ = schemas.ty(schemas.kind(id).root);
            }
        }
    }
}

#[test]
fn the_rules_for_values_of_a_definition_are_kept() {
    let text = r#"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: playbooks.ops.example.com }
spec:
  group: ops.example.com
  scope: Namespaced
  names: { plural: playbooks, kind: Playbook }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                replicas: { type: integer, minimum: 0, maximum: 10, default: 1 }
                mode: { type: string }
"#;
    let kinds = CustomKinds::parse("playbooks.yaml", text).unwrap();
    let schemas = Schemas::default().with_custom(&kinds);
    let kind = schemas.find(Some("ops.example.com"), "Playbook")[0];
    let spec = schemas.field(schemas.kind(kind).root, "spec").unwrap().ty;
    let rules: Option<serde_json::Value> = schemas.value_rules(spec, "replicas");
    assert_eq!(
        rules,
        Some(serde_json::json!({"default": 1, "maximum": 10, "minimum": 0}))
    );
    assert_eq!(schemas.value_rules::<serde_json::Value>(spec, "mode"), None);
    assert_eq!(
        schemas.value_rules::<serde_json::Value>(spec, "missing"),
        None
    );
}
