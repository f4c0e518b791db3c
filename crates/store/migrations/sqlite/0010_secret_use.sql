-- Secrets that nobody uses are looked for by when they were last of use: when
-- they last proved their client, or were made.
CREATE INDEX client_secrets_by_use
    ON client_secrets (COALESCE(last_used_at, created_at), id, client_id);
