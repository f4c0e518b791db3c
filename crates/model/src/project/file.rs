//! A project file as a whole: which agents it has, and its changes.

use super::agent::{self, Agent};
use super::draft::AgentDraft;
use super::edit::{self, Change};
use super::scalar::Value;
use super::tree::{self, Node};
use super::values::{Field, nearest};
use super::{ProjectError, error};
use crate::name::{RuntimeArn, RuntimeName};

/// A project file: its text, and the values in it with their places.
#[derive(Debug, Clone)]
pub struct ProjectFile {
    file: String,
    text: String,
    root: Node,
}

impl ProjectFile {
    /// Parses a text; `file` is the name messages call it by. Checks that it is
    /// YAML a project file may use; values are checked when they are asked for.
    ///
    /// # Errors
    /// When it is not, with the line.
    pub fn parse(file: impl Into<String>, text: impl Into<String>) -> Result<Self, ProjectError> {
        let (file, text) = (file.into(), text.into());
        let root = tree::parse(&file, &text)?;
        let parsed = Self { file, text, root };
        parsed.field().keys()?;
        Ok(parsed)
    }

    /// A new file with one agent, key for key as the AWS toolkit writes it.
    ///
    /// # Errors
    /// None in practice; an agent that cannot be written is reported, not dropped.
    pub fn create(file: impl Into<String>, draft: &AgentDraft) -> Result<Self, ProjectError> {
        let mut created = Self::parse(file, "")?;
        created.configure(draft)?;
        Ok(created)
    }

    /// The text, to be written back.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name messages call the file by.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The names of the agents, in their order.
    ///
    /// # Errors
    /// When `agents` is not a mapping.
    pub fn agent_names(&self) -> Result<Vec<String>, ProjectError> {
        if self.is_single()? {
            let name = self.field().get("name")?;
            return Ok(name.text()?.map(str::to_owned).into_iter().collect());
        }
        let agents = self.field().get("agents")?;
        Ok(agents.keys()?.into_iter().map(str::to_owned).collect())
    }

    /// The name of the agent meant where none is named, if the file says.
    ///
    /// # Errors
    /// When it names an agent that is not in the file.
    pub fn default_agent(&self) -> Result<Option<String>, ProjectError> {
        let names = self.agent_names()?;
        if self.is_single()? {
            return Ok(names.into_iter().next());
        }
        let field = self.field().get("default_agent")?;
        match field.text()? {
            None => Ok(None),
            Some(name) if names.iter().any(|known| known == name) => Ok(Some(name.to_owned())),
            Some(name) => {
                Err(field.error(format!("'{name}' is not valid: {}", one_of(name, &names))))
            }
        }
    }

    /// Reads and checks an agent; `None` means the default one, or the only one.
    ///
    /// # Errors
    /// When there is no such agent, or a value of it is not allowed.
    pub fn agent(&self, name: Option<&str>) -> Result<Agent, ProjectError> {
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.chosen()?,
        };
        if self.is_single()? {
            let agent = agent::read(&self.field(), None)?;
            if agent.name.as_str() == name {
                return Ok(agent);
            }
            return Err(self.no_such_agent(&name, &[agent.name.to_string()]));
        }
        let field = self.field().get("agents")?.get(&name)?;
        if !field.is_set() {
            return Err(self.no_such_agent(&name, &self.agent_names()?));
        }
        agent::read(&field, Some(&name))
    }

    /// Writes the answers about an agent and makes it the default one: into the
    /// agent of that name, else as a new agent.
    ///
    /// # Errors
    /// When the file is laid out in a way that does not let a value change
    /// alone, or holds another agent in the single-agent form. The file is then
    /// as it was.
    pub fn configure(&mut self, draft: &AgentDraft) -> Result<(), ProjectError> {
        let mut changed = self.clone();
        changed.write(draft)?;
        *self = changed;
        Ok(())
    }

    fn write(&mut self, draft: &AgentDraft) -> Result<(), ProjectError> {
        let name = draft.name.as_str();
        let single = self.is_single()?;
        if single && self.agent_names()?.iter().any(|known| known != name) {
            return Err(self.field().get("name")?.error(format!(
                "the file holds one agent in the older form without `agents`, so '{name}' cannot \
                 stand beside it: configure it under this name, or in another directory"
            )));
        }
        if !single {
            self.set(&["default_agent"], &Value::Text(name.to_owned()))?;
        }
        let path = self.path_of(name)?;
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if self.root.at(&path).is_none_or(Node::is_null) {
            return self.set(&path, &draft.complete());
        }
        let aws = self.root.at(&path).and_then(|agent| agent.at(&["aws"]));
        let answers = draft.answers(|key| aws.is_some_and(|aws| aws.entry(key).is_some()));
        self.set(&path, &answers)?;
        self.clear_absent_rules(&path, draft)
    }

    fn clear_absent_rules(
        &mut self,
        path: &[&str],
        draft: &AgentDraft,
    ) -> Result<(), ProjectError> {
        if draft.authorizer.is_none() {
            return Ok(());
        }
        for rule in draft.absent_rules() {
            let mut path = path.to_vec();
            path.extend(["authorizer_configuration", "customJWTAuthorizer", rule]);
            self.apply(&path, Change::Remove)?;
        }
        Ok(())
    }

    /// Writes back where an agent was launched.
    ///
    /// # Errors
    /// As [`ProjectFile::configure`].
    pub fn record_launch(&mut self, name: &str, arn: &RuntimeArn) -> Result<(), ProjectError> {
        let launched = Value::map([
            ("agent_id", Value::Text(arn.id.to_string())),
            ("agent_arn", Value::Text(arn.to_string())),
        ]);
        self.set_in(name, "bedrock_agentcore", &launched)
    }

    /// Writes down the runtime session last used, or forgets it.
    ///
    /// # Errors
    /// As [`ProjectFile::configure`].
    pub fn record_session(&mut self, name: &str, id: Option<&str>) -> Result<(), ProjectError> {
        let session = Value::map([("agent_session_id", Value::text_or_null(id))]);
        self.set_in(name, "bedrock_agentcore", &session)
    }

    /// Makes an agent the default one.
    ///
    /// # Errors
    /// When there is no such agent, or as [`ProjectFile::configure`].
    pub fn set_default(&mut self, name: &RuntimeName) -> Result<(), ProjectError> {
        let names = self.agent_names()?;
        if !names.iter().any(|known| known == name.as_str()) {
            return Err(self.no_such_agent(name.as_str(), &names));
        }
        if self.is_single()? {
            return Ok(());
        }
        self.set(&["default_agent"], &Value::Text(name.to_string()))
    }

    fn set_in(&mut self, name: &str, key: &str, value: &Value) -> Result<(), ProjectError> {
        let mut path = self.path_of(name)?;
        path.push(key.to_owned());
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let mut changed = self.clone();
        changed.set(&path, value)?;
        *self = changed;
        Ok(())
    }

    fn set(&mut self, path: &[&str], value: &Value) -> Result<(), ProjectError> {
        self.apply(path, Change::Set(value))
    }

    fn apply(&mut self, path: &[&str], change: Change<'_>) -> Result<(), ProjectError> {
        (self.text, self.root) = edit::change(&self.file, &self.text, &self.root, path, change)?;
        Ok(())
    }

    fn path_of(&self, name: &str) -> Result<Vec<String>, ProjectError> {
        Ok(if self.is_single()? {
            Vec::new()
        } else {
            vec!["agents".to_owned(), name.to_owned()]
        })
    }

    /// Whether this is the form before there were several agents: the agent's
    /// keys at the top.
    fn is_single(&self) -> Result<bool, ProjectError> {
        let root = self.field();
        Ok(!root.get("agents")?.is_set()
            && root.get("name")?.is_set()
            && root.get("entrypoint")?.is_set())
    }

    fn chosen(&self) -> Result<String, ProjectError> {
        if let Some(name) = self.default_agent()? {
            return Ok(name);
        }
        match self.agent_names()?.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(error::in_file(
                &self.file,
                "there is no agent in it: `shukuba configure` writes one",
            )),
            several => Err(self.field().get("default_agent")?.error(format!(
                "is missing, and there are several agents: name one of {}",
                several.join(", ")
            ))),
        }
    }

    fn no_such_agent(&self, name: &str, names: &[String]) -> ProjectError {
        error::in_file(
            &self.file,
            format!("there is no agent '{name}' in it: {}", one_of(name, names)),
        )
    }

    fn field(&self) -> Field<'_> {
        Field::root(&self.file, &self.root)
    }
}

fn one_of(name: &str, names: &[String]) -> String {
    let list = match names {
        [] => return "the file has no agents".to_owned(),
        names => format!("one of {}", names.join(", ")),
    };
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("{list} (did you mean '{near}'?)"),
        None => list,
    }
}
