/**
 * The same wrong requests to our server and to node oidc-provider, which is certified: where
 * the answers differ, either oracle/allowed.mjs says why, or something is wrong.
 *
 * Usage: oracle.mjs ORIGIN. The environment names the tool (SDK_DIR), our clients (CLIENTS,
 * JSON: name -> { client_id, client_secret }), their REDIRECT_URI, and who logs in
 * (LOGIN_NAME, LOGIN_PASSWORD). Prints one JSON object: how many cases were played, which
 * differ without a reason, and which reasons are for no difference.
 */
import { ALLOWED } from './oracle/allowed.mjs';
import { CASES } from './oracle/cases.mjs';
import { startOracle } from './oracle/provider.mjs';
import { Side } from './oracle/side.mjs';

const { SDK_DIR, CLIENTS, REDIRECT_URI, LOGIN_NAME, LOGIN_PASSWORD } = process.env;

// It warns that its defaults are not for production, which this is not.
console.warn = console.info = () => {};

const oracle = await startOracle(SDK_DIR, REDIRECT_URI);
const user = [LOGIN_NAME, LOGIN_PASSWORD];
const ours = await Side.at(process.argv[2], JSON.parse(CLIENTS), REDIRECT_URI, user);
const theirs = await Side.at(oracle.origin, oracle.clients, REDIRECT_URI, user);

const differing = {};
const unexplained = {};
for (const [name, play] of Object.entries(CASES)) {
    const seen = { ours: await answer(play, ours, name), oracle: await answer(play, theirs, name) };
    if (seen.ours === seen.oracle) continue;
    differing[name] = seen;
    const allowed = ALLOWED[name];
    if (allowed?.ours !== seen.ours || allowed?.oracle !== seen.oracle) unexplained[name] = seen;
}
const stale = Object.keys(ALLOWED).filter(name => !(name in differing));
oracle.end();
console.log(JSON.stringify({ played: Object.keys(CASES).length, unexplained, stale }));

/**
 * An answer in a few words: its status, or that it is a redirect (302 and 303 are the same to
 * a browser that came by GET), its error code, and the scheme of its challenge.
 */
async function answer(play, side, name) {
    let response;
    try {
        response = await play(side);
    } catch (error) {
        error.message = `${name} at ${side.metadata.issuer}: ${error.message}`;
        throw error;
    }
    const location = response.headers.get('location');
    if (location) {
        const { origin, pathname, searchParams, hash } = new URL(location, response.url);
        if (origin !== new URL(REDIRECT_URI).origin) return `redirect within ${pathname.split('/')[1]}`;
        const { error, state, iss } = Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))]);
        const whole = state === 'as-it-was' && iss === side.metadata.issuer;
        return `redirect ${error}${whole ? '' : ', without state or iss'}`;
    }
    const body = await response.text();
    const [scheme] = response.headers.get('www-authenticate')?.split(' ') ?? [];
    return [response.status, errorIn(response, body) ?? inactive(body), scheme && `(${scheme})`].filter(Boolean).join(' ');
}

function errorIn(response, body) {
    const [, challenged] = /error="([^"]*)"/.exec(response.headers.get('www-authenticate') ?? '') ?? [];
    try {
        return JSON.parse(body).error ?? challenged;
    } catch {
        return challenged;
    }
}

function inactive(body) {
    return body === '{"active":false}' ? 'inactive' : null;
}
