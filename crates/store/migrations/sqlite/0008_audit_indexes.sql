-- A page of the log is asked for by person and by client as often as by event. A
-- second and third filter is judged in the index of the first.
CREATE INDEX audit_by_actor ON audit (actor, seq, event, client_id);
CREATE INDEX audit_by_subject ON audit (subject, seq, event, client_id);
CREATE INDEX audit_by_client ON audit (client_id, seq, event);
