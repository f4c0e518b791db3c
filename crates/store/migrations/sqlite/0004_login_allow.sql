-- The names of the users who may log in to a runtime, a JSON list; empty for all.
ALTER TABLE runtimes ADD COLUMN login_allow TEXT NOT NULL DEFAULT '[]';
