/**
 * oauth4webapi, which validates whatever it is answered: discovery, registration, a login
 * and everything that can be done with it, machines, and the errors it has classes for.
 *
 * Usage: strict_oauth4webapi.mjs ISSUER; strict_person.mjs says what the environment names.
 * Only its demand for https is switched off. Prints one JSON object.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { Person, challenged, check, given, load, privateKey, refused, tell } from './strict_person.mjs';

const oauth = await load('oauth4webapi');
const http = { [oauth.allowInsecureRequests]: true };
const person = await Person.listening();
const SCOPE = 'openid profile email offline_access';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

let as; // The server's metadata.
let client; // Registered, with a secret.
let auth;
let tokens;
let claims; // Of the ID token.
let deviceAnswer;

await tell(person, {
    discovery: discover,
    registration: register,
    code: logIn,
    'access token': readAccessToken,
    userinfo: askWho,
    introspection: introspect,
    refresh,
    'device asks': askByDevice,
    'max_age and prompt': askAgain,
    'wrong codes': wrongCodes,
    'wrong clients': wrongClients,
    expired,
    revocation: revoke,
    device,
    'client_credentials': machines,
    logout: logOut,
});

async function discover() {
    const documents = [];
    for (const algorithm of ['oauth2', 'oidc']) {
        const response = await oauth.discoveryRequest(given.issuer, { algorithm, ...http });
        documents.push(await oauth.processDiscoveryResponse(given.issuer, response));
    }
    check(JSON.stringify(documents[0]) === JSON.stringify(documents[1]), 'both documents say the same');
    as = documents[0];
    check(as.authorization_response_iss_parameter_supported === true, 'iss is promised, so that the library demands it');
}

async function register() {
    client = await registered('oauth4webapi', 'client_secret_basic');
    auth = oauth.ClientSecretBasic(client.client_secret);
    const metadata = { client_name: 'nowhere', redirect_uris: ['javascript:alert(1)'] };
    const play = async () =>
        oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as, metadata, http));
    await refused(play, oauth.ResponseBodyError, { status: 400, error: 'invalid_redirect_uri' });
}

async function registered(client_name, token_endpoint_auth_method) {
    const metadata = {
        client_name,
        token_endpoint_auth_method,
        redirect_uris: [person.redirectUri],
        post_logout_redirect_uris: [person.loggedOutUri],
        grant_types: ['authorization_code', 'refresh_token', DEVICE],
    };
    const response = await oauth.dynamicClientRegistrationRequest(as, metadata, http);
    return oauth.processDynamicClientRegistrationResponse(response);
}

/** Sends the person for a code; what the client must keep, and the parameters that came back. */
async function ask(asker, more = {}) {
    const kept = {
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
    };
    const address = new URL(as.authorization_endpoint);
    address.search = new URLSearchParams({
        client_id: asker.client_id,
        response_type: 'code',
        redirect_uri: person.redirectUri,
        scope: SCOPE,
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        ...more,
    });
    const back = await person.visit(address);
    return { ...kept, parameters: oauth.validateAuthResponse(as, asker, back, kept.state) };
}

function redeem(asker, proof, asked, { redirectUri = person.redirectUri, verifier = asked.verifier } = {}) {
    return oauth.authorizationCodeGrantRequest(as, asker, proof, asked.parameters, redirectUri, verifier, http);
}

/** A login from the first request to a validated ID token, its signature by the server's keys. */
async function login(asker, proof, more = {}, maxAge = undefined) {
    const asked = await ask(asker, maxAge === undefined ? more : { ...more, max_age: String(maxAge) });
    const response = await redeem(asker, proof, asked);
    const checks = { expectedNonce: asked.nonce, maxAge, requireIdToken: true };
    const got = await oauth.processAuthorizationCodeResponse(as, asker, response, checks);
    await oauth.validateApplicationLevelSignature(as, response, http);
    return { asked, got, claims: oauth.getValidatedIdTokenClaims(got) };
}

async function logIn() {
    ({ got: tokens, claims } = await login(client, auth, { resource: given.resource }, 3600));
    check(tokens.refresh_token && tokens.expires_in > 0, 'a refresh token, and how long the access token lives');
    check(claims.preferred_username && claims.auth_time, 'the ID token says who, and when they proved it');
}

/** As a protected resource of RFC 9068 reads it. */
async function readAccessToken() {
    const request = bearer(tokens.access_token);
    const read = await oauth.validateJwtAccessToken(as, request, given.resource, http);
    check(read.client_id === client.client_id && read.sub === claims.sub, 'it is of this client and person');
    check(read.aud.includes(given.api), 'it is for the API as well');
    const elsewhere = () => oauth.validateJwtAccessToken(as, request, 'https://elsewhere.example/', http);
    await refused(elsewhere, oauth.OperationProcessingError, { code: oauth.JWT_CLAIM_COMPARISON });
    const idToken = () => oauth.validateJwtAccessToken(as, bearer(tokens.id_token), client.client_id, http);
    await refused(idToken, oauth.OperationProcessingError, {});
}

function bearer(token) {
    return new Request(given.resource, { headers: { authorization: `Bearer ${token}` } });
}

async function userinfo(token, subject) {
    return oauth.processUserInfoResponse(as, client, subject, await oauth.userInfoRequest(as, client, token, http));
}

async function askWho() {
    const who = await userinfo(tokens.access_token, claims.sub);
    check(who.preferred_username === claims.preferred_username, 'userinfo and ID token name the same person');
    const another = () => userinfo(tokens.access_token, 'somebody-else');
    await refused(another, oauth.OperationProcessingError, { code: oauth.JSON_ATTRIBUTE_COMPARISON });
    const error = await refused(() => userinfo('garbage', claims.sub), oauth.WWWAuthenticateChallengeError, { status: 401 });
    check(challenged(error, 'bearer') === 'invalid_token', 'the challenge says invalid_token');
}

async function facts(token, asker = client, proof = auth) {
    return oauth.processIntrospectionResponse(as, asker, await oauth.introspectionRequest(as, asker, proof, token, http));
}

async function introspect() {
    const access = await facts(tokens.access_token);
    check(access.active && access.sub === claims.sub && access.iss === as.issuer, 'the access token is live');
    check((await facts(tokens.refresh_token)).active, 'the refresh token is live');
    check(!(await facts('garbage')).active, 'garbage is not');
    const stranger = await registered('oauth4webapi, another', 'client_secret_post');
    const other = await facts(tokens.access_token, stranger, oauth.ClientSecretPost(stranger.client_secret));
    check(JSON.stringify(other) === '{"active":false}', 'another client learns nothing');
}

async function renew(token, more = {}) {
    const options = { ...http, additionalParameters: more };
    const response = await oauth.refreshTokenGrantRequest(as, client, auth, token, options);
    return oauth.processRefreshTokenResponse(as, client, response);
}

async function refresh() {
    const renewed = await renew(tokens.refresh_token);
    check(renewed.refresh_token && renewed.refresh_token !== tokens.refresh_token, 'it was rotated');
    check(oauth.getValidatedIdTokenClaims(renewed).sub === claims.sub, 'it is still the same person');
    const narrowed = await renew(renewed.refresh_token, { scope: 'openid' });
    check(narrowed.scope === 'openid', `the scope can be narrowed: ${narrowed.scope}`);
    const wider = () => renew(narrowed.refresh_token, { scope: 'openid everything' });
    await refused(wider, oauth.ResponseBodyError, { status: 400, error: 'invalid_scope' });
    const unknown = () => renew('garbage');
    await refused(unknown, oauth.ResponseBodyError, { status: 400, error: 'invalid_grant' });
    tokens = narrowed;
}

async function askAgain() {
    const before = claims.auth_time;
    await sleep(1_100); // So that a second login has another second.
    const again = await login(client, auth, {}, 0);
    check(again.claims.auth_time > before, 'max_age=0 made the person log in once more');
    const silent = await login(client, auth, { prompt: 'none' }, 3600);
    check(silent.claims.sub === claims.sub, 'prompt=none finds the person logged in');
    const stranger = await registered('oauth4webapi, a public one', 'none');
    const unasked = () => ask(stranger, { prompt: 'none' });
    await refused(unasked, oauth.AuthorizationResponseError, { error: 'consent_required' });
    const request = () => ask(client, { request: 'e30.e30.' });
    await refused(request, oauth.AuthorizationResponseError, { error: 'request_not_supported' });
}

async function wrongCodes() {
    const grant = { status: 400, error: 'invalid_grant' };
    const tried = (asked, how) => async () => {
        const response = await redeem(client, auth, asked, how);
        return oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: asked.nonce });
    };
    const asked = await ask(client);
    const made = new URLSearchParams(asked.parameters);
    made.set('code', 'made-up');
    const unknown = { ...asked, parameters: oauth.validateAuthResponse(as, client, made, asked.state) };
    await refused(tried(unknown), oauth.ResponseBodyError, grant);
    await refused(tried(asked, { redirectUri: `${person.redirectUri}/other` }), oauth.ResponseBodyError, grant);
    const got = await tried(asked)();
    await refused(tried(asked), oauth.ResponseBodyError, grant);
    const dead = () => userinfo(got.access_token, claims.sub);
    const error = await refused(dead, oauth.WWWAuthenticateChallengeError, { status: 401 });
    check(challenged(error, 'bearer') === 'invalid_token', 'what a replayed code gave is dead');
    const other = await ask(client);
    const verifier = oauth.generateRandomCodeVerifier();
    await refused(tried(other, { verifier }), oauth.ResponseBodyError, grant);
}

async function wrongClients() {
    const asOf = (asker, proof) => async () =>
        oauth.processClientCredentialsResponse(as, asker, await oauth.clientCredentialsGrantRequest(as, asker, proof, {}, http));
    const { machine } = given;
    const basic = asOf(machine, oauth.ClientSecretBasic('wrong'));
    challenged(await refused(basic, oauth.WWWAuthenticateChallengeError, { status: 401 }), 'basic');
    const wrong = { status: 401, error: 'invalid_client' };
    await refused(asOf(machine, oauth.ClientSecretPost('wrong')), oauth.ResponseBodyError, wrong);
    await refused(asOf(machine, oauth.None()), oauth.ResponseBodyError, wrong);
    const late = { [oauth.modifyAssertion]: (_header, payload) => { payload.exp = payload.iat - 120; } };
    const elsewhere = { [oauth.modifyAssertion]: (_header, payload) => { payload.aud = 'https://elsewhere.example'; } };
    for (const change of [late, elsewhere]) {
        const proof = oauth.PrivateKeyJwt(await privateKey(), change);
        await refused(asOf(given.keyMachine, proof), oauth.ResponseBodyError, wrong);
    }
    const notAllowed = { status: 400, error: 'unauthorized_client' };
    await refused(asOf(client, auth), oauth.ResponseBodyError, notAllowed);
}

/** Tokens of the API that `given.brief` is for live for a second. */
async function expired() {
    const { brief } = given;
    const proof = oauth.ClientSecretPost(brief.client_secret);
    const { got } = await login(brief, proof);
    await sleep(1_100 * got.expires_in);
    const play = () => userinfo(got.access_token, claims.sub);
    const error = await refused(play, oauth.WWWAuthenticateChallengeError, { status: 401 });
    check(challenged(error, 'bearer') === 'invalid_token', 'the challenge says invalid_token');
    check(!(await facts(got.access_token, brief, proof)).active, 'introspection says so too');
}

async function giveBack(token, asker = client, proof = auth) {
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, asker, proof, token, http));
}

async function revoke() {
    const foreign = () => giveBack(tokens.refresh_token, given.brief, oauth.ClientSecretBasic(given.brief.client_secret));
    await refused(foreign, oauth.ResponseBodyError, { status: 400, error: 'invalid_grant' });
    check((await facts(tokens.refresh_token)).active, 'another client cannot revoke it');
    await giveBack('garbage');
    await giveBack(tokens.refresh_token);
    check(!(await facts(tokens.refresh_token)).active, 'it is over');
    check(!(await facts(tokens.access_token)).active, 'and so is the access token');
    await refused(() => renew(tokens.refresh_token), oauth.ResponseBodyError, { status: 400, error: 'invalid_grant' });
}

/** The person allows it while other parts are played: a device asks seldom. */
async function askByDevice() {
    const wanted = { scope: SCOPE, resource: given.resource };
    const response = await oauth.deviceAuthorizationRequest(as, client, auth, wanted, http);
    deviceAnswer = await oauth.processDeviceAuthorizationResponse(as, client, response);
    await refused(poll, oauth.ResponseBodyError, { status: 400, error: 'authorization_pending' });
    deviceAnswer.polled = Date.now();
    person.open(deviceAnswer.verification_uri_complete);
}

async function poll() {
    const response = await oauth.deviceCodeGrantRequest(as, client, auth, deviceAnswer.device_code, http);
    return oauth.processDeviceCodeResponse(as, client, response);
}

async function device() {
    const interval = deviceAnswer.interval * 1_000;
    await sleep(Math.max(0, deviceAnswer.polled + interval - Date.now()));
    const got = await poll();
    check(oauth.getValidatedIdTokenClaims(got).sub === claims.sub, 'it is of the person who allowed it');
    await refused(poll, oauth.ResponseBodyError, { status: 400, error: 'invalid_grant' });
}

async function machines() {
    const audience = aud => ({ [oauth.modifyAssertion]: (_header, payload) => { payload.aud = aud; } });
    const { machine, keyMachine } = given;
    const key = await privateKey();
    const ways = [
        [machine, oauth.ClientSecretBasic(machine.client_secret)],
        [machine, oauth.ClientSecretPost(machine.client_secret)],
        [keyMachine, oauth.PrivateKeyJwt(key)],
        [keyMachine, oauth.PrivateKeyJwt(key, audience(as.issuer))],
        [keyMachine, oauth.PrivateKeyJwt(key, audience(as.token_endpoint))],
    ];
    for (const [asker, proof] of ways) {
        const response = await oauth.clientCredentialsGrantRequest(as, asker, proof, {}, http);
        const got = await oauth.processClientCredentialsResponse(as, asker, response);
        check(!got.refresh_token && !got.id_token, 'nothing but an access token');
        const read = await oauth.validateJwtAccessToken(as, bearer(got.access_token), given.api, http);
        check(read.client_id === asker.client_id, 'it is of this machine');
    }
}

async function logOut() {
    const { got } = await login(client, auth);
    const address = new URL(as.end_session_endpoint);
    address.search = new URLSearchParams({
        id_token_hint: got.id_token,
        client_id: client.client_id,
        post_logout_redirect_uri: person.loggedOutUri,
        state: 'as-it-was',
    });
    const back = await person.visit(address);
    check(back.href === `${person.loggedOutUri}?state=as-it-was`, `back where it was registered: ${back}`);
    const silent = () => ask(client, { prompt: 'none' });
    await refused(silent, oauth.AuthorizationResponseError, { error: 'login_required' });
}
