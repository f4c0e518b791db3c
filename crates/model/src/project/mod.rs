//! The project file a directory carries, in AgentCore's shape.
