//! `shukuba login` and `shukuba logout`: a person at any MCP server.

use clap::Args;

use crate::failure::Failure;
use crate::logins::{self, Prompt};
use crate::ui;

/// `shukuba login`.
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// The MCP server's address, such as <http://127.0.0.1:8430/mcp/adder>.
    #[arg(value_name = "SERVER")]
    address: String,
    /// A client id the operator gave you, where clients cannot register themselves.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
}

/// `shukuba logout`.
#[derive(Debug, Args)]
pub(crate) struct LogoutArgs {
    /// The MCP server's address.
    #[arg(value_name = "SERVER")]
    address: String,
}

/// Logs in with a browser, here or on another device.
///
/// # Errors
/// When the server offers no such login, or the person refused.
pub(crate) async fn log_in(args: LoginArgs) -> Result<(), Failure> {
    let tell = |prompt: &Prompt| {
        ui::note(format!("Open {}", prompt.address));
        ui::note(format!(
            "and check that it shows the code {}",
            prompt.user_code
        ));
    };
    logins::log_in(&args.address, args.client_id, tell).await?;
    ui::note(format!(
        "Logged in. `shukuba token get --login {}` prints a token, renewed as needed.",
        args.address
    ));
    Ok(())
}

/// Ends a login.
///
/// # Errors
/// When nobody is logged in there.
pub(crate) async fn log_out(args: LogoutArgs) -> Result<(), Failure> {
    logins::log_out(&args.address).await?;
    ui::note(format!("Logged out of {}", args.address));
    Ok(())
}
