-- A token request need not repeat the redirect URI (OAuth 2.1 section 10.2), so nobody asks
-- whether the authorization request named one.
ALTER TABLE codes DROP COLUMN redirect_sent;
