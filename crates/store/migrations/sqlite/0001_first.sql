-- Times are seconds since 1970. JSON columns hold values that SQL never looks into.

CREATE TABLE apis (
    id                TEXT    NOT NULL PRIMARY KEY,
    name              TEXT    NOT NULL,
    identifier        TEXT    NOT NULL UNIQUE,
    profile           TEXT    NOT NULL,
    signing_algorithm TEXT    NOT NULL,
    token_lifetime    BIGINT  NOT NULL,
    created_at        BIGINT  NOT NULL
);

-- secret_hash is the SHA-256 of a random secret; the secret itself is never here.
CREATE TABLE applications (
    client_id   TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL UNIQUE,
    kind        TEXT   NOT NULL,
    secret_hash BLOB   NOT NULL,
    created_at  BIGINT NOT NULL
);

-- position 0 is the application's default API.
CREATE TABLE application_apis (
    client_id TEXT   NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    api_id    TEXT   NOT NULL REFERENCES apis (id),
    position  BIGINT NOT NULL,
    PRIMARY KEY (client_id, api_id)
);
CREATE INDEX application_apis_by_api ON application_apis (api_id);

-- sealed_pkcs8 is encrypted under the master key, bound to this table and the kid.
CREATE TABLE signing_keys (
    kid          TEXT   NOT NULL PRIMARY KEY,
    algorithm    TEXT   NOT NULL,
    sealed_pkcs8 BLOB   NOT NULL,
    state        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX signing_keys_one_current ON signing_keys (algorithm) WHERE state = 'current';

CREATE TABLE runtimes (
    id                   TEXT    NOT NULL PRIMARY KEY,
    name                 TEXT    NOT NULL UNIQUE,
    arn                  TEXT    NOT NULL,
    authorizer           TEXT    NOT NULL,
    authorization_server TEXT    NOT NULL,
    login                BOOLEAN NOT NULL,
    idle_timeout         BIGINT  NOT NULL,
    max_lifetime         BIGINT  NOT NULL,
    created_at           BIGINT  NOT NULL
);

CREATE TABLE versions (
    runtime_id TEXT   NOT NULL REFERENCES runtimes (id) ON DELETE CASCADE,
    number     BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    command    TEXT   NOT NULL,
    sessions   TEXT   NOT NULL,
    tools      TEXT   NOT NULL,
    start_ms   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (runtime_id, number)
);

CREATE TABLE endpoints (
    runtime_id TEXT   NOT NULL,
    qualifier  TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (runtime_id, qualifier),
    FOREIGN KEY (runtime_id, version) REFERENCES versions (runtime_id, number) ON DELETE CASCADE
);
