/**
 * What the strict clients share: a person in BROWSER who comes back on loopback, what the
 * environment names, and a word for "this must be refused".
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { SDK_DIR, BROWSER, MACHINE, KEY_MACHINE, BRIEF, PRIVATE_KEY, API, RESOURCE } = process.env;

/** A library of the tool that is tried. */
export const load = name => {
    const installed = createRequire(`${SDK_DIR}/package.json`);
    return import(pathToFileURL(installed.resolve(name)));
};

/** The server, and what its operator has registered: applications, an API, a runtime. */
export const given = {
    issuer: new URL(process.argv[2]),
    machine: JSON.parse(MACHINE),
    keyMachine: JSON.parse(KEY_MACHINE),
    brief: JSON.parse(BRIEF),
    api: API,
    resource: RESOURCE,
};

/** The private key of `given.keyMachine`, with its `kid`. */
export async function privateKey() {
    const der = Buffer.from(PRIVATE_KEY.replaceAll(/-----[A-Z ]+-----/g, ''), 'base64');
    const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    return { key: await crypto.subtle.importKey('pkcs8', der, rsa, false, ['sign']), kid: 'tests' };
}

/** Where a person comes back to. */
export class Person {
    opened = 0;
    #server;

    static async listening() {
        const person = new Person();
        person.#server = createServer((request, response) => {
            response.setHeader('connection', 'close').end('You may close this page.');
            const url = new URL(request.url, person.origin);
            if (url.pathname !== '/favicon.ico') person.#server.emit('back', url);
        });
        person.#server.listen(0, '127.0.0.1');
        await once(person.#server, 'listening');
        person.origin = `http://127.0.0.1:${person.#server.address().port}`;
        person.redirectUri = `${person.origin}/callback`;
        person.loggedOutUri = `${person.origin}/logged-out`;
        return person;
    }

    /** Opens an address, and is not expected back. */
    open(address) {
        this.opened += 1;
        execFileSync(BROWSER, [String(address)]);
    }

    /** Opens an address; the whole address by which the person comes back. */
    async visit(address) {
        const back = once(this.#server, 'back', { signal: AbortSignal.timeout(30_000) });
        this.open(address);
        const [url] = await back;
        return url;
    }

    leave() {
        this.#server.close();
    }
}

/** What holds, or the story ends. */
export function check(holds, what) {
    if (!holds) throw new Error(`does not hold: ${what}`);
}

/** The error that `play` must fail with: of the library's own class, with these properties. */
export async function refused(play, kind, wanted) {
    let error = null;
    try {
        await play();
    } catch (thrown) {
        error = thrown;
    }
    const told = error?.cause?.constructor === Object ? JSON.stringify(error.cause) : error?.message;
    const seen = error ? `${error.name}: ${told}` : 'no error';
    check(error instanceof kind, `${kind.name} is thrown, and not ${seen}`);
    for (const [name, value] of Object.entries(wanted)) check(error[name] === value, `${name} is ${value}: ${seen}`);
    return error;
}

/** The `error` of the one challenge that an error carries (RFC 6750 section 3). */
export function challenged(error, scheme) {
    const [challenge, ...others] = error.cause;
    check(others.length === 0 && challenge.scheme === scheme, `one challenge of the scheme ${scheme}`);
    return challenge.parameters.error;
}

/** Plays the parts of a story in their order, and prints their names as JSON. */
export async function tell(person, parts) {
    const played = [];
    for (const [name, play] of Object.entries(parts)) {
        try {
            await play();
        } catch (error) {
            error.message = `${name}: ${error.message}`;
            throw error;
        }
        played.push(name);
    }
    person.leave();
    console.log(JSON.stringify({ played, opened: person.opened }));
}
