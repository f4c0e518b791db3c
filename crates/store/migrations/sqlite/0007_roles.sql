-- What a person may do in the console.
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'none';
