/**
 * The official TypeScript SDK, 2.x line: connects, lists the tools, adds two numbers.
 *
 * Usage: sdk_typescript_2.mjs URL. The environment says how to get in: BEARER, or
 * CLIENT_ID, CLIENT_SECRET and ISSUER; and MODE how to agree on a protocol version
 * (legacy or auto). Prints one JSON object.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { Journal } from './journal.mjs';

const installed = createRequire(`${process.env.SDK_DIR}/package.json`);
const load = name => import(pathToFileURL(installed.resolve(name)));
const { Client, ClientCredentialsProvider, StreamableHTTPClientTransport } =
    await load('@modelcontextprotocol/client');

function authorization() {
    const { BEARER, CLIENT_ID, CLIENT_SECRET, ISSUER } = process.env;
    if (BEARER) return { requestInit: { headers: { Authorization: `Bearer ${BEARER}` } } };
    const authProvider = new ClientCredentialsProvider({
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        expectedIssuer: ISSUER,
    });
    return { authProvider };
}

const journal = new Journal();
const transport = new StreamableHTTPClientTransport(new URL(process.argv[2]), {
    ...authorization(),
    fetch: journal.fetch,
});
const client = new Client(
    { name: 'shukuba-tests', version: '1.0.0' },
    { versionNegotiation: { mode: process.env.MODE ?? 'legacy' } },
);
await client.connect(transport);
const { tools } = await client.listTools();
const answer = await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } });
const version = client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion;
await client.close();
journal.print({ version, tools: tools.map(tool => tool.name), text: answer.content[0].text });
