//! Makes the table of Kubernetes types that `taffrail-schema` embeds. See the README beside this package.

mod dump;
mod table;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let output = match arguments.split_first() {
        Some((word, [])) if word == "dump" => dump::dump(),
        Some((word, [enums, keys, dumps @ ..])) if word == "table" => {
            table::table(enums, keys, dumps)
        }
        Some((word, [dumps @ ..])) if word == "docs" => table::docs(dumps),
        _ => {
            eprintln!("usage: dump | table ENUMS LIST-KEYS DUMP… | docs DUMP…");
            return ExitCode::from(2);
        }
    };
    match std::io::stdout().write_all(output.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
