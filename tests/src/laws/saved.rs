//! A saved program decides as the one it was saved from.

use taffrail_runtime::Program;

use super::case;
use super::run::{compiled, difference, law};

#[test]
fn a_saved_program_gives_the_same_reports() {
    law("saved", case(), |case| {
        let program = compiled(&case.set, &case.settings)?.program;
        let bytes = program.to_json().map_err(|error| error.to_string())?;
        let loaded = Program::from_json(&bytes).map_err(|error| error.to_string())?;
        if loaded.to_json().map_err(|error| error.to_string())? != bytes {
            return Err("saving again gives other bytes".into());
        }
        for request in &case.requests {
            let facts = loaded.prepare(&request.0);
            let (fresh, again) = (
                program.decide(&request.0).report(),
                loaded.decide_prepared(&facts).report(),
            );
            if fresh != again {
                return Err(format!(
                    "the reports differ in\n{}{request:?}",
                    difference(&fresh, &again)
                ));
            }
        }
        Ok(())
    });
}
