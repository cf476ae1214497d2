//! A private server of PostgreSQL, from the binaries that are installed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The one server of this process; without one, why there is none.
static SERVER: LazyLock<Result<PathBuf, String>> = LazyLock::new(start);

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Returns the URL of a new, empty database.
pub(crate) fn database() -> Result<String, String> {
    let folder = SERVER.as_ref().map_err(Clone::clone)?;
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("ledger_{}_{number}", std::process::id());
    let url = |database: &str| format!("host={} user=taffrail dbname={database}", folder.display());
    let mut client = postgres::Client::connect(&url("postgres"), postgres::NoTls)
        .map_err(|error| error.to_string())?;
    client
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .map_err(|error| error.to_string())?;
    Ok(url(&name))
}

fn start() -> Result<PathBuf, String> {
    let binaries = binaries().ok_or("no binaries of PostgreSQL are installed")?;
    let folder = std::env::temp_dir().join(format!("taffrail-postgres-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let owner = owner(&folder)?;
    let data = folder.join("data");
    let made = as_owner(owner.as_deref(), &binaries.join("initdb"))
        .args(["--auth=trust", "--username=taffrail", "--no-sync", "-D"])
        .arg(&data)
        .current_dir(&folder)
        .output()
        .map_err(|error| error.to_string())?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned());
    }
    // The shell ends the server when this process is gone, however that was, and takes the folder away.
    let script =
        r#""$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server; rm -rf "$FOLDER""#;
    let mut shell = Command::new("sh");
    let server = as_owner(owner.as_deref(), &binaries.join("postgres"));
    shell
        .args(["-c", script, "sh"])
        .arg(server.get_program())
        .args(server.get_args())
        .arg("-D")
        .arg(&data)
        .args([
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "max_connections=200",
            "-k",
        ])
        .arg(&folder)
        .env("FOLDER", &folder)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = shell.spawn().map_err(|error| error.to_string())?;
    // Its standard input stays open as long as this process lives.
    std::mem::forget(child);
    let url = format!("host={} user=taffrail dbname=postgres", folder.display());
    let begun = Instant::now();
    while postgres::Client::connect(&url, postgres::NoTls).is_err() {
        if begun.elapsed() > Duration::from_secs(60) {
            return Err("the server of PostgreSQL does not answer".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(folder)
}

/// Returns the folder that holds `initdb` and `postgres`, the newest when there are several.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .filter(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut packaged: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    packaged.sort();
    found.extend(packaged.into_iter().rev());
    found.into_iter().next()
}

/// PostgreSQL refuses to run as root: then its own user does, who is given the folder.
fn owner(folder: &Path) -> Result<Option<String>, String> {
    let own = fs::metadata("/proc/self")
        .map_err(|error| error.to_string())?
        .uid();
    if own != 0 {
        return Ok(None);
    }
    let changed = Command::new("chown").arg("postgres").arg(folder).status();
    match changed {
        Ok(status) if status.success() => Ok(Some("postgres".to_owned())),
        _ => Err("PostgreSQL does not run as root, and there is no user `postgres`".into()),
    }
}

fn as_owner(owner: Option<&str>, program: &Path) -> Command {
    match owner {
        None => Command::new(program),
        Some(owner) => {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={owner}"))
                .arg(format!("--regid={owner}"))
                .args(["--clear-groups", "--"])
                .arg(program);
            command
        }
    }
}
