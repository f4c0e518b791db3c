/**
 * The official TypeScript SDK, 2.x line, logging in: adds two numbers, waits, adds two others.
 *
 * Usage: login_typescript_2.mjs URL. The environment says how: a person in BROWSER, with
 * CLIENT_ID and CLIENT_SECRET or by registering; or a machine with CLIENT_ID, PRIVATE_KEY
 * (PEM) and ISSUER. PAUSE is the seconds between the calls, MODE how to agree on a protocol
 * version (legacy or auto). Prints one JSON object.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { Journal } from './journal.mjs';
import { Person } from './person.mjs';

const installed = createRequire(`${process.env.SDK_DIR}/package.json`);
const load = name => import(pathToFileURL(installed.resolve(name)));
const { Client, PrivateKeyJwtProvider, StreamableHTTPClientTransport, UnauthorizedError } =
    await load('@modelcontextprotocol/client');

const { CLIENT_ID, PRIVATE_KEY, ISSUER, PAUSE, MODE } = process.env;
const authProvider = PRIVATE_KEY
    ? new PrivateKeyJwtProvider({
          clientId: CLIENT_ID,
          privateKey: PRIVATE_KEY,
          algorithm: 'RS256',
          expectedIssuer: ISSUER,
      })
    : await Person.listening('TypeScript SDK 2');
const journal = new Journal();
const newClient = () =>
    new Client({ name: 'shukuba-tests', version: '1.0.0' }, { versionNegotiation: { mode: MODE ?? 'auto' } });
const transport = () =>
    new StreamableHTTPClientTransport(new URL(process.argv[2]), { authProvider, fetch: journal.fetch });

async function connect() {
    const first = transport();
    const client = newClient();
    try {
        await client.connect(first);
        return client;
    } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error;
    }
    await first.finishAuth(await authProvider.parameters());
    const second = newClient();
    await second.connect(transport());
    return second;
}

const client = await connect();
const texts = [];
for (const [a, pause] of [[2, PAUSE], [20, 0]]) {
    const answer = await client.callTool({ name: 'add', arguments: { a, b: 3 } });
    texts.push(answer.content[0].text);
    await sleep(pause * 1000);
}
await client.close();
journal.print({ texts, opened: authProvider.opened ?? 0 });
