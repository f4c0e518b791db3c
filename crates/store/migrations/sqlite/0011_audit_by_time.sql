-- The log is read by time as well, alone and together with whatever else is asked
-- for: what is filtered stands in the order of its time, in the index of each filter.
DROP INDEX audit_by_event;
DROP INDEX audit_by_actor;
DROP INDEX audit_by_subject;
DROP INDEX audit_by_client;
CREATE INDEX audit_by_time ON audit (at, seq);
CREATE INDEX audit_by_event ON audit (event, at, seq);
CREATE INDEX audit_by_actor ON audit (actor, at, seq, event, client_id);
CREATE INDEX audit_by_subject ON audit (subject, at, seq, event, client_id);
CREATE INDEX audit_by_client ON audit (client_id, at, seq, event);
