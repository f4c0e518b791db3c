-- A second and third filter of the log is judged in the index of the first.
DROP INDEX audit_by_actor;
DROP INDEX audit_by_subject;
DROP INDEX audit_by_client;
CREATE INDEX audit_by_actor ON audit (actor, seq, event, client_id);
CREATE INDEX audit_by_subject ON audit (subject, seq, event, client_id);
CREATE INDEX audit_by_client ON audit (client_id, seq, event);
