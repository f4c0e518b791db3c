//! `shukuba user`: people who log in.

use std::io::Read as _;

use clap::{Args, Subcommand};
use shukuba_model::wire::{UserCreate, UserCreated, UserUpdate, UserView};
use shukuba_model::{Role, UserName};

use crate::client::{Client, segment};
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba user`.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Create a person; prints a link to choose a password.
    Create(CreateArgs),
    /// List the people.
    List(ListArgs),
    /// Print a link by which a person chooses another password; using it ends
    /// the old one and every session.
    Reset(Which),
    /// Keep a person out: ends their sessions and tokens at once.
    Disable(Which),
    /// Let a person in again.
    Enable(Which),
    /// Say what a person may do in the console.
    Role(RoleArgs),
}

/// `shukuba user create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// What the person logs in with.
    name: UserName,
    /// What pages call them; the name when absent.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Where they can be written to.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// What they may do in the console: none, viewer or operator.
    #[arg(long, default_value_t = Role::None)]
    role: Role,
    /// Read a first password from standard input instead of printing a link.
    #[arg(long)]
    password_stdin: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba user role`.
#[derive(Debug, Args)]
pub(crate) struct RoleArgs {
    #[command(flatten)]
    which: Which,
    /// none, viewer (sees all but secrets) or operator (may do all).
    role: Role,
}

/// `shukuba user list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// One person.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Their name or id.
    user: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn run(global: &Global, command: UserCommand) -> Result<(), Failure> {
    let client = Client::new(global)?;
    match command {
        UserCommand::Create(args) => create(&client, args).await,
        UserCommand::List(args) => list(&client, &args).await,
        UserCommand::Reset(which) => {
            let path = format!("/api/v1/users/{}/reset", segment(&which.user));
            let created: UserCreated = client.post(&path, &serde_json::json!({})).await?;
            show(&created, which.json);
            Ok(())
        }
        UserCommand::Role(args) => set_role(&client, &args).await,
        UserCommand::Disable(which) => set_disabled(&client, &which, true).await,
        UserCommand::Enable(which) => set_disabled(&client, &which, false).await,
    }
}

async fn create(client: &Client, args: CreateArgs) -> Result<(), Failure> {
    let password = if args.password_stdin {
        Some(read_password()?)
    } else {
        None
    };
    let body = UserCreate {
        name: args.name,
        display_name: args.display_name,
        email: args.email,
        password,
        role: args.role,
    };
    let created: UserCreated = client.post("/api/v1/users", &body).await?;
    show(&created, args.json);
    Ok(())
}

/// A password is never an argument: those are seen by every user of a machine.
fn read_password() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|error| Failure::failed(format!("the password cannot be read: {error}")))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure::usage("standard input held no password").hint(
            "for instance: printf %s \"$PASSWORD\" | shukuba user create NAME --password-stdin",
        ));
    }
    Ok(password.to_owned())
}

fn show(created: &UserCreated, json: bool) {
    if json {
        ui::json(created);
        return;
    }
    ui::data(format!("name        {}", created.user.name));
    ui::data(format!("id          {}", created.user.id));
    if let Some(link) = &created.login_link {
        ui::data(format!("login link  {link}"));
        ui::note(
            "The link is shown this once, works once, and ends within a day: it lets whoever opens it choose the password.",
        );
    }
}

async fn set_disabled(client: &Client, which: &Which, disabled: bool) -> Result<(), Failure> {
    let update = UserUpdate {
        disabled: Some(disabled),
        role: None,
    };
    let path = format!("/api/v1/users/{}", segment(&which.user));
    let user: UserView = client.patch(&path, &update).await?;
    if which.json {
        ui::json(&user);
    } else if disabled {
        ui::note(format!(
            "{} is kept out; sessions and tokens ended",
            user.name
        ));
    } else {
        ui::note(format!("{} may log in again", user.name));
    }
    Ok(())
}

async fn set_role(client: &Client, args: &RoleArgs) -> Result<(), Failure> {
    let update = UserUpdate {
        disabled: None,
        role: Some(args.role),
    };
    let path = format!("/api/v1/users/{}", segment(&args.which.user));
    let user: UserView = client.patch(&path, &update).await?;
    if args.which.json {
        ui::json(&user);
        return Ok(());
    }
    ui::note(match user.role {
        Role::None => format!("{} may do nothing in the console", user.name),
        Role::Viewer => format!("{} sees the console, and changes nothing", user.name),
        Role::Operator => format!("{} may do everything in the console", user.name),
    });
    Ok(())
}

async fn list(client: &Client, args: &ListArgs) -> Result<(), Failure> {
    let users: Vec<UserView> = client.get("/api/v1/users").await?;
    if args.json {
        ui::json(&users);
        return Ok(());
    }
    let state = |user: &UserView| match (user.disabled, user.has_password) {
        (true, _) => "disabled",
        (false, true) => "active",
        (false, false) => "no password yet",
    };
    let rows: Vec<Vec<String>> = users
        .iter()
        .map(|user| {
            vec![
                user.name.to_string(),
                user.id.to_string(),
                user.role.to_string(),
                state(user).to_owned(),
                ui::time(user.created_at),
            ]
        })
        .collect();
    ui::table(&["NAME", "ID", "ROLE", "STATE", "CREATED"], &rows);
    Ok(())
}
