/**
 * Where our answer may differ from the oracle's: both answers, word for word, and why ours
 * stays. docs/divergences.md has the same in short.
 */

const CLIENT = [
    '401 invalid_client', '400 invalid_request',
    'RFC 6749 section 5.2: invalid_client is the code for "no client authentication included", and 401 with a challenge the '
        + 'answer to an Authorization header, however broken it is',
];
const HEADER = ['401 invalid_client (Basic)', ...CLIENT.slice(1)];
const GRANT = [
    '400 unauthorized_client', '400 invalid_request',
    'RFC 6749 section 5.2: unauthorized_client is the code for a client that may not use a grant type (RFC 8628 section 3.2 '
        + 'refers to it)',
];
const REDIRECT = [
    '400 invalid_request', '400 invalid_redirect_uri',
    'RFC 6749 section 4.1.2.1 names no code for it; invalid_redirect_uri is registered for registration alone (RFC 7591 '
        + 'section 3.2.2)',
];
const BODY = [
    '400 invalid_client_metadata', '400 invalid_request',
    'RFC 7591 section 3.2.2 has no invalid_request',
];

export const ALLOWED = {
    'token: no client': allow(...CLIENT),
    'token: Basic without a colon': allow(...HEADER),
    'token: Basic that is no base64': allow(...HEADER),
    'token: another scheme': allow(...HEADER),
    'device: begun by nobody': allow(...CLIENT),
    'revoke: no client': allow(...CLIENT),
    'introspect: no client': allow(...CLIENT),
    'token: public client for itself': allow(...GRANT),
    'code: client without the grant': allow(...GRANT),
    'machine: client without the grant': allow(...GRANT),
    'device: begun without the grant': allow(...GRANT),
    'refresh: used before by a public client': allow(
        '200', '400 invalid_grant',
        'RFC 9700 section 4.14.2, and 60 s of grace: answers get lost, and processes share a login',
    ),
    'machine: unknown scope': allow(
        '400 invalid_scope', '200',
        'RFC 6749 section 3.3 lets a server ignore a scope or refuse it; a client that is refused learns of its mistake',
    ),
    'authorize: unknown scope': allow(
        'redirect invalid_scope', 'redirect within interaction',
        'RFC 6749 section 3.3, as above',
    ),
    'authorize: unknown redirect_uri': allow(...REDIRECT),
    'authorize: redirect_uri with another query': allow(...REDIRECT),
    'authorize: client without a redirect_uri': allow(...REDIRECT),
    'authorize: redirect_uri twice': allow(
        '400 invalid_request', 'redirect invalid_request',
        'RFC 6749 section 4.1.2.1: no redirect while it is open which address was meant',
    ),
    'authorize: unknown response_mode': allow(
        'redirect invalid_request', 'redirect unsupported_response_mode',
        'RFC 6749 section 4.1.2.1: invalid_request is the code for an invalid parameter value, and no other is registered',
    ),
    'revoke: token of another client': allow(
        '400 invalid_grant', '400 invalid_request',
        'RFC 7009 section 2.1 has no code for it; RFC 6749 section 5.2 defines invalid_grant as "issued to another client"',
    ),
    'introspect: public client': allow(
        '401 invalid_client', '200 inactive',
        'RFC 7662 section 2.1: the caller must be authorized, and an id alone proves nothing',
    ),
    'introspect: token of another client': allow(
        '200 inactive', '200',
        'RFC 7662 section 2.2: a token the caller may not know of is inactive; its default tells any confidential client',
    ),
    'userinfo: no token': allow(
        '401 (Bearer)', '401 invalid_token (Bearer)',
        'RFC 6750 section 3.1: without authentication no error code should be told',
    ),
    'userinfo: another scheme': allow(
        '401 (Bearer)', '400 invalid_request (Bearer)',
        'RFC 6750 section 3.1, as above: no bearer token was tried',
    ),
    'userinfo: token of a machine': allow(
        '403 insufficient_scope (Bearer)', '401 invalid_token (Bearer)',
        'RFC 6750 section 3.1: the token is live and lacks the scope openid',
    ),
    'register: redirect_uri over http': allow(
        '400 invalid_redirect_uri', '201',
        'RFC 9700 section 2.6: http on loopback alone',
    ),
    'register: redirect_uri at every host': allow(
        '400 invalid_redirect_uri', '201',
        'RFC 9700 section 2.1: addresses are compared exactly, so this one could never be used',
    ),
    'register: body is a form': allow(...BODY),
    'register: body is a list': allow(...BODY),
    'register: body is no JSON': allow(...BODY),
};

function allow(ours, oracle, reason) {
    return { ours, oracle, reason };
}
