/**
 * openid-client, as an application uses it: it keeps the metadata and does every check by
 * itself, the signature of ID tokens among them.
 *
 * Usage: strict_openid_client.mjs ISSUER; strict_person.mjs says what the environment names.
 * Only its demand for https is switched off. Prints one JSON object.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { Person, challenged, check, given, load, privateKey, refused, tell } from './strict_person.mjs';

const openid = await load('openid-client');
const person = await Person.listening();
const SCOPE = 'openid profile email offline_access';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const WRONG_CODE = { status: 400, error: 'invalid_grant' };

let config; // Of the client that registered itself.
let tokens;

await tell(person, {
    discovery: discover,
    registration: register,
    code: logIn,
    userinfo: askWho,
    introspection: introspect,
    refresh,
    'max_age and prompt': askAgain,
    'wrong codes': wrongCodes,
    'wrong clients': wrongClients,
    expired,
    revocation: revoke,
    device,
    'client_credentials': machines,
    logout: logOut,
});

/** The server's metadata found for a client that is known beforehand. */
async function known(application, proof, algorithm = 'oidc') {
    const options = { algorithm, execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] };
    return openid.discovery(given.issuer, application.client_id, undefined, proof, options);
}

async function discover() {
    const documents = [];
    for (const algorithm of ['oauth2', 'oidc']) {
        const found = await known(given.machine, openid.None(), algorithm);
        check(found.serverMetadata().supportsPKCE(), 'PKCE is promised');
        documents.push(JSON.stringify(found.serverMetadata()));
    }
    check(documents[0] === documents[1], 'both documents say the same');
}

async function registered(client_name, token_endpoint_auth_method, proof, algorithm) {
    const metadata = {
        client_name,
        token_endpoint_auth_method,
        redirect_uris: [person.redirectUri],
        post_logout_redirect_uris: [person.loggedOutUri],
        grant_types: ['authorization_code', 'refresh_token', DEVICE],
    };
    const options = { algorithm, execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] };
    return openid.dynamicClientRegistration(given.issuer, metadata, proof, options);
}

async function register() {
    config = await registered('openid-client', 'client_secret_post', undefined, 'oidc');
    check(config.clientMetadata().client_secret, 'it has a secret');
    const refusing = () => openid.dynamicClientRegistration(
        given.issuer,
        { redirect_uris: ['https://client.example/#fragment'] },
        undefined,
        { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] },
    );
    await refused(refusing, openid.ResponseBodyError, { status: 400, error: 'invalid_redirect_uri' });
}

/** Sends the person for a code; the whole address they came back by, and what it is checked with. */
async function ask(asker, more = {}) {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    const address = openid.buildAuthorizationUrl(asker, {
        redirect_uri: person.redirectUri,
        scope: SCOPE,
        state: checks.expectedState,
        nonce: checks.expectedNonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        ...more,
    });
    if (more.max_age) checks.maxAge = Number(more.max_age);
    return { back: await person.visit(address), checks };
}

async function login(asker, more) {
    const { back, checks } = await ask(asker, more);
    return openid.authorizationCodeGrant(asker, back, checks);
}

async function logIn() {
    tokens = await login(config, { resource: given.resource, max_age: '3600' });
    check(tokens.refresh_token && tokens.expiresIn() > 0, 'a refresh token, and how long the access token lives');
    check(tokens.claims().preferred_username && tokens.claims().auth_time, 'the ID token says who, and when they proved it');
}

function userinfo(token, subject) {
    return openid.fetchUserInfo(config, token, subject);
}

async function dead(token, subject) {
    const error = await refused(() => userinfo(token, subject), openid.WWWAuthenticateChallengeError, { status: 401 });
    check(challenged(error, 'bearer') === 'invalid_token', 'the challenge says invalid_token');
}

async function askWho() {
    const { sub, preferred_username } = tokens.claims();
    const who = await userinfo(tokens.access_token, sub);
    check(who.preferred_username === preferred_username, 'userinfo and ID token name the same person');
    await refused(() => userinfo(tokens.access_token, 'somebody-else'), openid.ClientError, {});
    await dead('garbage', sub);
}

async function introspect() {
    const access = await openid.tokenIntrospection(config, tokens.access_token);
    check(access.active && access.sub === tokens.claims().sub, 'the access token is live');
    check((await openid.tokenIntrospection(config, tokens.refresh_token)).active, 'the refresh token is live');
    const open = await known(given.machine, openid.None());
    const unproven = () => openid.tokenIntrospection(open, tokens.access_token);
    await refused(unproven, openid.ResponseBodyError, { status: 401, error: 'invalid_client' });
}

async function refresh() {
    const subject = tokens.claims().sub;
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token, { resource: given.resource });
    check(renewed.refresh_token !== tokens.refresh_token, 'it was rotated');
    check(renewed.claims().sub === subject, 'it is still the same person');
    const refuse = (token, more) => () => openid.refreshTokenGrant(config, token, more);
    const { refresh_token } = renewed;
    await refused(refuse('garbage'), openid.ResponseBodyError, WRONG_CODE);
    const wider = { scope: 'openid everything' };
    await refused(refuse(refresh_token, wider), openid.ResponseBodyError, { status: 400, error: 'invalid_scope' });
    const elsewhere = { resource: 'https://elsewhere.example/' };
    await refused(refuse(refresh_token, elsewhere), openid.ResponseBodyError, { status: 400, error: 'invalid_target' });
    tokens = renewed;
}

async function askAgain() {
    const before = tokens.claims().auth_time;
    await sleep(1_100); // So that a second login has another second.
    const again = await login(config, { max_age: '0' });
    check(again.claims().auth_time > before, 'max_age=0 made the person log in once more');
    const silent = await login(config, { prompt: 'none', max_age: '3600' });
    check(silent.claims().sub === tokens.claims().sub, 'prompt=none finds the person logged in');
    const error = { error: 'invalid_request' };
    const plain = () => login(config, { code_challenge_method: 'plain' });
    await refused(plain, openid.AuthorizationResponseError, error);
    await refused(() => login(config, { prompt: 'none login' }), openid.AuthorizationResponseError, error);
}

async function wrongCodes() {
    const { back, checks } = await ask(config);
    const redeem = (address, how = checks) => openid.authorizationCodeGrant(config, address, how);
    const changed = change => {
        const address = new URL(back);
        change(address);
        return address;
    };
    const made = changed(({ searchParams }) => searchParams.set('code', 'made-up'));
    await refused(() => redeem(made), openid.ResponseBodyError, WRONG_CODE);
    const elsewhere = changed(address => { address.pathname = '/elsewhere'; });
    await refused(() => redeem(elsewhere), openid.ResponseBodyError, WRONG_CODE);
    const foreign = changed(({ searchParams }) => searchParams.set('iss', 'https://elsewhere.example'));
    await refused(() => redeem(foreign), openid.ClientError, {});
    const got = await redeem(back);
    await refused(() => redeem(back), openid.ResponseBodyError, WRONG_CODE);
    await dead(got.access_token, got.claims().sub);
    const other = await ask(config);
    const wrong = { ...other.checks, pkceCodeVerifier: openid.randomPKCECodeVerifier() };
    await refused(() => redeem(other.back, wrong), openid.ResponseBodyError, WRONG_CODE);
}

async function wrongClients() {
    const asOf = (application, proof) => async () => openid.clientCredentialsGrant(await known(application, proof));
    const { machine, keyMachine } = given;
    const basic = asOf(machine, openid.ClientSecretBasic('wrong'));
    challenged(await refused(basic, openid.WWWAuthenticateChallengeError, { status: 401 }), 'basic');
    const wrong = { status: 401, error: 'invalid_client' };
    await refused(asOf(machine, openid.ClientSecretPost('wrong')), openid.ResponseBodyError, wrong);
    await refused(asOf(keyMachine, openid.ClientSecretPost('wrong')), openid.ResponseBodyError, wrong);
    const unsigned = openid.PrivateKeyJwt(await otherKey());
    await refused(asOf(keyMachine, unsigned), openid.ResponseBodyError, wrong);
}

/** A key that nobody registered. */
async function otherKey() {
    const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
    return { key: (await crypto.subtle.generateKey(rsa, false, ['sign', 'verify'])).privateKey, kid: 'tests' };
}

/** Tokens of the API that `given.brief` is for live for a second. */
async function expired() {
    const brief = await known(given.brief, openid.ClientSecretBasic(given.brief.client_secret));
    const got = await login(brief);
    await sleep(1_100 * got.expires_in);
    await dead(got.access_token, got.claims().sub);
}

async function revoke() {
    const subject = tokens.claims().sub;
    await openid.tokenRevocation(config, tokens.access_token);
    await dead(tokens.access_token, subject);
    await openid.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' });
    const renew = () => openid.refreshTokenGrant(config, tokens.refresh_token);
    await refused(renew, openid.ResponseBodyError, WRONG_CODE);
}

async function device() {
    const answer = await openid.initiateDeviceAuthorization(config, { scope: SCOPE, resource: given.resource });
    check(/^[A-Z]{4}-[A-Z]{4}$/.test(answer.user_code), 'a code that can be typed');
    person.open(answer.verification_uri_complete);
    const got = await openid.pollDeviceAuthorizationGrant(config, answer);
    check(got.claims().sub === tokens.claims().sub, 'it is of the person who allowed it');
    check((await userinfo(got.access_token, got.claims().sub)).preferred_username, 'and it can be used');
}

async function machines() {
    const audience = aud => ({ [openid.modifyAssertion]: (_header, payload) => { payload.aud = aud; } });
    const { machine, keyMachine } = given;
    const key = await privateKey();
    const server = (await known(machine, openid.None())).serverMetadata();
    const ways = [
        [machine, openid.ClientSecretBasic(machine.client_secret)],
        [machine, openid.ClientSecretPost(machine.client_secret)],
        [keyMachine, openid.PrivateKeyJwt(key)],
        [keyMachine, openid.PrivateKeyJwt(key, audience(server.issuer))],
        [keyMachine, openid.PrivateKeyJwt(key, audience(server.token_endpoint))],
    ];
    for (const [application, proof] of ways) {
        const got = await openid.clientCredentialsGrant(await known(application, proof), { resource: given.api });
        check(got.token_type === 'bearer' && !got.refresh_token, 'nothing but an access token');
    }
}

async function logOut() {
    const { id_token } = await login(config);
    const address = openid.buildEndSessionUrl(config, {
        id_token_hint: id_token,
        post_logout_redirect_uri: person.loggedOutUri,
        state: 'as-it-was',
    });
    const back = await person.visit(address);
    check(back.href === `${person.loggedOutUri}?state=as-it-was`, `back where it was registered: ${back}`);
    const silent = () => login(config, { prompt: 'none' });
    await refused(silent, openid.AuthorizationResponseError, { error: 'login_required' });
}
