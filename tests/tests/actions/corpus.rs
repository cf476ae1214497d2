//! Command lines that agents and people really proposed, from outside the project, with our labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::labels::{Labelled, data, effects_of, rows};

/// What we say of a line that is guessed otherwise.
struct Label {
    digest: String,
    effects: String,
    why: String,
}

/// Returns the published lines, or nothing where this machine does not have them.
pub(crate) fn lines() -> Option<Vec<Labelled>> {
    let text = std::fs::read_to_string(file()?).unwrap();
    let labels = labels();
    let rows = text.lines().enumerate().skip(1).map(|(index, row)| {
        let columns: Vec<&str> = row.split('\t').collect();
        let number = index + 1;
        let (guess, line) = (columns[4], columns[5]);
        let label = labels.get(&number);
        assert!(
            label.is_none_or(|label| digest(line) == label.digest),
            "line {number} of the corpus is another one than was labelled"
        );
        Labelled {
            place: format!("commands.tsv:{number}"),
            line: line.to_owned(),
            effects: label.map_or_else(
                || {
                    effects_of(if guess == "local-write" {
                        "local"
                    } else {
                        guess
                    })
                },
                |label| effects_of(&label.effects),
            ),
            why: label.map_or_else(|| "as guessed".to_owned(), |label| label.why.clone()),
        }
    });
    Some(rows.collect())
}

fn file() -> Option<PathBuf> {
    let named = std::env::var_os("TAFFRAIL_COMMANDS").map(PathBuf::from);
    named
        .filter(|file| file.is_file())
        .or_else(|| file_beside("commands.tsv"))
}

/// Returns a file of published actions, or nothing where this machine does not have it.
pub(crate) fn file_beside(name: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above
        .map(|above| above.join("shared/corpus/actions").join(name))
        .find(|file| file.is_file())
}

fn labels() -> BTreeMap<usize, Label> {
    let text = data("corpus-labels.tsv");
    let labels = rows(&text).map(|(number, row)| {
        let columns: Vec<&str> = row.split('\t').collect();
        let [line, digest, effects, why] = columns.as_slice() else {
            panic!("corpus-labels.tsv:{number}: four columns are needed");
        };
        let label = Label {
            digest: (*digest).to_owned(),
            effects: (*effects).to_owned(),
            why: (*why).to_owned(),
        };
        (line.parse().unwrap(), label)
    });
    labels.collect()
}

/// Returns the FNV-1a hash of a line in hex: enough to notice that it is another one.
fn digest(line: &str) -> String {
    let hash = line.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
