/** One of the two servers: requests to it, and a person who logs in and allows by plain HTTP. */
import { createHash, randomBytes } from 'node:crypto';

const FORM = 'application/x-www-form-urlencoded';
const MOST_STEPS = 12;

export class Side {
    #cookies = new Map();

    /** `clients` are { client_id, client_secret } by name; `user` is a name and a password. */
    constructor(metadata, clients, redirectUri, user) {
        this.metadata = metadata;
        this.clients = clients;
        this.redirectUri = redirectUri;
        this.user = user;
    }

    static async at(origin, clients, redirectUri, user) {
        const response = await fetch(`${origin}/.well-known/openid-configuration`);
        return new Side(await response.json(), clients, redirectUri, user);
    }

    /** Posts a form (an object, or pairs where a name comes twice) to an endpoint of the metadata. */
    async post(endpoint, form, headers = {}) {
        const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
        return fetch(this.metadata[endpoint], {
            method: 'POST',
            headers: { 'content-type': FORM, ...headers },
            body,
            redirect: 'manual',
        });
    }

    /** The credentials of a client in the header; another secret where one is given. */
    basic(name, secret = this.clients[name].client_secret) {
        const pair = `${encodeURIComponent(this.clients[name].client_id)}:${encodeURIComponent(secret)}`;
        return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    }

    /** The id of a client, as a body has it. */
    id(name) {
        return { client_id: this.clients[name].client_id };
    }

    token(name, form, headers = this.basic(name)) {
        return this.post('token_endpoint', form, headers);
    }

    /** A whole authorization request of a client, changed: `undefined` takes a parameter away. */
    request(name, change = {}) {
        const verifier = randomBytes(32).toString('base64url');
        const whole = {
            client_id: this.clients[name].client_id,
            response_type: 'code',
            redirect_uri: this.redirectUri,
            scope: 'openid',
            state: 'as-it-was',
            code_challenge: createHash('sha256').update(verifier).digest('base64url'),
            code_challenge_method: 'S256',
            ...change,
        };
        const parameters = Object.entries(whole).filter(([, value]) => value !== undefined);
        const address = new URL(this.metadata.authorization_endpoint);
        address.search = new URLSearchParams(parameters);
        return { address, verifier };
    }

    /** What an authorization request is answered where nobody is logged in. */
    authorize(name, change = {}, more = '') {
        const { address } = this.request(name, change);
        return fetch(address.href + more, { headers: { accept: 'application/json' }, redirect: 'manual' });
    }

    /** A fresh code that a person allowed to a client, as the form that redeems it. */
    async code(name, scope = 'openid offline_access') {
        const { address, verifier } = this.request(name, { scope, prompt: 'consent' });
        const back = await this.#person(address);
        const code = back.searchParams.get('code');
        if (!code) throw new Error(`no code came back: ${back.search}`);
        return { grant_type: 'authorization_code', code, redirect_uri: this.redirectUri, code_verifier: verifier };
    }

    /** Fresh tokens of a person for a client. */
    async tokens(name, scope) {
        const isPublic = !this.clients[name].client_secret;
        const form = { ...(await this.code(name, scope)), ...(isPublic ? this.id(name) : {}) };
        const response = await this.token(name, form, isPublic ? {} : this.basic(name));
        if (response.status !== 200) throw new Error(`no tokens: ${response.status} ${await response.text()}`);
        return response.json();
    }

    /** Goes through the pages as a person would, until the client is called back. */
    async #person(start) {
        let response = await this.#visit(start);
        for (let step = 0; step < MOST_STEPS; step++) {
            const location = response.headers.get('location');
            if (location) {
                const next = new URL(location, response.url);
                if (next.href.startsWith(this.redirectUri)) return next;
                response = await this.#visit(next);
            } else {
                const { action, fields } = readForm(await response.text(), this.user);
                const body = new URLSearchParams(fields);
                response = await this.#visit(new URL(action, response.url), { method: 'POST', body });
            }
        }
        throw new Error(`a person is still at ${response.url}`);
    }

    async #visit(url, options = {}) {
        const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const headers = { accept: 'text/html', cookie };
        const response = await fetch(url, { ...options, headers, redirect: 'manual' });
        for (const line of response.headers.getSetCookie()) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            this.#cookies.set(name, value);
        }
        return response;
    }
}

/** The first form of a page, filled in and sent by its "yes". */
function readForm(page, [username, password]) {
    const form = /<form\b[^>]*method="post"[^>]*>[\s\S]*?<\/form>/i.exec(page)?.[0];
    if (!form) throw new Error(`a page without a form: ${page.slice(0, 500)}`);
    const fields = {};
    for (const [input] of form.matchAll(/<input\b[^>]*>/g)) fields[attribute(input, 'name')] = attribute(input, 'value') ?? '';
    for (const name of ['username', 'login']) if (name in fields) fields[name] = username;
    if ('password' in fields) fields.password = password;
    const actions = [...form.matchAll(/<button\b[^>]*>/g)].map(([button]) => attribute(button, 'value'));
    const action = actions.find(value => ['login', 'allow'].includes(value));
    if (action) fields.action = action;
    return { action: attribute(/<form\b[^>]*>/.exec(form)[0], 'action') ?? '', fields };
}

function attribute(element, name) {
    const value = new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1];
    return value?.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll(/&#x?0*27;|&#39;/g, "'");
}
