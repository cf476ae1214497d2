//! Serves until it is stopped: for trying a client by hand.

#![expect(clippy::print_stdout, reason = "a program says where it listens")]

use std::io::{Error, ErrorKind};

use taffrail_apiserver::{ApiServer, Rollouts};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => 0,
        (Some("--port"), Some(port)) => port
            .parse()
            .map_err(|_| Error::new(ErrorKind::InvalidInput, "a port is a number"))?,
        _ => {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "only `--port NUMBER` is understood",
            ));
        }
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let server = ApiServer::start_at(port).await?;
        server.rollouts(Rollouts::Succeed);
        println!("{}", server.url());
        std::future::pending::<()>().await;
        Ok(())
    })
}
