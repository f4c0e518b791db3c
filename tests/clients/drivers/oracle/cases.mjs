/**
 * Requests that must be refused (and a few that only look so), by name. Each is played
 * against both servers; `side` is one of them, and what is given is an HTTP response.
 */

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const REFRESH = 'refresh_token';
const JSON_TYPE = { 'content-type': 'application/json' };

const token = {
    'token: no grant_type': side => side.token('one', { code: 'x' }),
    'token: unknown grant_type': side => side.token('one', { grant_type: 'telepathy' }),
    'token: grant_type password': side => side.token('one', { grant_type: 'password', username: 'a', password: 'b' }),
    'token: body is JSON': side =>
        side.post('token_endpoint', '{"grant_type":"client_credentials"}', { ...side.basic('machine'), ...JSON_TYPE }),
    'token: no body': side => side.post('token_endpoint', '', side.basic('one')),
    'token: no client': side => side.token('one', { grant_type: 'client_credentials' }, {}),
    'token: unknown client by Basic': side =>
        side.token('one', { grant_type: 'client_credentials' }, { authorization: `Basic ${btoa('nobody:secret')}` }),
    'token: unknown client in the body': side =>
        side.token('one', { grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' }, {}),
    'token: wrong secret by Basic': side =>
        side.token('machine', { grant_type: 'client_credentials' }, side.basic('machine', 'wrong')),
    'token: wrong secret in the body': side =>
        side.token('posting', { ...unknownCode(side), ...side.id('posting'), client_secret: 'wrong' }, {}),
    'token: secret missing in the body': side =>
        side.token('posting', { ...unknownCode(side), ...side.id('posting') }, {}),
    'token: public client with a secret': side =>
        side.token('public', { ...unknownCode(side), ...side.id('public'), client_secret: 'made-up' }, {}),
    'token: public client for itself': side =>
        side.token('public', { grant_type: 'client_credentials', ...side.id('public') }, {}),
    'token: Basic without a colon': side =>
        side.token('one', { grant_type: 'client_credentials' }, { authorization: `Basic ${btoa('nobody')}` }),
    'token: Basic that is no base64': side =>
        side.token('one', { grant_type: 'client_credentials' }, { authorization: 'Basic !!!' }),
    'token: another scheme': side => side.token('one', { grant_type: 'client_credentials' }, { authorization: 'Bearer x' }),
    'token: Basic and secret in the body': side => {
        const { client_id, client_secret } = side.clients.one;
        return side.token('one', { ...unknownCode(side), client_id, client_secret });
    },
    'token: Basic and another client_id': side =>
        side.token('one', { ...unknownCode(side), ...side.id('other') }),
    'token: unusable client assertion': side =>
        side.token('one', {
            ...unknownCode(side),
            client_assertion: 'e30.e30.',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }, {}),
    'token: grant_type twice': side =>
        side.token('one', [['grant_type', 'authorization_code'], ['grant_type', 'authorization_code'], ['code', 'x']]),
    'token: code twice': side => side.token('one', [...Object.entries(unknownCode(side)), ['code', 'y']]),
};

const codes = {
    'code: missing': side => side.token('one', { grant_type: 'authorization_code', redirect_uri: side.redirectUri }),
    'code: unknown': side => side.token('one', unknownCode(side)),
    'code: used before': async side => {
        const form = await side.code('one');
        await side.token('one', form);
        return side.token('one', form);
    },
    'code: of another client': async side => side.token('other', await side.code('one')),
    'code: wrong redirect_uri': async side =>
        side.token('one', { ...(await side.code('one')), redirect_uri: `${side.redirectUri}/other` }),
    'code: no redirect_uri': async side => {
        const { redirect_uri, ...form } = await side.code('one');
        return side.token('one', form);
    },
    'code: wrong verifier': async side => side.token('one', { ...(await side.code('one')), code_verifier: 'x'.repeat(43) }),
    'code: verifier too short': async side => side.token('one', { ...(await side.code('one')), code_verifier: 'short' }),
    'code: no verifier': async side => {
        const { code_verifier, ...form } = await side.code('one');
        return side.token('one', form);
    },
    'code: unknown resource': async side =>
        side.token('one', { ...(await side.code('one')), resource: 'https://elsewhere.example/' }),
    'code: client without the grant': side => side.token('machine', unknownCode(side)),
};

const refreshing = {
    'refresh: missing': side => side.token('one', { grant_type: REFRESH }),
    'refresh: unknown': side => side.token('one', { grant_type: REFRESH, refresh_token: 'made-up' }),
    'refresh: of another client': async side => side.token('other', { grant_type: REFRESH, ...(await refreshToken(side)) }),
    'refresh: wider scope': async side =>
        side.token('one', { grant_type: REFRESH, scope: 'openid email', ...(await refreshToken(side)) }),
    'refresh: used before by a public client': async side => {
        const { refresh_token } = await side.tokens('public');
        const form = { grant_type: REFRESH, refresh_token, ...side.id('public') };
        await side.token('public', form, {});
        return side.token('public', form, {});
    },
    'refresh: unknown resource': async side =>
        side.token('one', { grant_type: REFRESH, resource: 'https://elsewhere.example/', ...(await refreshToken(side)) }),
    'refresh: revoked': async side => {
        const { refresh_token } = await side.tokens('one');
        await side.post('revocation_endpoint', { token: refresh_token }, side.basic('one'));
        return side.token('one', { grant_type: REFRESH, refresh_token });
    },
    'refresh: access token instead': async side => {
        const { access_token } = await side.tokens('one');
        return side.token('one', { grant_type: REFRESH, refresh_token: access_token });
    },
    'machine: unknown scope': side => side.token('machine', { grant_type: 'client_credentials', scope: 'everything' }),
    'machine: client without the grant': side => side.token('one', { grant_type: 'client_credentials' }),
    'device: no code': side => side.token('public', { grant_type: DEVICE, ...side.id('public') }, {}),
    'device: unknown code': side =>
        side.token('public', { grant_type: DEVICE, device_code: 'made-up', ...side.id('public') }, {}),
    'device: nobody answered': async side => side.token('public', { ...(await deviceCode(side)), ...side.id('public') }, {}),
    'device: of another client': async side =>
        side.token('visitor', { ...(await deviceCode(side)), ...side.id('visitor') }, {}),
    'device: begun by nobody': side => side.post('device_authorization_endpoint', { scope: 'openid' }),
    'device: begun without the grant': side =>
        side.post('device_authorization_endpoint', { scope: 'openid' }, side.basic('machine')),
};

const authorization = {
    'authorize: no client_id': side => side.authorize('one', { client_id: undefined }),
    'authorize: unknown client_id': side => side.authorize('one', { client_id: 'nobody' }),
    'authorize: client_id twice': side => side.authorize('one', {}, '&client_id=nobody'),
    'authorize: unknown redirect_uri': side => side.authorize('one', { redirect_uri: `${side.redirectUri}/other` }),
    'authorize: redirect_uri with another query': side => side.authorize('one', { redirect_uri: `${side.redirectUri}?a=b` }),
    'authorize: redirect_uri of two missing': side => side.authorize('two-ways', { redirect_uri: undefined }),
    'authorize: redirect_uri twice': side => side.authorize('one', {}, '&redirect_uri=https%3A%2F%2Felsewhere.example'),
    'authorize: no response_type': side => side.authorize('one', { response_type: undefined }),
    'authorize: unknown response_type': side => side.authorize('one', { response_type: 'telepathy' }),
    'authorize: response_type token': side => side.authorize('one', { response_type: 'token' }),
    'authorize: response_type id_token': side => side.authorize('one', { response_type: 'id_token', nonce: 'n' }),
    'authorize: response_type code id_token': side => side.authorize('one', { response_type: 'code id_token', nonce: 'n' }),
    'authorize: unknown response_mode': side => side.authorize('one', { response_mode: 'pigeon' }),
    'authorize: no PKCE': side => side.authorize('one', { code_challenge: undefined, code_challenge_method: undefined }),
    'authorize: PKCE plain': side => side.authorize('one', { code_challenge_method: 'plain' }),
    'authorize: PKCE without method': side => side.authorize('one', { code_challenge_method: undefined }),
    'authorize: PKCE method without challenge': side => side.authorize('one', { code_challenge: undefined }),
    'authorize: challenge too short': side => side.authorize('one', { code_challenge: 'short' }),
    'authorize: unknown prompt': side => side.authorize('one', { prompt: 'hypnosis' }),
    'authorize: prompt none with login': side => side.authorize('one', { prompt: 'none login' }),
    'authorize: prompt none, nobody logged in': side => side.authorize('one', { prompt: 'none' }),
    'authorize: max_age is no number': side => side.authorize('one', { max_age: 'old' }),
    'authorize: max_age is negative': side => side.authorize('one', { max_age: '-1' }),
    'authorize: unknown scope': side => side.authorize('one', { scope: 'openid everything' }),
    'authorize: scope twice': side => side.authorize('one', {}, '&scope=openid'),
    'authorize: unknown resource': side => side.authorize('one', { resource: 'https://elsewhere.example/' }),
    'authorize: resource with a fragment': side => side.authorize('one', { resource: 'https://elsewhere.example/#here' }),
    'authorize: resource is no address': side => side.authorize('one', { resource: 'elsewhere' }),
    'authorize: request object': side => side.authorize('one', { request: 'e30.e30.' }),
    'authorize: request_uri': side => side.authorize('one', { request_uri: 'https://client.example/request.jwt' }),
    'authorize: client without a redirect_uri': side => side.authorize('machine'),
};

const tokens = {
    'revoke: no token': side => side.post('revocation_endpoint', {}, side.basic('one')),
    'revoke: no client': side => side.post('revocation_endpoint', { token: 'x' }),
    'revoke: wrong secret': side => side.post('revocation_endpoint', { token: 'x' }, side.basic('one', 'wrong')),
    'revoke: unknown token': side => side.post('revocation_endpoint', { token: 'x' }, side.basic('one')),
    'revoke: token of another client': async side =>
        side.post('revocation_endpoint', { token: (await refreshToken(side)).refresh_token }, side.basic('other')),
    'revoke: body is JSON': side => side.post('revocation_endpoint', '{"token":"x"}', { ...side.basic('one'), ...JSON_TYPE }),
    'introspect: no token': side => side.post('introspection_endpoint', {}, side.basic('one')),
    'introspect: no client': side => side.post('introspection_endpoint', { token: 'x' }),
    'introspect: wrong secret': side => side.post('introspection_endpoint', { token: 'x' }, side.basic('one', 'wrong')),
    'introspect: public client': side => side.post('introspection_endpoint', { token: 'x', ...side.id('public') }),
    'introspect: token of another client': async side =>
        side.post('introspection_endpoint', { token: (await refreshToken(side)).refresh_token }, side.basic('other')),
    'introspect: unknown token': side => side.post('introspection_endpoint', { token: 'x' }, side.basic('one')),
    'userinfo: no token': side => fetch(side.metadata.userinfo_endpoint),
    'userinfo: unknown token': side => userinfo(side, 'Bearer made-up'),
    'userinfo: another scheme': side => userinfo(side, side.basic('one').authorization),
    'userinfo: two tokens in the header': side => userinfo(side, 'Bearer one two'),
    'userinfo: token of a machine': async side => {
        const response = await side.token('machine', { grant_type: 'client_credentials' });
        return userinfo(side, `Bearer ${(await response.json()).access_token}`);
    },
    'userinfo: token without openid': async side =>
        userinfo(side, `Bearer ${(await side.tokens('one', 'offline_access')).access_token}`),
    'userinfo: token of a replayed code': async side => {
        const form = await side.code('one');
        const { access_token } = await (await side.token('one', form)).json();
        await side.token('one', form);
        return userinfo(side, `Bearer ${access_token}`);
    },
    'userinfo: revoked token': async side => {
        const { access_token } = await side.tokens('one');
        await side.post('revocation_endpoint', { token: access_token }, side.basic('one'));
        return userinfo(side, `Bearer ${access_token}`);
    },
};

const good = 'https://client.example/callback';
const registration = {
    'register: redirect_uris missing': side => register(side, { redirect_uris: undefined }),
    'register: redirect_uris empty': side => register(side, { redirect_uris: [] }),
    'register: redirect_uris is a text': side => register(side, { redirect_uris: good }),
    'register: redirect_uri is no address': side => register(side, { redirect_uris: ['nowhere'] }),
    'register: redirect_uri with a fragment': side => register(side, { redirect_uris: [`${good}#there`] }),
    'register: redirect_uri runs a script': side => register(side, { redirect_uris: ['javascript:alert(1)'] }),
    'register: redirect_uri over http': side => register(side, { redirect_uris: ['http://client.example/callback'] }),
    'register: redirect_uri at every host': side => register(side, { redirect_uris: ['https://*.example/callback'] }),
    'register: unknown auth method': side => register(side, { token_endpoint_auth_method: 'handshake' }),
    'register: unknown grant type': side => register(side, { grant_types: ['telepathy'] }),
    'register: grant type implicit alone': side => register(side, { grant_types: ['implicit'], response_types: ['id_token'] }),
    'register: unknown response type': side => register(side, { response_types: ['telepathy'] }),
    'register: jwks and jwks_uri': side => register(side, { jwks: { keys: [] }, jwks_uri: `${good}/jwks` }),
    'register: body is a form': side => side.post('registration_endpoint', { redirect_uris: good }),
    'register: body is a list': side => side.post('registration_endpoint', '[]', JSON_TYPE),
    'register: body is no JSON': side => side.post('registration_endpoint', '{', JSON_TYPE),
};

export const CASES = { ...token, ...codes, ...refreshing, ...authorization, ...tokens, ...registration };

function unknownCode(side) {
    return { grant_type: 'authorization_code', code: 'made-up', redirect_uri: side.redirectUri, code_verifier: 'x'.repeat(43) };
}

async function refreshToken(side) {
    const { refresh_token } = await side.tokens('one');
    return { refresh_token };
}

async function deviceCode(side) {
    const response = await side.post('device_authorization_endpoint', { scope: 'openid', ...side.id('public') });
    const { device_code } = await response.json();
    return { grant_type: DEVICE, device_code };
}

function userinfo(side, authorization) {
    return fetch(side.metadata.userinfo_endpoint, { headers: { authorization } });
}

function register(side, change) {
    const metadata = { client_name: 'oracle', redirect_uris: [good], ...change };
    return side.post('registration_endpoint', JSON.stringify(metadata), JSON_TYPE);
}
