//! Loading policies from folders: what is read, what is refused and how it is said.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use taffrail::{LoadError, PolicySet, Request, Sources, UngrantedVerdict, Value, Verdict};

const GUARD: &str = "policy a  guard g { on delete escalate because \"no\" }";

/// A folder of its own for each test, gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let path = std::env::temp_dir().join(format!(
            "taffrail-folders-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// Loads the folder, which must fail, and returns what is said, without the folder's path.
    fn refusal(&self) -> String {
        let error = PolicySet::load(self.path()).unwrap_err();
        error
            .to_string()
            .replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn names(sources: &Sources) -> Vec<&str> {
    sources
        .table
        .iter()
        .map(|(_, source)| source.name.as_str())
        .collect()
}

#[test]
fn folders_are_read_to_the_bottom_in_the_order_of_names() {
    let folder = Folder::new()
        .with("z.guard", GUARD)
        .with("b/c.test.guard", "policy b")
        .with("b/a.guard", "policy b")
        .with("b/notes.md", "no policy")
        .with(".hidden/x.guard", "not even a policy")
        .with(".x.guard", "nor this");
    let sources = Sources::read(folder.path()).unwrap();
    assert_eq!(names(&sources), ["b/a.guard", "b/c.test.guard", "z.guard"]);
    PolicySet::load(folder.path()).unwrap();
}

#[test]
fn a_single_file_is_a_set() {
    let folder = Folder::new().with("one.guard", GUARD);
    let file = folder.path().join("one.guard");
    assert_eq!(names(&Sources::read(&file).unwrap()), ["one.guard"]);
    PolicySet::load(&file).unwrap();
}

#[test]
fn the_digest_does_not_depend_on_where_the_folder_lies() {
    let here = Folder::new().with("a/b.guard", GUARD);
    let there = Folder::new().with("a/b.guard", GUARD);
    let digest = |folder: &Folder| PolicySet::load(folder.path()).unwrap().digest().to_owned();
    assert_eq!(digest(&here), digest(&there));
}

#[test]
fn a_folder_without_policies_is_refused() {
    let folder = Folder::new().with("readme.md", "# nothing");
    insta::assert_snapshot!(folder.refusal(), @r"
    the policies do not compile: 1 error

    error[empty-policy-set]: there is no `.guard` file to decide by
     |
     = help: write a `grant` for what may run unattended and a `guard` for what may not
    ");
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let error = PolicySet::load("/nowhere/at/all").unwrap_err();
    assert!(matches!(error, LoadError::Unreadable { .. }));
    assert!(
        error
            .to_string()
            .starts_with("cannot read `/nowhere/at/all`: ")
    );
}

#[test]
fn errors_show_their_piece_of_text() {
    let folder = Folder::new().with(
        "a.guard",
        "policy a\n\nguard g {\n    on delet\n    escalate\n    because \"no\"\n}\n",
    );
    insta::assert_snapshot!(folder.refusal(), @r"
    the policies do not compile: 1 error

    error[unknown-verb]: `delet` is not a verb
     --> a.guard:4:8
      |
    4 |     on delet
      |        ^^^^^
      |
      = help: did you mean `delete`?
    ");
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    let folder = Folder::new().with("a.guard", b"policy a // \xff\xfe");
    insta::assert_snapshot!(folder.refusal(), @"`a.guard` is not valid UTF-8 from byte 12 on");
}

#[test]
fn very_large_files_are_refused() {
    let folder = Folder::new().with("a.guard", vec![b' '; 10 * 1024 * 1024]);
    insta::assert_snapshot!(folder.refusal(), @"`a.guard` is larger than 4194304 bytes, the most that such a file may have");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_above_is_refused() {
    let folder = Folder::new().with("b/a.guard", GUARD);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("b/up")).unwrap();
    insta::assert_snapshot!(folder.refusal(), @"`b/up` is a symbolic link to a folder that it lies in");
}

#[cfg(unix)]
#[test]
fn links_into_hidden_folders_are_followed_once_as_in_mounted_volumes() {
    let folder = Folder::new().with("..2026_11_22/a.guard", GUARD);
    let link = |from: &str, to: &str| {
        std::os::unix::fs::symlink(from, folder.path().join(to)).unwrap();
    };
    link("..2026_11_22", "..data");
    link("..data/a.guard", "a.guard");
    assert_eq!(names(&Sources::read(folder.path()).unwrap()), ["a.guard"]);
}

#[cfg(unix)]
#[test]
fn a_policy_that_links_to_nothing_is_refused() {
    let folder = Folder::new().with("a.guard", GUARD);
    std::os::unix::fs::symlink("gone", folder.path().join("b.guard")).unwrap();
    assert!(folder.refusal().starts_with("cannot read `b.guard`: "));
}

#[test]
fn settings_change_the_decision() {
    let folder = Folder::new()
        .with("a.guard", "policy a  param points: number = 5  guard g { on delete risk points because \"costly\" }")
        .with(
            "taffrail.toml",
            "ungranted = \"escalate\"\nrequire_intent = true\n[tolerance]\npropose = 50\nescalate = 60\n[params]\npoints = 40.5\n",
        );
    let sources = Sources::read(folder.path()).unwrap();
    assert_eq!(
        sources.options.settings.ungranted,
        UngrantedVerdict::Escalate
    );
    assert_eq!(sources.options.settings.propose_at, 50);
    assert!(sources.options.settings.require_intent);
    let policies = PolicySet::load(folder.path()).unwrap();
    let request = Request::default();
    let decision = policies.decide(&request);
    assert_eq!(decision.risk().points(), 41);
    assert_eq!(decision.verdict(), Verdict::Escalate);
}

#[test]
fn parameters_may_be_dotted_and_of_any_simple_type() {
    let folder = Folder::new()
        .with(
            "a.guard",
            "policy a.b
             param n: number
             param names: list<string>
             param strict: bool
             param span: duration
             param end: time
             guard g { on delete when strict and target.name in names and now < end risk n because \"x\" }
             budget r { on restart limit 3 per span propose because \"x\" }",
        )
        .with(
            "taffrail.toml",
            "[params]\na.b.n = 7\nnames = [\"x\", \"y\"]\nstrict = true\nspan = \"30m\"\nend = 2027-01-01\n",
        );
    PolicySet::load(folder.path()).unwrap();
}

#[test]
fn a_builder_wins_over_the_settings_file() {
    let folder = Folder::new()
        .with("a.guard", "policy a.b  param points: number = 5  guard g { on delete risk points because \"costly\" }")
        .with("taffrail.toml", "[params]\na.b.points = 40\n");
    let policies = PolicySet::builder()
        .param("points", Value::Number(taffrail::Decimal::from(20)))
        .load(folder.path())
        .unwrap();
    assert_eq!(policies.decide(&Request::default()).risk().points(), 20);
}

#[test]
fn mistakes_in_the_settings_file_are_named() {
    let refusal = |settings: &str| {
        Folder::new()
            .with("a.guard", GUARD)
            .with("taffrail.toml", settings)
            .refusal()
    };
    insta::assert_snapshot!(refusal("tolerence = 3"), @"`taffrail.toml`: unknown key `tolerence`, did you mean `tolerance`?");
    insta::assert_snapshot!(refusal("[tolerance]\npropse = 3"), @"`taffrail.toml`: unknown key `propse`, did you mean `propose`?");
    insta::assert_snapshot!(refusal("[tolerance]\npropose = 80"), @"`taffrail.toml`: `tolerance.propose` is 80, and must not be above `tolerance.escalate`, which is 70");
    insta::assert_snapshot!(refusal("[tolerance]\npropose = 300"), @"`taffrail.toml`: `tolerance.propose` must be a whole number from 0 to 100");
    insta::assert_snapshot!(refusal("ungranted = \"execute\""), @r#"`taffrail.toml`: `ungranted` must be "propose" or "escalate""#);
    insta::assert_snapshot!(refusal("require_intent = \"yes\""), @"`taffrail.toml`: `require_intent` must be `true` or `false`");
    insta::assert_snapshot!(refusal("a = = 3"), @"`taffrail.toml`: line 1: extra `=`, expected nothing");
    insta::assert_snapshot!(refusal("params = 3"), @"`taffrail.toml`: `params` must be a table");
    insta::assert_snapshot!(refusal("[params]\nx = 1e400"), @"`taffrail.toml`: line 2: floating-point number overflowed");
    insta::assert_snapshot!(refusal("[params]\nx = 3\nx = 4"), @"`taffrail.toml`: line 3: duplicate key");
}

#[test]
fn a_parameter_that_no_module_declares_is_refused() {
    let folder = Folder::new()
        .with("a.guard", GUARD)
        .with("taffrail.toml", "[params]\nx = 3");
    assert!(
        folder
            .refusal()
            .contains("no module declares the parameter `x`")
    );
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    let error = PolicySet::from_sources([("a.guard", GUARD), ("a.guard", GUARD)]).unwrap_err();
    assert_eq!(error.to_string(), "two sources are named `a.guard`");
}
