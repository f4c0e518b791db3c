/**
 * The official TypeScript SDK, 1.x line: connects, lists the tools, adds two numbers.
 *
 * Usage: sdk_typescript_1.mjs URL. The environment says how to get in: BEARER, or
 * CLIENT_ID, CLIENT_SECRET and ISSUER. Prints one JSON object.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { Journal } from './journal.mjs';

const installed = createRequire(`${process.env.SDK_DIR}/package.json`);
const load = name => import(pathToFileURL(installed.resolve(name)));
const { Client } = await load('@modelcontextprotocol/sdk/client/index.js');
const { StreamableHTTPClientTransport } = await load('@modelcontextprotocol/sdk/client/streamableHttp.js');
const { ClientCredentialsProvider } = await load('@modelcontextprotocol/sdk/client/auth-extensions.js');

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
const client = new Client({ name: 'shukuba-tests', version: '1.0.0' });
await client.connect(transport);
const { tools } = await client.listTools();
const answer = await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } });
await client.close();
journal.print({
    version: transport.protocolVersion,
    tools: tools.map(tool => tool.name),
    text: answer.content[0].text,
});
