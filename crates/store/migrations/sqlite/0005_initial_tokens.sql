-- An initial access token is listed and taken back by its id, never by itself.
-- uses is what it was made for; of a token from before, what was left.
ALTER TABLE initial_access_tokens ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE initial_access_tokens ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
ALTER TABLE initial_access_tokens ADD COLUMN last_used_at BIGINT;
UPDATE initial_access_tokens SET id = 'iat_first_' || rowid, uses = uses_left;
CREATE UNIQUE INDEX initial_access_tokens_by_id ON initial_access_tokens (id);
