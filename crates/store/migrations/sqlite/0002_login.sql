-- Clients, people, and what people granted to clients. Every secret value is
-- kept as the SHA-256 of random bytes, passwords as argon2id.

-- source: 'registered' by the operator, 'dynamic' by RFC 7591. Clients that are
-- a metadata document (CIMD) have no row here.
CREATE TABLE clients (
    client_id               TEXT   NOT NULL PRIMARY KEY,
    name                    TEXT   NOT NULL,
    source                  TEXT   NOT NULL,
    kind                    TEXT   NOT NULL,
    auth_method             TEXT   NOT NULL,
    grant_types             TEXT   NOT NULL,
    redirect_uris           TEXT   NOT NULL,
    metadata                TEXT   NOT NULL,
    jwks                    TEXT,
    jwks_uri                TEXT,
    registration_token_hash BLOB,
    duplicate_key           BLOB,
    created_at              BIGINT NOT NULL,
    last_used_at            BIGINT
);
-- What the operator registers is told apart by name; what strangers register is not.
CREATE UNIQUE INDEX clients_registered_name ON clients (name) WHERE source = 'registered';
CREATE UNIQUE INDEX clients_by_duplicate_key ON clients (duplicate_key);
CREATE INDEX clients_unused ON clients (created_at) WHERE last_used_at IS NULL;

-- Two live secrets at most, so that one can be replaced without a gap.
CREATE TABLE client_secrets (
    id           TEXT   NOT NULL PRIMARY KEY,
    client_id    TEXT   NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    secret_hash  BLOB   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);

-- position 0 is the client's default API; scopes NULL means all of the API's.
CREATE TABLE client_apis (
    client_id TEXT   NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    api_id    TEXT   NOT NULL REFERENCES apis (id),
    position  BIGINT NOT NULL,
    scopes    TEXT,
    PRIMARY KEY (client_id, api_id)
);
CREATE INDEX client_apis_by_api ON client_apis (api_id);

-- Fetched client id metadata documents. imported: by the operator, never fetched again.
CREATE TABLE client_documents (
    client_id     TEXT    NOT NULL PRIMARY KEY,
    document      TEXT    NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    imported      BOOLEAN NOT NULL,
    fetched_at    BIGINT  NOT NULL,
    fresh_until   BIGINT  NOT NULL,
    last_used_at  BIGINT
);

CREATE TABLE initial_access_tokens (
    token_hash BLOB   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    uses_left  BIGINT NOT NULL
);

-- The jti of client assertions, until they expire (RFC 7523 section 3).
CREATE TABLE assertion_ids (
    client_id  TEXT   NOT NULL,
    jti_hash   BLOB   NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);

ALTER TABLE apis ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';

CREATE TABLE users (
    id                  TEXT    NOT NULL PRIMARY KEY,
    name                TEXT    NOT NULL UNIQUE,
    display_name        TEXT    NOT NULL,
    email               TEXT,
    password_hash       TEXT,
    disabled            BOOLEAN NOT NULL,
    created_at          BIGINT  NOT NULL,
    password_changed_at BIGINT
);

-- A link by which a person chooses a password, once.
CREATE TABLE login_links (
    link_hash  BLOB   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE sessions (
    session_hash BLOB   NOT NULL PRIMARY KEY,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_time    BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    user_agent   TEXT   NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- A parsed authorization request, which nothing changes until it is answered,
-- once. browser_hash binds it to the browser that sent it.
CREATE TABLE authorization_requests (
    request_hash BLOB   NOT NULL PRIMARY KEY,
    browser_hash BLOB   NOT NULL,
    request      TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    answered_at  BIGINT
);
CREATE INDEX authorization_requests_by_expiry ON authorization_requests (expires_at);

-- What a person allowed a client in a browser. what_hash covers redirect URI,
-- resource, scopes and the client's fingerprint: any change asks again.
CREATE TABLE consents (
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id    TEXT   NOT NULL,
    browser_hash BLOB   NOT NULL,
    what_hash    BLOB   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id, browser_hash, what_hash)
);

-- One login of one installation of a client: the family of its refresh tokens.
-- live_until: when its newest token ends; without one it is only a promise.
CREATE TABLE grants (
    id             TEXT   NOT NULL PRIMARY KEY,
    user_id        TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id      TEXT   NOT NULL,
    client_name    TEXT   NOT NULL,
    api            TEXT   NOT NULL,
    resource       TEXT,
    scope          TEXT   NOT NULL,
    auth_time      BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    last_used_at   BIGINT NOT NULL,
    live_until     BIGINT,
    expires_at     BIGINT NOT NULL,
    revoked_at     BIGINT,
    revoked_reason TEXT
);
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_client ON grants (client_id);
CREATE INDEX grants_by_age ON grants (created_at, id);

CREATE TABLE codes (
    code_hash    BLOB   NOT NULL PRIMARY KEY,
    grant_id     TEXT   NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    client_id    TEXT   NOT NULL,
    redirect_uri TEXT   NOT NULL,
    redirect_sent BOOLEAN NOT NULL,
    challenge    TEXT   NOT NULL,
    nonce        TEXT,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    consumed_at  BIGINT
);
CREATE INDEX codes_by_grant ON codes (grant_id);

CREATE TABLE refresh_tokens (
    token_hash  BLOB   NOT NULL PRIMARY KEY,
    grant_id    TEXT   NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    generation  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    consumed_at BIGINT,
    UNIQUE (grant_id, generation)
);

-- state: 'pending', 'allowed', 'denied'; consumed_at when the tokens were given.
CREATE TABLE device_codes (
    device_hash    BLOB   NOT NULL PRIMARY KEY,
    user_code_hash BLOB   NOT NULL UNIQUE,
    client_id      TEXT   NOT NULL,
    client_name    TEXT   NOT NULL,
    api            TEXT   NOT NULL,
    resource       TEXT,
    scope          TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    grant_id       TEXT,
    interval       BIGINT NOT NULL,
    last_polled_at BIGINT,
    address        TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    consumed_at    BIGINT
);
CREATE INDEX device_codes_by_expiry ON device_codes (expires_at);

-- Dead before their time: kind is 'grant', 'token' (jti), 'client' or 'user'.
-- Kept until no token they could kill is alive.
CREATE TABLE revocations (
    kind       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    revoked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);

-- Each row's hash is keyed and covers its fields and the hash before it, so a
-- changed, moved or missing row shows. previous lets old rows be cut off.
CREATE TABLE audit (
    seq       BIGINT NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    event     TEXT   NOT NULL,
    outcome   TEXT   NOT NULL,
    actor     TEXT   NOT NULL,
    client_id TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    address   TEXT   NOT NULL,
    detail    TEXT   NOT NULL,
    previous  BLOB   NOT NULL,
    hash      BLOB   NOT NULL
);
CREATE INDEX audit_by_event ON audit (event, seq);

-- The applications of the first version are clients like any other.
INSERT INTO clients (client_id, name, source, kind, auth_method, grant_types, redirect_uris,
    metadata, created_at)
SELECT client_id, name, 'registered', kind, 'client_secret', '["client_credentials"]', '[]',
    '{}', created_at
FROM applications;

INSERT INTO client_secrets (id, client_id, secret_hash, created_at)
SELECT 'sec_first_' || client_id, client_id, secret_hash, created_at FROM applications;

INSERT INTO client_apis (client_id, api_id, position)
SELECT client_id, api_id, position FROM application_apis;

DROP TABLE application_apis;
DROP TABLE applications;
