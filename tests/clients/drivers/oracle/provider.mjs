/** The oracle: node oidc-provider on loopback, with the clients and the scopes that our server has. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const PUBLIC = { client_secret: undefined, token_endpoint_auth_method: 'none' };
const PEOPLE = ['authorization_code', 'refresh_token', DEVICE];

/** Listens; its origin, its clients by name, and how to end it. */
export async function startOracle(folder, redirectUri) {
    const installed = createRequire(`${folder}/package.json`);
    const { default: Provider } = await import(pathToFileURL(installed.resolve('oidc-provider')));
    const server = createServer((request, response) => provider.callback()(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${server.address().port}`;
    const whole = configuration(redirectUri);
    const provider = new Provider(origin, whole);
    const clients = Object.fromEntries(whole.clients.map(client => [client.client_id, client]));
    return { origin, clients, end: () => server.close() };
}

function configuration(redirectUri) {
    const client = (client_id, grant_types, more = {}) => ({
        client_id,
        client_secret: `secret-of-${client_id}`,
        grant_types,
        redirect_uris: grant_types === PEOPLE ? [redirectUri] : [],
        response_types: grant_types === PEOPLE ? ['code'] : [],
        ...more,
    });
    return {
        clients: [
            client('one', PEOPLE),
            client('other', PEOPLE),
            client('posting', PEOPLE, { token_endpoint_auth_method: 'client_secret_post' }),
            client('two-ways', PEOPLE, { redirect_uris: [redirectUri, `${redirectUri}/second`] }),
            client('machine', ['client_credentials']),
            client('public', PEOPLE, PUBLIC),
            client('visitor', PEOPLE, PUBLIC),
        ],
        pkce: { required: () => true },
        responseTypes: ['code'],
        // JSON instead of its page, as ours answers who does not ask for HTML.
        renderError: (context, error) => {
            context.type = 'json';
            context.body = error;
        },
        cookies: { keys: ['not a secret'] },
        scopes: ['openid', 'offline_access', 'profile', 'email'],
        claims: { profile: ['preferred_username'], email: ['email'] },
        features: {
            clientCredentials: { enabled: true },
            deviceFlow: { enabled: true },
            introspection: { enabled: true },
            registration: { enabled: true },
            revocation: { enabled: true },
        },
    };
}
