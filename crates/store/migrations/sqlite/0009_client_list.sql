-- The pages of the list of clients are read in its order.
CREATE INDEX clients_in_order ON clients (created_at, name, client_id);
CREATE INDEX clients_of_source_in_order ON clients (source, created_at, name, client_id);
