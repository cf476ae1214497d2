//! Lines with the effect that they have, as they stand in `tests/actions/`.

use std::path::{Path, PathBuf};

use taffrail_actions::Effect;

/// A command line and what it does.
#[derive(Debug, Clone)]
pub(crate) struct Labelled {
    /// Where it stands, for people: `hostile.tsv:7`.
    pub(crate) place: String,
    pub(crate) line: String,
    /// What it does; several where more than one is true enough.
    pub(crate) effects: Vec<Effect>,
    pub(crate) why: String,
}

impl Labelled {
    /// Tells whether it only reads and nothing else could be said of it.
    pub(crate) fn is_plain_read(&self) -> bool {
        self.effects == [Effect::Read]
    }

    /// Tells whether it changes the cluster, runs something in it or reads its Secrets, without a doubt.
    pub(crate) fn is_certainly_dangerous(&self) -> bool {
        let dangerous = [Effect::Write, Effect::Exec, Effect::SecretRead];
        self.effects.iter().all(|effect| dangerous.contains(effect))
    }

    /// Tells whether this effect would let the line pass for something milder than it is.
    pub(crate) fn is_let_through_by(&self, effect: Effect) -> bool {
        let is_mild = |effect: Effect| effect < Effect::SecretRead;
        let mildest = self
            .effects
            .iter()
            .min()
            .copied()
            .unwrap_or(Effect::Unknown);
        is_mild(effect)
            && (!is_mild(mildest) || (effect == Effect::Read && mildest != Effect::Read))
    }
}

/// Returns the lines of `hostile.tsv`.
pub(crate) fn hostile() -> Vec<Labelled> {
    let text = data("hostile.tsv");
    let rows = rows(&text).map(|(number, row)| {
        let columns: Vec<&str> = row.split('\t').collect();
        let [effects, line, why] = columns.as_slice() else {
            panic!("hostile.tsv:{number}: three columns are needed");
        };
        Labelled {
            place: format!("hostile.tsv:{number}"),
            line: unescaped(line),
            effects: effects_of(effects),
            why: (*why).to_owned(),
        }
    });
    rows.collect()
}

/// Returns the rows of a file in `tests/actions/` with their numbers, without comments.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text
        .lines()
        .enumerate()
        .map(|(index, row)| (index + 1, row));
    numbered.filter(|(_, row)| !row.starts_with("# "))
}

/// Returns the text of a file in `tests/actions/`.
pub(crate) fn data(name: &str) -> String {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("actions");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Reads `write|unknown`.
pub(crate) fn effects_of(text: &str) -> Vec<Effect> {
    text.split('|').map(|name| name.parse().unwrap()).collect()
}

/// Puts the characters into a line that would not be seen in the file: `{U+200B}`.
fn unescaped(line: &str) -> String {
    let mut rest = line;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once("{U+") {
        let (digits, end) = after.split_once('}').unwrap();
        let code = u32::from_str_radix(digits, 16).unwrap();
        plain.push_str(before);
        plain.push(char::from_u32(code).unwrap());
        rest = end;
    }
    plain + rest
}
