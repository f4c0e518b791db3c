-- The life of a signing key. signs_since is NULL until it is the current one
-- (a key from before this column signs since it was made); keep_until is set
-- when it has signed for the last time.
ALTER TABLE signing_keys ADD COLUMN signs_since BIGINT;
ALTER TABLE signing_keys ADD COLUMN keep_until BIGINT;
UPDATE signing_keys SET signs_since = created_at WHERE state <> 'next';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (algorithm) WHERE state = 'next';
