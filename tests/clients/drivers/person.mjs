/**
 * A person as a TypeScript SDK sees one: an OAuth provider that opens addresses in BROWSER
 * and listens on loopback to be called back. With CLIENT_ID and CLIENT_SECRET it is an
 * application known beforehand, else it lets the SDK register.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';

export class Person {
    opened = 0;
    #state = null;
    #client;
    #tokens;
    #verifier;
    #discovery;

    static async listening(name) {
        const person = new Person();
        const server = createServer((request, response) => {
            const { searchParams } = new URL(request.url, 'http://127.0.0.1');
            response.setHeader('connection', 'close').end('You may close this page.');
            if (!searchParams.has('state')) return;
            server.emit('called-back', searchParams);
            server.unref();
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        person.calledBack = once(server, 'called-back', { signal: AbortSignal.timeout(30_000) });
        person.calledBack.catch(() => undefined);
        person.redirectUrl = `http://127.0.0.1:${server.address().port}/callback`;
        person.clientMetadata = { client_name: name, redirect_uris: [person.redirectUrl] };
        const { CLIENT_ID, CLIENT_SECRET } = process.env;
        if (CLIENT_ID) {
            const token_endpoint_auth_method = 'client_secret_basic';
            person.#client = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET, token_endpoint_auth_method };
        }
        return person;
    }

    /** The parameters of the call back; its state must be the one sent. */
    async parameters() {
        const [parameters] = await this.calledBack;
        if (parameters.get('state') !== this.#state) throw new Error('the state that came back is not the one sent');
        return parameters;
    }

    state() {
        this.#state = crypto.randomUUID();
        return this.#state;
    }

    redirectToAuthorization(address) {
        this.opened += 1;
        execFileSync(process.env.BROWSER, [address.href]);
    }

    clientInformation = () => this.#client;
    saveClientInformation = client => { this.#client = client; };
    tokens = () => this.#tokens;
    saveTokens = tokens => { this.#tokens = tokens; };
    codeVerifier = () => this.#verifier;
    saveCodeVerifier = verifier => { this.#verifier = verifier; };
    discoveryState = () => this.#discovery;
    saveDiscoveryState = state => { this.#discovery = state; };
}
