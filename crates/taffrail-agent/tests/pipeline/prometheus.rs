//! Signals of a real Prometheus, where one is installed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use serde_json::json;
use taffrail_ledger::Stage;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::signals::decided;
use crate::support::is;

/// A server with its own data, which ends with the test.
struct Prometheus {
    child: Child,
    folder: PathBuf,
    address: SocketAddr,
}

impl Prometheus {
    async fn start() -> Option<Self> {
        let exporter = exporter().await;
        let folder =
            std::env::temp_dir().join(format!("taffrail-prometheus-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let config = format!(
            "global: {{ scrape_interval: 500ms, scrape_timeout: 400ms }}\nscrape_configs:\n- job_name: shop\n  static_configs:\n  - targets: ['{exporter}']\n"
        );
        std::fs::write(folder.join("prometheus.yml"), config).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new("prometheus")
            .arg(format!(
                "--config.file={}",
                folder.join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=error")
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let server = Self {
            child,
            folder,
            address,
        };
        server.wait_for("error_ratio_old").await;
        Some(server)
    }

    /// Waits until another process has scraped.
    async fn wait_for(&self, metric: &str) {
        let began = Instant::now();
        while !self.query(metric).await.contains("__name__") {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "Prometheus scrapes nothing"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn query(&self, query: &str) -> String {
        let Ok(mut stream) = TcpStream::connect(self.address).await else {
            return String::new();
        };
        let call = format!(
            "GET /api/v1/query?query={query} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        );
        let mut answer = Vec::new();
        if stream.write_all(call.as_bytes()).await.is_err()
            || stream.read_to_end(&mut answer).await.is_err()
        {
            return String::new();
        }
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It is gone already, or goes now; its data is nobody's.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Exports ratios that are sampled now, and one that was sampled three minutes ago: Prometheus keeps the time that an exporter gives, and
/// still answers with such a sample.
async fn exporter() -> SocketAddr {
    async fn metrics() -> String {
        let old = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(3);
        let old = old.as_millisecond();
        format!(
            "error_ratio{{ns=\"shop\",pod=\"a\"}} 0.002\nerror_ratio{{ns=\"shop\",pod=\"b\"}} 0.004\ncalm{{ns=\"shop\"}} 0.002\nnothing 0\nerror_ratio_old{{ns=\"shop\"}} 0.002 {old}\n"
        )
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/metrics", get(metrics));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn the_time_of_a_sample_is_that_of_the_sample() {
    let Some(server) = Prometheus::start().await else {
        eprintln!("skipped: there is no `prometheus` on the PATH");
        return;
    };
    let url = format!("http://{}", server.address);
    // What it answers to a question looks fresh, whatever the age of the sample.
    assert!(server.query("error_ratio_old").await.contains("0.002"));
    for (query, observed, stage) in [
        ("calm", None, Stage::Closed),
        ("calm{ns=\"$namespace\"}", None, Stage::Closed),
        ("sum(calm)", Some("min(timestamp(calm))"), Stage::Closed),
        (
            "max(error_ratio)",
            Some("min(timestamp(error_ratio))"),
            Stage::Closed,
        ),
        // Three minutes old, where one is fresh.
        ("error_ratio_old", None, Stage::Proposed),
        ("error_ratio_old{ns=\"$namespace\"}", None, Stage::Proposed),
        (
            "sum(error_ratio_old)",
            Some("min(timestamp(error_ratio_old))"),
            Stage::Proposed,
        ),
        // One value is needed, and a number.
        ("error_ratio", None, Stage::Proposed),
        ("no_such_metric", None, Stage::Proposed),
        ("calm{ns=\"$cluster\"}", None, Stage::Proposed),
        (
            "nothing / nothing",
            Some("timestamp(nothing)"),
            Stage::Proposed,
        ),
        ("sum(", Some("timestamp(calm)"), Stage::Proposed),
        ("sum(calm)", Some("sum("), Stage::Proposed),
    ] {
        let mut source = json!({ "prometheus": url, "query": query });
        if let Some(observed) = observed {
            source["observed"] = observed.into();
        }
        eprintln!("{query}");
        is(&decided(source).await, stage);
    }
}
