-- A page of the log is asked for by event, person and client, by time, and by any
-- of these together. What is filtered stands in the order of its time, in the index
-- of the first filter; the others are judged in that index.
DROP INDEX audit_by_event;
CREATE INDEX audit_by_time ON audit (at, seq);
CREATE INDEX audit_by_event ON audit (event, at, seq);
CREATE INDEX audit_by_actor ON audit (actor, at, seq, event, client_id);
CREATE INDEX audit_by_subject ON audit (subject, at, seq, event, client_id);
CREATE INDEX audit_by_client ON audit (client_id, at, seq, event);
