//! The process that is killed between the request and its record.

use std::process::{Command, Stdio};

use taffrail_agent::Moment;
use taffrail_ledger::Stage;

use crate::example::Scene;

const WORDS: &str = "TAFFRAIL_TEST_SCENE";

/// Not a test of its own: it does the example until its request is answered, and dies without a last word.
#[test]
fn dies_after_its_request() {
    let Ok(words) = std::env::var(WORDS) else {
        return;
    };
    let words: Vec<&str> = words.split('|').collect();
    let [folder, example, url, ledger] = words.as_slice() else {
        unreachable!("a worker is given four words");
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let scene = Scene::elsewhere(folder, example, url, ledger).await;
        let agent = scene
            .builder(None)
            .name("first")
            .observer(|event| {
                if (event.stage, event.moment) == (Stage::Executed, Moment::Done) {
                    let id = std::process::id().to_string();
                    Command::new("kill").args(["-9", &id]).status().unwrap();
                    loop {
                        std::thread::park();
                    }
                }
            })
            .build()
            .unwrap();
        agent.submit(scene.submission()).await.unwrap();
    });
}

/// Runs the worker and tells whether it was killed.
pub(crate) fn is_killed(scene: &Scene, folder: &str, example: &str) -> bool {
    let words = format!(
        "{folder}|{example}|{}|{}",
        scene.url,
        scene.ledger_path().display()
    );
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker::dies_after_its_request", "--quiet"])
        .env(WORDS, words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    !status.success()
}
