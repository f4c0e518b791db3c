-- A page of the log is asked for by person and by client as often as by event.
CREATE INDEX audit_by_actor ON audit (actor, seq);
CREATE INDEX audit_by_subject ON audit (subject, seq);
CREATE INDEX audit_by_client ON audit (client_id, seq);
